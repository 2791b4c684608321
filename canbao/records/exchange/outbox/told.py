"""What the rows of the outbox say, read from their subjects when they go: bills, contribution records, refunds."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.models import Refund
from canbao.records.sets import Column


class BillTold(NamedTuple):
    """What a bill says, and whose it is. `parts`: fen by who bears them. The rest is there once it was settled."""

    bill_id: int
    person_id: int
    name: str
    id_type: str
    number_sealed: bytes
    area_code: str
    benefit_year: int
    person_class: str
    group: str | None
    amount_fen: int
    parts: dict[str, int]
    cover_from_date: date | None
    cover_until_date: date | None
    channel: str | None
    paid_at: datetime | None
    posted_date: date | None
    tax_receipt_no: str | None


class RefundTold(NamedTuple):
    """What goes back of a bill."""

    refund_id: int
    refund_no: str
    bill_id: int
    amount_fen: int
    approved_at: datetime
    channel: str


def bills_told(bill_ids: Sequence[int]) -> dict[int, BillTold]:
    """What bills say, by bill, in one statement."""
    if not bill_ids:
        return {}
    buckets = [bucket_of(id_) for id_ in bill_ids]
    source, params = sets.relation({"b": Column("int", buckets), "i": Column("int", bill_ids)})
    routed, routed_params = sets.in_buckets(buckets, "r")
    rows = sets.fetch(
        "SELECT r.id AS bill_id, r.person_id, p.name, p.id_type, p.number_sealed, r.area_code, r.benefit_year, "
        'r.person_class, r."group", r.amount_fen, r.shares AS parts, r.cover_from_date, r.cover_until_date, c.channel, '
        f"c.paid_at, c.posted_date, c.tax_receipt_no FROM {source} "
        "CROSS JOIN bill r JOIN person p ON p.bucket = r.bucket AND p.id = r.person_id "
        "LEFT JOIN contribution_record c ON c.bucket = r.bucket AND c.bill_id = r.id "
        f"WHERE r.bucket = t.b AND r.id = t.i AND {routed}",
        [*params, *routed_params],
    )
    return {row["bill_id"]: _told(row) for row in rows}


def _told(row: dict[str, Any]) -> BillTold:
    days = {name: sets.as_date(row[name]) for name in ("cover_from_date", "cover_until_date", "posted_date")}
    read = {
        "number_sealed": bytes(row["number_sealed"]),
        "parts": sets.as_json(row["parts"]),
        "paid_at": sets.as_instant(row["paid_at"]),
    }
    return BillTold(**{**row, **days, **read})


class Owner(NamedTuple):
    """Whose a bill is, what a payer gave for it and through which channel.

    `ended`: it was given back whole, so its cover is over. `channel` is empty where nothing had to be paid.
    """

    bill_id: int
    person_id: int
    ended: bool
    amount_fen: int
    channel: str


def owners(bill_ids: Sequence[int]) -> list[Owner]:
    """Whose these bills are, by bill."""
    if not bill_ids:
        return []
    buckets = [bucket_of(id_) for id_ in bill_ids]
    source, params = sets.relation({"b": Column("int", buckets), "i": Column("int", bill_ids)})
    routed, routed_params = sets.in_buckets(buckets, "r")
    rows = sets.fetch_tuples(
        "SELECT DISTINCT r.id, r.person_id, CASE WHEN r.state = 'refunded' THEN 1 ELSE 0 END, r.amount_fen, c.channel "
        f"FROM {source} CROSS JOIN bill r LEFT JOIN contribution_record c ON c.bucket = r.bucket AND c.bill_id = r.id "
        f"WHERE r.bucket = t.b AND r.id = t.i AND {routed} ORDER BY r.id",
        [*params, *routed_params],
    )
    return [
        Owner(id_, person, bool(ended), fen or 0, channel or "") for id_, person, ended, fen, channel in rows
    ]


def posted_since(target: str, record_ids: Sequence[int]) -> list[int]:
    """Bills of these contributions whose detail may have gone without the treasury's word.

    A detail that was in no batch yet reads day and receipt number when it goes.
    """
    if not record_ids:
        return []
    buckets = [bucket_of(id_) for id_ in record_ids]
    source, params = sets.relation({"b": Column("int", buckets), "i": Column("int", record_ids)})
    routed, routed_params = sets.in_buckets(buckets, "r")
    detail = (
        "SELECT 1 FROM outbox_row o WHERE o.bucket = r.bucket AND o.subject_id = r.bill_id AND o.target = %s "
        "AND o.kind = 'collection' AND o.action = 'put' AND "
    )
    rows = sets.fetch_tuples(
        f"SELECT DISTINCT r.bill_id FROM {source} CROSS JOIN contribution_record r WHERE r.bucket = t.b AND r.id = t.i "
        f"AND EXISTS ({detail} o.tries > 0) AND NOT EXISTS ({detail} o.state = 'waiting' AND o.tries = 0) AND {routed} "
        "ORDER BY r.bill_id",
        [*params, target, target, *routed_params],
    )
    return [bill_id for (bill_id,) in rows]


def refunds_told(refund_ids: Sequence[int]) -> dict[int, RefundTold]:
    """What approved refunds of bills give back; money that settled nothing (surplus) is not among them."""
    rows = Refund.objects.filter(id__in=refund_ids, approved_at__isnull=False).order_by("approved_at", "id")
    return {
        row.id: RefundTold(
            row.id, row.refund_no, row.bill_id, row.amount_fen or 0, row.approved_at, row.channel
        )
        for row in rows
        if row.bill_id and row.line_no is not None and row.reason != "surplus" and row.approved_at
    }
