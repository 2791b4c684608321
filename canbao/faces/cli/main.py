"""`canbao …`: every command, each in a file of its own."""

import json
import os
import sys
import time
from typing import Any

import click

from canbao.faces.cli.audit import audit
from canbao.faces.cli.calendar import calendar
from canbao.faces.cli.demo.command import demo
from canbao.faces.cli.money.collective import collective
from canbao.faces.cli.money.deduct import deduct
from canbao.faces.cli.money.drawer import drawer
from canbao.faces.cli.money.ledger import ledger
from canbao.faces.cli.money.outbox import outbox
from canbao.faces.cli.money.receipt import receipt
from canbao.faces.cli.money.reconcile import reconcile
from canbao.faces.cli.money.refund import refund
from canbao.faces.cli.money.tax import tax
from canbao.faces.cli.money.treasury import treasury
from canbao.faces.cli.pack.command import pack
from canbao.faces.cli.people.feedback import feedback
from canbao.faces.cli.people.household import household
from canbao.faces.cli.people.notify import notify
from canbao.faces.cli.people.people import people
from canbao.faces.cli.people.person import person
from canbao.faces.cli.people.platform import platform
from canbao.faces.cli.people.register import register
from canbao.faces.cli.people.release import release
from canbao.faces.cli.people.request import duplicate, request
from canbao.faces.cli.people.roster import roster
from canbao.faces.cli.people.season import season
from canbao.faces.cli.publish import publish
from canbao.faces.cli.rights import rights

LOCK_NOT_AVAILABLE = "55P03"
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
    """Bring the database to the present schema.

    A migration that would have to wait for a lock gives up after three seconds instead of making everybody queue
    behind it; nothing of it is done then, so run it again.
    """
    _setup()
    from django.core.management import call_command
    from django.db import OperationalError, connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
    try:
        call_command("migrate", verbosity=1)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise click.ClickException("表正被占用，迁移没有做。过一会儿再运行一次。") from None


@main.command()
@click.option(
    "--ahead", default=10_000_000, show_default=True, help="How many numbers of each kind to leave out."
)
def restored(ahead: int) -> None:
    """Make a database that was restored to an earlier moment safe to serve: run it once, before anything else.

    Numbers given out after that moment are known to channels and residents, so none of them is given again.
    Then run `canbao audit`, and `canbao reconcile` for the days since: what was paid meanwhile comes back from there.
    """
    _setup()
    from canbao.records.serials import jump_ahead

    click.echo(f"{jump_ahead(ahead)} 种号码都跳过了 {ahead:,} 个。")


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


for command in (
    audit, calendar, collective, deduct, demo, drawer, duplicate, feedback, household, ledger, notify, outbox, pack, people,
    person,
    platform, publish, receipt, reconcile, refund, register, release, request, rights, roster, season,
    tax, treasury,
):  # fmt: skip
    main.add_command(command)
