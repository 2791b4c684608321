"""转告医保: what was paid, what goes back, who is covered. Read from the journals; the money path knows nothing of it (0037).

Every detail is told once and every cover once, however often the journals are read; a cover that ended before anybody
was told of it is not told at all.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from canbao.records.exchange.outbox.rows import SERIAL, Telling, put_rows, withdraw
from canbao.records.exchange.outbox.told import Owner, RefundTold, owners, refunds_told
from canbao.records.system.journals import Happened
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.outbox.announce import in_turns
from canbao.services.system.env import Env
from canbao.services.system.journals import read_journals

MEDICAL = "medical"
COLLECTION, COVERAGE = "collection", "coverage"
# Whoever is connected late is told all that was ever paid here.
SINCE = datetime(2000, 1, 1, tzinfo=UTC)


def relay(env: Env) -> int:
    """The job: put down what medical insurance does not know yet. Nothing where it is not connected. Returns new rows."""
    if MEDICAL not in env.authorities:
        return 0
    return read_journals(env, put_down, f"{MEDICAL}:", SINCE)


def put_down(env: Env, happened: Sequence[Happened]) -> int:
    """Put down payments and approved refunds, in one transaction; of each bill first that it was paid."""
    paid = [one.subject_id for one in happened if one.kind == "paid"]
    refunds = refunds_told([one.subject_id for one in happened if one.kind == "refund_approved"])
    bills = {one.bill_id: one for one in owners([*paid, *(one.bill_id for one in refunds.values())])}
    if not bills:
        return 0
    puts = [
        _telling(kind, "put", owner, owner.bill_id)
        for owner in bills.values()
        for kind in (COLLECTION, COVERAGE)
    ]
    back = [_telling(COLLECTION, "cancel", bills[one.bill_id], one.refund_id) for one in refunds.values()]
    env.serials.warm({SERIAL: len(puts) + len(back) + len(refunds), "event": len(refunds)})
    return in_one_transaction(lambda: _put(env, puts, back, _ended(bills, refunds.values())))


def _put(env: Env, puts: Sequence[Telling], back: Sequence[Telling], ended: Sequence[int]) -> int:
    made = sum(put_rows(env.serials, turn, env.now) for turn in in_turns([*puts, *back]))
    journal = env.journal()
    cancels = withdraw(journal, ended, COVERAGE) if ended else []
    made += sum(put_rows(env.serials, turn, env.now) for turn in in_turns(cancels))
    journal.write()
    return made


def _ended(bills: dict[int, Owner], refunds: Iterable[RefundTold]) -> list[int]:
    return sorted({one.bill_id for one in refunds if bills[one.bill_id].ended})


def _telling(kind: str, action: str, owner: Owner, subject_id: int) -> Telling:
    return Telling(MEDICAL, kind, action, owner.person_id, subject_id)
