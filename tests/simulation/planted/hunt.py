"""Hunt a planted bug: play seed after seed until one of them breaks."""

import click

from tests.simulation.planted.bugs import BUGS
from tests.simulation.planted.plant import planted
from tests.simulation.play import Result, play

SEEDS_MAX = 2_000


def hunt(name: str, seeds: int = SEEDS_MAX) -> Result | None:
    """The first seed that shows the bug, or None."""
    with planted(BUGS[name]):
        return next((result for seed in range(seeds) if (result := play(seed)).violation), None)


def table(names: list[str], seeds: int = SEEDS_MAX) -> int:
    """Print bug → seed → invariant, a line as soon as it is known; how many got away."""
    away = 0
    for name in names:
        found = hunt(name, seeds)
        away += found is None
        said = f"{found.seed:>4}  {found.violation}" if found else "   -  not found"
        click.echo(f"{name:<40} {said[:150]}")
    click.echo(f"{len(names)} planted, {len(names) - away} caught")
    return away
