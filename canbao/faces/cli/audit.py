"""`canbao audit`: ask every row whether what must hold still holds. Reads only; run it on a replica too."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="One line of JSON: how many were asked, what was found."
)
@click.option("--area", "area_code", default="", help="Only rows of this area and of what lies in it.")
@click.option("--at-rest", is_flag=True, help="Also what holds only when nothing is under way.")
@click.option("--quiet", is_flag=True, help="No progress.")
def audit(area_code: str, *, as_json: bool, at_rest: bool, quiet: bool) -> None:
    """Check the invariants of money, orders, cover and their history over all rows.

    Every row that breaks one is named with the invariant in plain words; exit code 1 then. It reads
    only and takes no lock, so it can run beside production, after a restore, or on a replica.
    """
    import django

    django.setup()
    from canbao.services.system import audit as service

    asked: list[str] = []

    def tell(question: str, place: int, total: int) -> None:
        asked.append(question)
        if not quiet and sys.stderr.isatty():
            click.echo(f"{place}/{total} {question}", err=True)

    found = service.audit(datetime.now(UTC), area_code=area_code, at_rest=at_rest, before_each=tell)
    if as_json:
        told: dict[str, Any] = {"asked": len(asked), "breaches": [asdict(breach) for breach in found]}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for breach in found:
            click.echo(str(breach))
        click.echo(
            f"核查 {len(asked)} 条，不符 {len(found)} 处。" if found else f"核查 {len(asked)} 条，全部相符。"
        )
    raise SystemExit(1 if found else 0)
