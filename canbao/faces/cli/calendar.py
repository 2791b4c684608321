"""`canbao calendar`: say that a day is worked, or is not, as soon as the State Council has said so."""

from datetime import datetime

import click

from canbao.faces.cli.staff import by, env_of


@click.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("word", type=click.Choice(["worked", "idle"]))
@by
def calendar(day: datetime, word: str, name: str) -> None:
    """Put down that DAY is worked or idle; it goes before what the library knows, from the next question on."""
    env_of(name)
    from canbao.services.system.working_days import decide_day

    decide_day(day.date(), is_worked=word == "worked")
    click.echo(f"{day:%Y-%m-%d} {'要上班' if word == 'worked' else '不上班'}。")
