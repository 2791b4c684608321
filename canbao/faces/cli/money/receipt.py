"""`canbao receipt …`: 缴费票据 on paper for a whole village or school."""

from pathlib import Path
from typing import Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, run


@click.group()
def receipt() -> None:
    """票据: print what people hold.

    Exit codes: 0 done, 1 refused; 2 wrong usage.
    """


@receipt.command("print")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--unit", required=True, help="The village's or school's code.")
@click.option("--year", type=int, required=True)
@by
@as_json
def print_command(folder: Path, unit: str, year: int, name: str, *, as_json: bool) -> None:
    """打印: a page for each paid person of a unit, some hundreds a file, in the order of their names."""
    env = env_of(name)
    from canbao.faces.papers.receipt import receipt_pdf
    from canbao.services.money.receipt import receipts_of_unit

    def work() -> dict[str, Any]:
        folder.mkdir(parents=True, exist_ok=True)
        pages, files = 0, []
        for nth, part in enumerate(receipts_of_unit(env, unit, year), start=1):
            path = folder / f"{unit}-{year}-{nth:02d}.pdf"
            path.write_bytes(receipt_pdf(part))
            pages += len(part)
            files.append(str(path))
        return {"pages": pages, "files": files}

    run(work, as_json)
