"""`python -m bench [ROW …]`: measure the rows named, or all; print the table; keep it in bench/results."""

import json
import subprocess
import sys

import click

from bench.kit.table import Row, keep, show

# What each row measures is said in its own file.
ROWS = {
    "P1": "settle",
    "P2": "pay",
    "P3": "assess",
    "P4": "policy",
    "P5": "reconcile",
    "P6": "people.roster",
    "P7": "receipts",
    "P8": "people.find",
    "P9": "phone.lcp",
    "P10": "memory",
    "R1": "people.register",
    "D1": "deduct",
}


@click.command()
@click.argument("wanted", nargs=-1, type=click.Choice(list(ROWS)))
@click.option(
    "--scale", default=1.0, show_default=True, help="How much of the full size; 0.1 for a quick look."
)
def main(wanted: tuple[str, ...], scale: float) -> None:
    """Measure. Every figure stands beside a reference measured in the same run on the same machine."""
    rows: list[Row] = []
    for name in wanted or ROWS:
        click.echo(f"{name} …", err=True)
        rows += measure(ROWS[name], scale)
    show(rows)
    click.echo(f"kept in {keep(rows)}")


def measure(module: str, scale: float) -> list[Row]:
    """One row in a process and on a database of its own."""
    command = [sys.executable, "-m", "bench.one", module, str(scale)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [Row(**row) for row in json.loads(told.splitlines()[-1])]


if __name__ == "__main__":
    main()
