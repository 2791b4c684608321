"""What happened, read from the ledger and the events in their order: nobody who settles, posts or pays back says it twice.

Payments are read from the ledger by `booked_at`, all else from the events by `at`; both are indexed so.
"""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from canbao.records.models import Entry, Event
from canbao.records.system.event import TOLD

BILL_SETTLED = "bill_settled"
Mark = tuple[datetime, int]


class Happened(NamedTuple):
    """One thing that happened: the noun it is about, which of them, and the kind of message it makes."""

    kind: str
    noun: str
    subject_id: int
    at: datetime
    order_no: str = ""


_KINDS = {
    "AttemptFailed": ("debit_failed", "attempt"),
    "BillReleased": ("released", "bill_freed"),
    "ContributionPosted": ("posted", "contribution_record"),
    "DeferralEnded": ("released", "bill_deferred"),
    "RefundApplied": ("refund_applied", "refund"),
    "RefundApproved": ("refund_approved", "refund"),
    "RefundPaid": ("refund_paid", "refund"),
    "RefundPaidAfterAll": ("refund_paid", "refund"),
    "RefundRefused": ("refund_refused", "refund"),
    "RefundReturned": ("refund_returned", "refund"),
}


def events_after(mark: Mark, until: datetime, how_many: int) -> tuple[list[Happened], Mark | None]:
    """Events that may be told of, after a mark and before an instant; and the mark of the last one read."""
    rows = list(
        Event.objects.filter(name__in=TOLD, at__gte=mark[0], at__lt=until)
        .filter(Q(at__gt=mark[0]) | Q(id__gt=mark[1]))
        .order_by("at", "id")
        .values_list("id", "at", "name", "subject_id")[:how_many]
    )
    found = [Happened(*_KINDS[name], subject_id, at) for _, at, name, subject_id in rows]
    return found, (rows[-1][1], rows[-1][0]) if rows else None


def payments_after(mark: Mark, until: datetime, how_many: int) -> tuple[list[Happened], Mark | None]:
    """Bills that the ledger says were settled with money, in the same way."""
    rows = list(
        Entry.objects.filter(booked_at__gte=mark[0], booked_at__lt=until)
        .filter(Q(booked_at__gt=mark[0]) | Q(id__gt=mark[1]))
        .order_by("booked_at", "id")
        .values_list("id", "booked_at", "reason", "bill_id", "order_no")[:how_many]
    )
    found = {
        bill_id: Happened("paid", "bill_settled", bill_id, at, order_no or "")
        for _, at, reason, bill_id, order_no in rows
        if reason == BILL_SETTLED and bill_id
    }
    return list(found.values()), (rows[-1][1], rows[-1][0]) if rows else None
