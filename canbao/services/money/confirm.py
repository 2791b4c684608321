"""免缴确认: a person with nothing to pay confirms, and is covered without a payment (SX-03, E15)."""

from collections.abc import Sequence

from canbao.records.models import Bill
from canbao.records.money import ledger
from canbao.records.moves import Journal
from canbao.records.sets import Row
from canbao.records.transactions import in_one_transaction
from canbao.services.money import book
from canbao.services.system.env import Env


def confirm_zero(env: Env, bill_ids: Sequence[int]) -> list[int]:
    """Settle zero bills by their owners' word; a bill confirmed before is left alone. Returns the newly settled."""
    many = len(bill_ids)
    env.serials.warm({"event": 2 * many, "entry": 2 * many, "coverage": 2 * many})
    env.serials.warm({"contribution_record": many, "receipt": many})
    return in_one_transaction(lambda: _confirm(env, bill_ids))


def _confirm(env: Env, bill_ids: Sequence[int]) -> list[int]:
    journal: Journal = env.journal()
    zero = Bill.objects.filter(id__in=bill_ids, state="zero").order_by("id")
    asked: list[Row] = [
        {"bucket": bill.bucket, "bill_id": bill.id, "amount_fen": 0, "order_no": None} for bill in zero
    ]
    settled = book.claim_bills(env, journal, asked)
    ledger.book(env.serials, [row for bill in settled for row in book.share_postings(env, bill, None)])
    book.cover(env, journal, settled)
    book.record(env, [(bill, None) for bill in settled])
    journal.write()
    return [bill["id"] for bill in settled]
