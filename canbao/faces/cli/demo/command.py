"""`canbao demo`: one command, and Canbao lives."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import django
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from canbao.basics.days import local_date
from canbao.faces.cli.demo.run import (
    AlreadyRunning,
    Plan,
    Programs,
    environment,
    free_port,
    keep_from_tax,
    keep_silent,
    make_sandbox_keys,
    make_seal,
    sole_use,
)

PHASES = ("登记", "往年", "缴费")


@click.command()
@click.option(
    "--home", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True, help="Its data."
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, help="Of the pages; the next free one is taken.")
@click.option("--sandbox-port", default=8801, show_default=True, help="Of the payment sandbox.")
@click.option("--people", default=20_000, show_default=True, help="How many residents to invent.")
@click.option("--speed", default=60.0, show_default=True, help="How much faster the sandbox repeats notices.")
@click.option("--fresh", is_flag=True, help="Throw the old demo data away first.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when ready, for programs.")
def demo(host: str, port: int, sandbox_port: int, *, as_json: bool, fresh: bool, **rest: Any) -> None:
    """Start a living Canbao: invented residents, pages, payment sandbox, jobs. Ctrl-C stops it."""
    rest["home"] = rest["home"].resolve()
    plan = Plan(host=host, port=free_port(host, port), sandbox_port=free_port(host, sandbox_port), **rest)
    try:
        with sole_use(plan):
            _live(plan, fresh=fresh, as_json=as_json)
    except AlreadyRunning as other:
        raise click.ClickException(
            f"演示已经在运行：{other}。要再开一个，用 --home 另选一个文件夹。"
        ) from None


def _live(plan: Plan, *, fresh: bool, as_json: bool) -> None:
    settings = environment(plan)
    os.environ.update(settings)
    make_sandbox_keys(plan)
    make_seal(plan)
    if fresh or not _is_seeded(plan):
        _forget(plan)
    django.setup()
    if not plan.stamp.exists():
        _seed(plan, quiet=as_json)
    programs = Programs(plan, settings)
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        programs.start()
        _tell_sandbox(plan)
        _announce(plan, as_json=as_json)
        raise SystemExit(programs.watch())
    except KeyboardInterrupt:
        click.echo("停下了。数据还在，再运行一次就接着用。")
    finally:
        programs.stop()


def _tell_sandbox(plan: Plan) -> None:
    from canbao.faces.cli.demo.cast import CAST
    from canbao.faces.cli.demo.elsewhere import tell_platform
    from canbao.faces.cli.demo.fates import silent_trades
    from canbao.faces.cli.demo.portals import tell_tax

    keep_from_tax(plan, [role.number for role in CAST if not role.pushed])
    keep_silent(plan, silent_trades())
    tell_platform(plan, [role for role in CAST if role.elsewhere])
    tell_tax(plan, CAST)


def _is_seeded(plan: Plan) -> bool:
    """Seeded today for as many people: the demo's days are counted from the day it was seeded."""
    if not plan.stamp.exists():
        return False
    stamp = json.loads(plan.stamp.read_text())
    return bool(stamp == _stamp(plan))


def _stamp(plan: Plan) -> dict[str, Any]:
    return {"people": plan.people, "day": local_date(datetime.now(UTC)).isoformat()}


def _forget(plan: Plan) -> None:
    for path in (plan.stamp, *plan.home.glob("canbao.sqlite3*"), *plan.home.glob("sandbox/*.sqlite3*")):
        path.unlink(missing_ok=True)


def _seed(plan: Plan, *, quiet: bool) -> None:
    from django.conf import settings
    from django.core.management import call_command

    from canbao.faces import wiring
    from canbao.faces.cli.demo.seed import put_reference, seed

    call_command("migrate", verbosity=0)
    env = wiring.env("demo")
    counties = put_reference(settings.PACKS_DIR, env.now)
    wiring.forget()
    with _bars(plan.people, quiet=quiet) as tick:
        seeded = seed(wiring.env("demo"), counties, plan.people, tick)
    plan.stamp.write_text(json.dumps(_stamp(plan)))
    if not quiet:
        click.echo(f"造好了 {seeded.people:,} 位居民，其中 {seeded.paid:,} 位本年度已缴费。")


@contextmanager
def _bars(people: int, *, quiet: bool) -> Iterator[Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), disable=quiet) as progress:
        tasks = {phase: progress.add_task(phase, total=people) for phase in PHASES}
        yield lambda phase, many: progress.advance(tasks[phase], many)


def _announce(plan: Plan, *, as_json: bool) -> None:
    from canbao.faces import wiring
    from canbao.faces.cli.demo.cast import CAST

    place = wiring.env("demo").areas.full_name
    if as_json:
        people = [
            {
                "situation": r.situation,
                "area": r.enter_area,
                "name": r.name,
                "number": r.number,
                "payer": r.payer,
            }
            for r in CAST
        ]
        told = {"url": plan.base_url, "sandbox": plan.sandbox_url, "people": people}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo("\n演示人员（都是编的，号码不属于任何人）：")
    for role in CAST:
        who = f"{role.name}  {role.number}  {'代缴' if role.payer == 'proxy' else '本人'}"
        click.echo(f"  {place(role.enter_area)}  {who}\n      {role.situation} → {role.shows}")
    click.echo(
        f"\n居民页面  {plan.base_url}\n演示人员  {plan.base_url}/demo/\n支付沙箱  {plan.sandbox_url}\n税务入口  {plan.sandbox_url}/tax/portal/\n按 Ctrl-C 停止。\n"
    )
