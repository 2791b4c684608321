"""`python -m bench [ROW …]`: measure the rows named, or all; print the table; keep it in bench/results."""

import importlib
import sys

import click

from bench.table import Row, keep, show

# What each row measures is said in its own file.
ROWS = {"P1": "bench.settle", "P2": "bench.pay", "P3": "bench.assess", "P10": "bench.memory"}


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
        rows += importlib.import_module(ROWS[name]).measure(scale)
    show(rows)
    click.echo(f"kept in {keep(rows)}")
    sys.exit(0)


if __name__ == "__main__":
    main()
