"""Payments told by the tax side, in sets: kept once, found by what waits, read with the lines of their orders."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from canbao.basics.genes import parse_out_trade_no
from canbao.records import sets
from canbao.records.models import OrderLine, TaxMessage, TaxPayment

# Not settled, owed back or parked yet.
OPEN = ("told", "corrected", "placed")


def keep(rows: Sequence[TaxPayment]) -> set[int]:
    """Put payments in; one whose tax receipt is known already stays as it is. Returns the ids that are new."""
    TaxPayment.objects.bulk_create(rows, ignore_conflicts=True)
    return set(TaxPayment.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True))


def by_receipt(keys: Sequence[tuple[int, str]]) -> dict[str, TaxPayment]:
    """The payments with these tax receipts, given with their buckets, by tax receipt."""
    buckets = sorted({bucket for bucket, _ in keys})
    found = TaxPayment.objects.filter(bucket__in=buckets, tax_receipt_no__in=[no for _, no in keys])
    return {row.tax_receipt_no: row for row in found}


def waiting(now: datetime, limit: int) -> list[TaxPayment]:
    """What is to be placed, what a crash left half settled, and what is parked and may fit by now."""
    due = Q(state__in=OPEN) | Q(state="parked", again_at__lte=now)
    return list(TaxPayment.objects.filter(due).order_by("id")[:limit])


def just_settled(now: datetime, limit: int) -> list[TaxPayment]:
    """What was settled, and of whose bill nobody has looked yet whether an order of ours is open."""
    return list(TaxPayment.objects.filter(state="settled", again_at__lte=now).order_by("id")[:limit])


def parked(limit: int) -> list[TaxPayment]:
    """What people must look at, the oldest first."""
    return list(TaxPayment.objects.filter(state="parked").order_by("parked_at", "id")[:limit])


def by_number(number: str) -> TaxPayment | None:
    """The payment that we call so, or that the tax receipt names."""
    try:
        bucket = parse_out_trade_no(number)[0].bucket
    except ValueError:
        return TaxPayment.objects.filter(tax_receipt_no=number).first()
    return TaxPayment.objects.filter(bucket=bucket, number=number).first()


def settled_orders(rows: Sequence[TaxPayment]) -> set[str]:
    """Which of these payments' orders have a line that settled a bill, by number."""
    bills = [row.bill_id for row in rows if row.bill_id]
    lines = OrderLine.objects.filter(
        bill__in=bills, order_no__in=[row.number[:-2] for row in rows], state="settled"
    )
    orders = set(lines.values_list("order_no", flat=True))
    return {row.number for row in rows if row.number[:-2] in orders}


def counts() -> dict[str, tuple[int, int]]:
    """How many payments, and how many fen, stand in each state."""
    rows = sets.fetch(
        "SELECT state, count(*) AS n, CAST(sum(amount_fen) AS BIGINT) AS fen FROM tax_payment GROUP BY state ORDER BY state",
        [],
    )
    return {row["state"]: (row["n"], row["fen"]) for row in rows}


def messages_waiting(limit: int) -> list[TaxMessage]:
    """Messages kept and not read yet, the oldest first."""
    return list(TaxMessage.objects.filter(heard_at=None, fault=None).order_by("id")[:limit])


def days_read(days: Sequence[date]) -> set[date]:
    """The days among these whose file was read."""
    read = TaxMessage.objects.filter(what="day", day__in=days, heard_at__isnull=False)
    return {day for day in read.values_list("day", flat=True) if day}
