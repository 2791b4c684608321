"""Refunds as their services see them: reserved on what was paid, put in, found, leased."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from canbao.basics.genes import OrderNumber, parse_order_no
from canbao.records import sets
from canbao.records.models import OrderLine, Refund
from canbao.records.sets import Column, Row

PREFIX = "TF"
Source = Literal["order_line", "attempt"]
# From here on the money is owed or gone: what has been booked against the line.
BOOKED = ("approved", "accepted", "paid", "abnormal", "rerouted")
_KINDS: dict[str, sets.Kind] = {
    "id": "int", "bucket": "int", "person_id": "int", "refund_no": "text", "order_no": "text", "line_no": "int",
    "out_trade_no": "text", "bill_id": "int", "area_code": "text", "channel": "text", "paid_fen": "int",
    "amount_fen": "int", "reason": "text", "evidence": "json", "verdict": "text", "rules": "json",
    "ends_cover": "bool", "takeover_fund": "text", "payee_kind": "text", "route": "text", "state": "text",
    "applied_at": "instant", "applied_by": "text", "query_at": "instant", "query_count": "int",
}  # fmt: skip


def new_refund_no(year: int, bucket: int, serial: int) -> str:
    """退费单号: nineteen characters that carry the bucket, so that a channel's notice finds its row."""
    return PREFIX + str(OrderNumber(year, bucket, serial))


def bucket_of_refund(refund_no: str) -> int:
    """The bucket a refund number carries. Raises ValueError: not one of ours."""
    if not refund_no.startswith(PREFIX):
        raise ValueError("not a refund number")
    return parse_order_no(refund_no.removeprefix(PREFIX)).bucket


def refund_by_no(refund_no: str) -> Refund | None:
    """The refund with this number."""
    try:
        bucket = bucket_of_refund(refund_no)
    except ValueError:
        return None
    return Refund.objects.filter(bucket=bucket, refund_no=refund_no).first()


def refunds_by_no(refund_nos: Sequence[str]) -> dict[str, Refund]:
    """Refunds by number, in one statement."""
    buckets = sorted({bucket_of_refund(no) for no in refund_nos})
    found = Refund.objects.filter(bucket__in=buckets, refund_no__in=list(refund_nos))
    return {row.refund_no: row for row in found}


def reserve(source: Source, rows: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Set so much of each (id, fen) aside, where so much is left. Returns what is reserved by now, by id.

    A negative amount gives back. One row a source and call.
    """
    if not rows:
        return {}
    ids = [id_ for id_, _ in rows]
    buckets = [id_ % 10_000 for id_ in ids]
    columns = {
        "b": Column("int", buckets), "i": Column("int", ids), "fen": Column("int", [fen for _, fen in rows])
    }  # fmt: skip
    relation, params = sets.relation(columns)
    routed, routed_params = sets.in_buckets(buckets, "r")
    back = "r.id, r.refunded_fen" if sets.on_postgres() else "id, refunded_fen"
    found = sets.fetch(
        f"UPDATE {source} AS r SET refunded_fen = r.refunded_fen + t.fen FROM {relation} "
        f"WHERE r.bucket = t.b AND r.id = t.i AND {routed} "
        f"AND r.refunded_fen + t.fen BETWEEN 0 AND r.amount_fen RETURNING {back}",
        [*params, *routed_params],
    )
    return {row["id"]: row["refunded_fen"] for row in found}


def insert_refunds(rows: Sequence[Row]) -> None:
    """Put refunds in, in one statement; every row has the columns of an application."""
    sets.insert(
        "refund", {name: Column(kind, [row.get(name) for row in rows]) for name, kind in _KINDS.items()}
    )


def line_id(refund: Refund) -> int:
    """The order line a refund is of."""
    lines = OrderLine.objects.filter(
        bucket=refund.bucket, order_no=refund.order_no, line_no=refund.line_no or 0
    )
    return lines.values_list("id", flat=True).get()


def booked_before(refund: Refund) -> int:
    """What other refunds of the same line have booked already."""
    others = Refund.objects.filter(bucket=refund.bucket, order_no=refund.order_no, line_no=refund.line_no)
    amounts = others.filter(state__in=BOOKED).exclude(id=refund.id).values_list("amount_fen", flat=True)
    return sum(amount or 0 for amount in amounts)


def due_refunds(now: datetime, limit: int) -> list[Refund]:
    """Refunds whose next step is the job's, the longest waiting first."""
    return list(Refund.objects.filter(query_at__lte=now).order_by("query_at", "id")[:limit])


def lease(refund: Refund, later: datetime | None) -> bool:
    """Take a refund for this round by moving its next look on; another worker then finds it not due."""
    mine = Refund.objects.filter(bucket=refund.bucket, id=refund.id, query_at=refund.query_at)
    return bool(mine.update(query_at=later, query_count=refund.query_count + 1))


def rest(refund: Refund) -> None:
    """Leave a refund to people: the job looks at it no more until it moves."""
    Refund.objects.filter(bucket=refund.bucket, id=refund.id).update(query_at=None)


def note_answer(refund: Refund, said: str) -> None:
    """Keep the channel's last word beside a refund that is not through yet."""
    Refund.objects.filter(bucket=refund.bucket, id=refund.id).update(channel_said=said[:40])


def void_records(bill_ids: Sequence[int], at: datetime) -> None:
    """Mark the contribution records of wholly refunded bills; they count no more, and are never deleted."""
    if not bill_ids:
        return
    buckets = [id_ % 10_000 for id_ in bill_ids]
    columns = {"b": Column("int", buckets), "i": Column("int", list(bill_ids))}
    columns["at"] = Column("instant", [at] * len(bill_ids))
    relation, params = sets.relation(columns)
    routed, routed_params = sets.in_buckets(buckets, "r")
    sets.fetch(
        f"UPDATE contribution_record AS r SET refunded_at = t.at FROM {relation} "
        f"WHERE r.bucket = t.b AND r.bill_id = t.i AND {routed}",
        [*params, *routed_params],
    )


def content_of(refund: Refund) -> dict[str, Any]:
    """What two people agree on: everything that decides how much goes to whom, and why."""
    names = (
        "refund_no", "order_no", "line_no", "out_trade_no", "bill_id", "channel", "paid_fen", "amount_fen", "reason",
        "evidence", "verdict", "rules", "discretion", "ends_cover", "takeover_fund", "payee_kind", "route",
    )  # fmt: skip
    return {name: getattr(refund, name) for name in names} | {
        "payee": bytes(refund.payee_sealed).hex() if refund.payee_sealed else None
    }
