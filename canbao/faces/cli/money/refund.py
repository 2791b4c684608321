"""`canbao refund …`: 退费 step by step, for the staff of an agency; the console calls the same services."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, fen_of, run

if TYPE_CHECKING:
    from canbao.records.models import Refund

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def refund() -> None:
    """退费: apply, verify, approve, pay out. Who approves is never who applied or verified.

    Exit codes: 0 done, 1 refused (with the reason), 2 wrong usage.
    """


@refund.command("apply")
@click.argument("order_no")
@click.option("--line", "line_no", default=1, show_default=True, help="Which person of the order.")
@click.option("--reason", required=True, help="A key of the pack's refunds: duplicate, status_gained, …")
@click.option("--group", help="The assisted group that was gained (FY-12).")
@click.option("--acquired", type=DAY, help="取得资助资格的日期")
@click.option("--terminated", type=DAY, help="终止参保关系的日期")
@click.option("--event", type=DAY, help="事情发生的日期")
@click.option("--yuan", help="A part only.")
@by
@as_json
def apply_command(
    order_no: str, line_no: int, reason: str, group: str | None, acquired: datetime | None,
    terminated: datetime | None, event: datetime | None, yuan: str | None, name: str, *, as_json: bool,
) -> None:  # fmt: skip
    """提交: take an application in; the pack judges it."""
    env = env_of(name)
    from canbao.services.money.refund import Application, apply

    wish = Application(
        order_no, line_no, reason, group, _day(acquired), _day(terminated), _day(event), _fen(yuan)
    )
    run(lambda: _told(apply(env, [wish])[0]), as_json)


@refund.command("verify")
@click.argument("refund_no")
@click.option("--yuan", help="What the agency vouches for, where the pack names no figure, or less than it.")
@click.option("--because", help="Why, where the pack leaves it to the staff (原则上).")
@click.option("--payee", help="The heirs' account; sealed at once.")
@by
@as_json
def verify_command(
    refund_no: str, yuan: str | None, because: str | None, payee: str | None, name: str, *, as_json: bool
) -> None:
    """医保核验: vouch for the amount; prints the hash that the second person names."""
    env = env_of(name)
    from canbao.services.money.refund import verify

    run(lambda: _told(verify(env, refund_no, _fen(yuan), because, payee)), as_json)


@refund.command("approve")
@click.argument("refund_no")
@click.argument("content_hash")
@by
@as_json
def approve_command(refund_no: str, content_hash: str, name: str, *, as_json: bool) -> None:
    """复核: a second person agrees to exactly what was verified."""
    env = env_of(name)
    from canbao.services.money.refund import approve

    run(lambda: _told(approve(env, refund_no, content_hash)), as_json)


@refund.command("refuse")
@click.argument("refund_no")
@click.option("--because", required=True)
@by
@as_json
def refuse_command(refund_no: str, because: str, name: str, *, as_json: bool) -> None:
    """不退: say no, with the reason."""
    env = env_of(name)
    from canbao.services.money.refund import refuse

    run(lambda: _told(refuse(env, refund_no, because)), as_json)


@refund.command("reroute")
@click.argument("refund_no")
@click.option("--route", type=click.Choice(["cash", "bank"]), required=True)
@click.option("--payee", required=True, help="Who is paid, and where; sealed at once.")
@by
@as_json
def reroute_command(refund_no: str, route: str, payee: str, name: str, *, as_json: bool) -> None:
    """改路: propose a second route for money that the payer's account would not take."""
    env = env_of(name)
    from canbao.services.money.repay import reroute

    run(lambda: {"refund_no": refund_no, "content_hash": reroute(env, refund_no, route, payee)}, as_json)


@refund.command("approve-route")
@click.argument("refund_no")
@click.argument("content_hash")
@by
@as_json
def approve_route_command(refund_no: str, content_hash: str, name: str, *, as_json: bool) -> None:
    """改路复核: a second person agrees to the second route."""
    env = env_of(name)
    from canbao.services.money.repay import approve_route

    run(lambda: _told(approve_route(env, refund_no, content_hash)), as_json)


@refund.command("pay-out")
@click.argument("refund_no")
@click.option("--proof", required=True, help="The receipt of the cash, or the bank's number of the transfer.")
@by
@as_json
def pay_out_command(refund_no: str, proof: str, name: str, *, as_json: bool) -> None:
    """付款: cash over the counter, or a transfer that was made."""
    env = env_of(name)
    from canbao.services.money.repay import pay_out

    run(lambda: _told(pay_out(env, refund_no, proof)), as_json)


@refund.command("show")
@click.argument("refund_no")
@by
@as_json
def show_command(refund_no: str, name: str, *, as_json: bool) -> None:
    """查看 one refund."""
    env_of(name)
    from canbao.services.money.refund import get_refund

    run(lambda: _told(get_refund(refund_no)), as_json)


def _told(found: "Refund") -> dict[str, Any]:
    names = (
        "refund_no", "order_no", "line_no", "state", "amount_fen", "paid_fen", "reason", "verdict", "rules", "route",
        "content_hash", "channel_said",
    )  # fmt: skip
    return {name: getattr(found, name) for name in names}


def _day(typed: datetime | None) -> Any:
    return typed.date() if typed else None


def _fen(yuan: str | None) -> int | None:
    return fen_of(yuan) if yuan else None
