"""Booking: rows go into the ledger in sets, and never leave it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from canbao.basics.genes import gene_id
from canbao.records import sets
from canbao.records.moves import Journal, SerialSource
from canbao.records.sets import Column


@dataclass(frozen=True)
class Posting:
    """One ledger row to be: balanced by its shape, unique by its key."""

    bucket: int
    key: str
    debit: str
    credit: str
    amount_fen: int
    reason: str
    occurred_at: datetime
    booked_at: datetime
    bill_id: int | None = None
    order_no: str | None = None
    out_trade_no: str | None = None
    refund_no: str | None = None


def at(posting: Posting, instant: datetime) -> Posting:
    """The same posting, occurred at another instant than it is booked."""
    return replace(posting, occurred_at=instant)


def book_once(serials: SerialSource, postings: Sequence[Posting]) -> None:
    """Insert those rows whose key is not booked yet: for what others tell us again and again."""
    sets.insert("entry", _columns(serials, postings), "ON CONFLICT (bucket, key) DO NOTHING")


def book(serials: SerialSource, postings: Sequence[Posting]) -> None:
    """Insert the rows in one statement.

    Raises:
        IntegrityError: a key is booked already. The claims before this make that a bug, so it is
            loud and undoes the whole transaction.
    """
    sets.insert("entry", _columns(serials, postings))


def book_later(journal: Journal, postings: Sequence[Posting]) -> None:
    """Book the rows at the end of the transaction, together with what else was put off."""
    if postings:
        journal.later(sets.insertion("entry", _columns(journal.serials, postings), "RETURNING id"))


def _columns(serials: SerialSource, postings: Sequence[Posting]) -> dict[str, Column]:
    ids = [
        gene_id(n, row.bucket) for n, row in zip(serials.take("entry", len(postings)), postings, strict=True)
    ]
    return {
        "id": Column("int", ids),
        "bucket": Column("int", [row.bucket for row in postings]),
        "key": Column("text", [row.key for row in postings]),
        "debit": Column("text", [row.debit for row in postings]),
        "credit": Column("text", [row.credit for row in postings]),
        "amount_fen": Column("int", [row.amount_fen for row in postings]),
        "reason": Column("text", [row.reason for row in postings]),
        "bill_id": Column("int", [row.bill_id for row in postings]),
        "order_no": Column("text", [row.order_no for row in postings]),
        "out_trade_no": Column("text", [row.out_trade_no for row in postings]),
        "refund_no": Column("text", [row.refund_no for row in postings]),
        "occurred_at": Column("instant", [row.occurred_at for row in postings]),
        "booked_at": Column("instant", [row.booked_at for row in postings]),
    }
