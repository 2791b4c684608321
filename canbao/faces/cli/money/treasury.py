"""`canbao treasury …`: 上解 and 入库: what goes to the treasury, and what it says it has."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from canbao.faces.cli.money.reconcile import channel_of, day_of
from canbao.faces.cli.staff import as_json, by, env_of, pieces, run


@click.group()
def treasury() -> None:
    """国库: hand in closed days, and post what the treasury confirms.

    Exit codes: 0 done, 1 refused, or lines that did not fit; 2 wrong usage.
    """


@treasury.command("remit")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@channel_of
@day_of
@by
@as_json
def remit_command(file: Path, channel: str, typed_day: datetime, name: str, *, as_json: bool) -> None:
    """上解清单: write the remittance file of a closed day."""
    env = env_of(name)
    from canbao.services.exchange.treasury import remit

    def work() -> dict[str, Any]:
        lines = remit(env, channel, typed_day.date())
        draft = file.with_name(file.name + ".part")
        with draft.open("w", encoding="utf-8", newline="") as opened:
            count = sum(1 for line in lines if opened.write(line))
        draft.replace(file)
        return {"file": str(file), "lines": count - 2}  # the header and the total are no contributions

    run(work, as_json)


@treasury.command("post")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@by
@as_json
def post_command(file: Path, name: str, *, as_json: bool) -> None:
    """入库回执: keep a posting file as it is and post its lines; the same file again changes nothing."""
    env = env_of(name)
    from canbao.services.exchange.treasury import receive_postings

    unfit: list[int] = []

    def work() -> dict[str, Any]:
        result = receive_postings(env, pieces(file))
        unfit.extend(n for what, n in result.lines.items() if what not in ("posted", "repeated"))
        return asdict(result)

    run(work, as_json)
    raise SystemExit(1 if unfit else 0)
