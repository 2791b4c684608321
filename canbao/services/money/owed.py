"""多缴: money that settled nothing is owed back from the moment it is booked; its refund is opened with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from canbao.basics.genes import parse_out_trade_no
from canbao.channels.port import PaymentFact
from canbao.records.models import Attempt, OrderLine
from canbao.records.money import refunds
from canbao.records.moves import Journal
from canbao.records.sets import Row
from canbao.services.system.env import Env

SURPLUS = "surplus"


@dataclass(frozen=True)
class Surplus:
    """A whole payment, or one line of it (`line`), for which there was nothing left to settle."""

    fact: PaymentFact
    line: Row | None = None


def open_refunds(env: Env, journal: Journal, found: Sequence[Surplus]) -> None:
    """Open the refund of each surplus and reserve all of it, in the transaction that books it."""
    if not found:
        return
    rows = [_row(env, each) for each in found]
    lines = [each.line["id"] for each in found if each.line]
    OrderLine.objects.filter(id__in=lines).update(refunded_fen=F("amount_fen"))
    whole = [each.fact.out_trade_no for each in found if not each.line]
    buckets = sorted({_bucket(no) for no in whole})
    Attempt.objects.filter(bucket__in=buckets, out_trade_no__in=whole).update(refunded_fen=F("amount_fen"))
    refunds.insert_refunds(rows)
    for row in rows:
        journal.note("refund", row["id"], "RefundApplied", {"reason": SURPLUS})


def _row(env: Env, surplus: Surplus) -> Row:
    fact, line = surplus.fact, surplus.line
    fen = line["amount_fen"] if line else fact.amount_fen
    bucket = line["bucket"] if line else _bucket(fact.out_trade_no)
    return new_row(env, bucket, fact.out_trade_no, fact.channel) | {
        "line_no": line["line_no"] if line else None,
        "bill_id": line["bill_id"] if line else None,
        "paid_fen": fen,
        "amount_fen": fen,
        "reason": SURPLUS,
        "evidence": {},
        "verdict": "refund",
        "rules": ["CZ-07", "FY-14"],
        "ends_cover": False,
        "payee_kind": "payer",
        "route": fact.channel,
        "query_at": env.now,
    }


def new_row(env: Env, bucket: int, out_trade_no: str, channel: str) -> Row:
    """What every new refund begins with."""
    (serial,) = env.serials.take("refund_no", 1)
    return {
        "id": env.new_ids("refund", [bucket])[0],
        "bucket": bucket,
        "refund_no": refunds.new_refund_no(env.now.year, bucket, serial),
        "order_no": out_trade_no[:-2],
        "out_trade_no": out_trade_no,
        "channel": channel,
        "state": "applied",
        "applied_at": env.now,
        "applied_by": env.actor,
        "query_count": 0,
    }


def _bucket(out_trade_no: str) -> int:
    return parse_out_trade_no(out_trade_no)[0].bucket
