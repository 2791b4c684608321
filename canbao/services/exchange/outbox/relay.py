"""转告: what was paid, went back, is posted, and who is covered. Read from the journals; the money path knows of none (0037).

Every detail is told once to each who hears of it and every cover once, however often the journals are read; a cover that
ended before anybody was told of it is not told at all.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from canbao.basics import accounts
from canbao.records.exchange.outbox.rows import SERIAL, Telling, put_rows, withdraw
from canbao.records.exchange.outbox.table import HEARS
from canbao.records.exchange.outbox.told import Owner, owners, posted_since, refunds_told
from canbao.records.system.journals import Happened
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.outbox.announce import TAX, in_turns
from canbao.services.system.env import Env
from canbao.services.system.journals import read_journals

COLLECTION, COVERAGE, POSTING = "collection", "coverage", "posting"
# Whoever is connected late is told all that was ever paid here.
SINCE = datetime(2000, 1, 1, tzinfo=UTC)


def _is_news_to_tax(bill: Owner) -> bool:
    """Money that somebody paid, and not to the tax side itself, which told us of it (0034)."""
    return bill.amount_fen > 0 and bill.channel != accounts.TAX


# Whom not every bill concerns.
CONCERNS: Mapping[str, Callable[[Owner], bool]] = {TAX: _is_news_to_tax}


def relay(env: Env) -> int:
    """The job: put down what each who is connected does not know yet. Returns new rows."""
    return sum(
        read_journals(env, partial(put_down, target), f"{target}:", SINCE)
        for target in sorted(env.authorities)
    )


def put_down(target: str, env: Env, happened: Sequence[Happened]) -> int:
    """Put down payments, approved refunds and postings, in one transaction; of each bill first that it was paid."""
    paid = [one.subject_id for one in happened if one.kind == "paid"]
    approved = refunds_told([one.subject_id for one in happened if one.kind == "refund_approved"]).values()
    posted = [one.subject_id for one in happened if one.kind == "posted"] if POSTING in HEARS[target] else []
    has_come = posted_since(target, posted)
    concerned = CONCERNS.get(target)
    found = owners([*paid, *(one.bill_id for one in approved), *has_come])
    bills = {one.bill_id: one for one in found if concerned is None or concerned(one)}
    if not bills:
        return 0
    refunds = [one for one in approved if one.bill_id in bills]
    kinds = [kind for kind in (COLLECTION, COVERAGE) if kind in HEARS[target]]
    puts = [
        Telling(target, kind, "put", owner.person_id, owner.bill_id)
        for owner in bills.values()
        for kind in [*kinds, *([POSTING] if owner.bill_id in has_come else [])]
    ]
    back = [
        Telling(target, COLLECTION, "cancel", bills[one.bill_id].person_id, one.refund_id) for one in refunds
    ]
    ended = sorted({one.bill_id for one in refunds if COVERAGE in kinds and bills[one.bill_id].ended})
    env.serials.warm({SERIAL: len(puts) + len(back) + len(ended), "event": len(ended)})
    return in_one_transaction(lambda: _put(env, puts, back, ended))


def _put(env: Env, puts: Sequence[Telling], back: Sequence[Telling], ended: Sequence[int]) -> int:
    made = sum(put_rows(env.serials, turn, env.now) for turn in in_turns([*puts, *back]))
    journal = env.journal()
    cancels = withdraw(journal, ended, COVERAGE) if ended else []
    made += sum(put_rows(env.serials, turn, env.now) for turn in in_turns(cancels))
    journal.write()
    return made
