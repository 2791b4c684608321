"""Days to be reconciled: payments, refunds, statements, and two people who look at them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from canbao.channels.port import PaymentFact
from canbao.records.models import Break, DayClose, Statement
from canbao.services.exchange.cure import approve_cure, propose_cure
from canbao.services.exchange.day import approve_close, propose_close
from canbao.services.exchange.statement import upload
from canbao.services.money.ledger import trial_balance
from canbao.services.money.pay import start
from canbao.services.money.refund import Application, apply, approve, verify
from canbao.services.money.repay import repay
from canbao.services.money.settle import Arrival, settle
from tests.support.trade_bill import Row, trade_bill
from tests.support.world import BACK, World

MORNING = datetime(2020, 10, 5, 2, 0, tzinfo=UTC)
DAY = date(2020, 10, 5)
NEXT = DAY + timedelta(days=1)


def asked(world: World) -> str:
    """Somebody is sent off to pay; returns the attempt's number."""
    order = world.order(world.bill(world.person("341225", "senior", date(1955, 10, 1), "李小兰"), 2021))
    start(world.env, order, BACK)
    return f"{order.order_no}01"


def a_payment(world: World) -> PaymentFact:
    fact = world.channel.take_money(asked(world))
    assert settle(world.env, [Arrival(fact)]) == ["settled"]
    return fact


def as_row(fact: PaymentFact) -> Row:
    return Row(fact.out_trade_no, fact.amount_fen, fact.paid_at)


def a_refund(world: World, fact: PaymentFact) -> str:
    wish = Application(fact.out_trade_no[:-2], 1, "duplicate", terminated_date=date(2020, 10, 5))
    (refund,) = apply(as_staff(world, "甲"), [wish])
    refund = verify(as_staff(world, "甲"), refund.refund_no)
    approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash)
    repay(world.env)
    return refund.refund_no


def as_staff(world: World, name: str):
    return replace(world.env, actor=name)


def balances(world: World) -> dict[str, int]:
    return {row.account: row.balance_fen for row in trial_balance(world.env) if row.balance_fen}


def breaks() -> list[tuple]:
    return list(Break.objects.order_by("kind", "number").values_list("kind", "what", "state", "suggestion"))


def uploaded(world: World, rows: list[Row], day: date = DAY) -> Statement:
    return upload(as_staff(world, "对账"), "wechat", day, [trade_bill(rows)])


def cured(world: World, cure: str, kind: str | None = None):
    found = Break.objects.get(state="open") if kind is None else Break.objects.get(state="open", kind=kind)
    digest = propose_cure(as_staff(world, "甲"), found.id, cure, "查过渠道后台")
    return approve_cure(as_staff(world, "乙"), found.id, digest)


def closed(world: World, day: date = DAY, channel: str = "wechat") -> DayClose:
    digest = propose_close(as_staff(world, "甲"), channel, day)
    return approve_close(as_staff(world, "乙"), channel, day, digest)
