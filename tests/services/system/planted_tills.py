"""Breaches of what drawers and agents owe, each planted by itself."""

from collections.abc import Callable
from datetime import datetime

from canbao.records.models import CashOut, Entry, Shift, Taking

TILL = "drawer:甲"
ID = 10_001  # of bucket 1, like the till


def a_shift(now: datetime, **changes: object) -> Shift:
    values = {"till": TILL, "place": "一号窗", "float_fen": 0, "opened_at": now, "state": "open"} | changes
    return Shift.objects.create(id=ID, **values)


def shift_moved(now: datetime) -> None:
    a_shift(now, state="closed", previous_state="open", counted_fen=0)


def closed_with_too_much(now: datetime) -> None:
    a_shift(now, state="closed", counted_fen=1)


def a_taking(now: datetime, **changes: object) -> None:
    values = {
        "till": TILL, "receipt_no": "1", "order_no": "1", "amount_fen": 28_000, "people": 1, "state": "taken", "taken_at": now,
        "booked_at": now, "by": "staff:甲",
    } | changes  # fmt: skip
    Taking.objects.create(id=ID, **values)


def taking_not_booked(now: datetime) -> None:
    a_taking(now, shift=a_shift(now))


def booked_without_a_receipt(now: datetime) -> None:
    Entry.objects.create(
        id=ID, key="taking:1", debit=f"cash_in_hand:{TILL}", credit="channel_clearing:cash", amount_fen=1, reason="into_hand",
        occurred_at=now, booked_at=now,
    )  # fmt: skip


def handed_in_and_never_taken(now: datetime) -> None:
    CashOut.objects.create(
        id=ID,
        till=TILL,
        shift=a_shift(now),
        what="handed_in",
        number="JK-1",
        amount_fen=1,
        at=now,
        by="staff:甲",
    )


PLANTED_TILLS: dict[str, Callable[[datetime], None]] = {
    "shift_event": shift_moved,
    "taking_event": lambda now: a_taking(now, previous_state="refused"),
    "till_moves_are_booked": taking_not_booked,
    "till_rows_have_their_move": booked_without_a_receipt,
    "closed_shift_adds_up": closed_with_too_much,
    "no_more_handed_on_than_taken": handed_in_and_never_taken,
}
