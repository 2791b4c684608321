"""`canbao …`: every command, each in a file of its own."""

import json
import os
import sys
import time
from typing import Any

import click

from canbao.faces.cli.demo.command import demo
from canbao.faces.cli.ledger import ledger
from canbao.faces.cli.pack import pack
from canbao.faces.cli.publish import publish
from canbao.faces.cli.reconcile import reconcile
from canbao.faces.cli.refund import refund

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "canbao.settings")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Canbao (参保): registration, payment and cover for residents' basic medical insurance.

    Exit codes: 0 done, 1 refused or faults found, 2 wrong usage.
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes; more than one wants PostgreSQL.")
@click.option("--threads", default=4, show_default=True, help="Requests at once in each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages and the callbacks."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "canbao.faces.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
    ).serve()


@main.command()
@click.option("--once", is_flag=True, help="One round, then end.")
@click.option("--pause", default=1.0, show_default=True, help="Seconds between rounds.")
@click.option("--json", "as_json", is_flag=True, help="Print each round's counts as a line of JSON.")
def jobs(pause: float, *, once: bool, as_json: bool) -> None:
    """Run the jobs: settle kept callbacks, ask after open attempts and refunds, let orders expire, seal, clear up."""
    _setup()
    from canbao.faces.jobs.rounds import one_round

    while True:
        done = one_round()
        if as_json or (once and sys.stdout.isatty()):
            click.echo(json.dumps(done))
        if once:
            return
        time.sleep(pause)


@main.command()
def migrate() -> None:
    """Bring the database to the present schema."""
    _setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=1)


@main.command()
@click.option("--json", "as_json", is_flag=True)
def check(*, as_json: bool) -> None:
    """Say whether this installation can work: keys, database, migrations."""
    _setup()
    from django.test import RequestFactory

    from canbao.faces.api.health import ready

    answer: dict[str, Any] = json.loads(ready(RequestFactory().get("/readyz")).content)
    click.echo(json.dumps(answer) if as_json else "\n".join(answer["problems"]) or "都好了。")
    raise SystemExit(0 if answer["ready"] else 1)


def _setup() -> None:
    import django

    django.setup()


main.add_command(demo)
main.add_command(ledger)
main.add_command(pack)
main.add_command(publish)
main.add_command(reconcile)
main.add_command(refund)
