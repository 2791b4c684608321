"""发送: take what waits, tell it in batches, write down the word on each row, and let go what it holds back.

A batch is told outside any transaction. A lost answer costs nothing: the rows go again with the same numbers, later
each time, and what was decided once is only repeated. Of one person nothing overtakes what happened before it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from canbao.channels.authority import Authority, Batch, RowAnswer
from canbao.channels.port import ChannelDown, ChannelRefused
from canbao.records.exchange.outbox import rows as outbox_rows
from canbao.records.exchange.outbox.rows import Leased
from canbao.records.models import Bill, PushBatch
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.outbox.announce import ASSESSMENT
from canbao.services.exchange.outbox.write import WRITERS
from canbao.services.money.assess import assess
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
AT_ONCE = 500
PAUSES_S = (60, 120, 300, 600, 1800, 3600, 7200, 21600)


def send(env: Env, batches: int = 20) -> int:
    """One round of the job: a few batches to each authority. Returns how many rows were decided."""
    decided = 0
    for target in sorted(env.authorities):
        for _ in range(batches):
            told, answered = _send_batch(env, env.authorities[target], target)
            decided += answered
            if told == 0 or answered == 0:
                break  # nothing waits, or nobody answers
    return decided


def _send_batch(env: Env, authority: Authority, target: str) -> tuple[int, int]:
    """Returns how many rows went, and how many were decided."""
    found = outbox_rows.next_rows(target, env.now, AT_ONCE)
    if not found:
        return 0, 0
    kind = found[0].kind
    due = [row for row in found if row.kind == kind]
    kept = PushBatch.objects.create(target=target, kind=kind, row_count=0, sum_fen=0, sent_at=env.now)
    taken = outbox_rows.lease(due, kept.id, [_again_at(env.now, row.tries) for row in due])
    rows = [row for row in due if row.id in taken]
    batch = Batch(batch_no_of(env, kept), WRITERS[kind](env, rows), kind)
    PushBatch.objects.filter(id=kept.id).update(row_count=len(batch.rows), sum_fen=batch.sum_fen)
    try:
        answers = authority.push(batch, env.now)
    except (ChannelDown, ChannelRefused) as fault:
        log.warning("push batch %s to %s: %s", kept.id, target, fault)
        PushBatch.objects.filter(id=kept.id).update(fault=str(fault)[:200])
        return len(rows), 0
    return len(rows), _settle(env, kept, rows, answers)


def batch_no_of(env: Env, kept: PushBatch) -> str:
    """推送批次号: the day it went and its number."""
    return f"{kept.sent_at:%Y%m%d}{kept.id:08d}"


def _again_at(now: datetime, tries: int) -> datetime:
    return now + timedelta(seconds=PAUSES_S[min(tries, len(PAUSES_S) - 1)])


def _settle(env: Env, kept: PushBatch, rows: Sequence[Leased], answers: Sequence[RowAnswer]) -> int:
    """Write down the first word on each row of the batch; what it says of others, or says again, changes nothing."""
    ours = {row.id for row in rows}
    first = {answer.rid: answer for answer in reversed(answers) if answer.rid in ours}
    said = list(first.values())
    env.serials.warm({"event": 2 * len(said)})

    def work() -> list[tuple[int, int]]:
        journal = env.journal()
        accepted = outbox_rows.decide_rows(journal, "accepted", _worded(said, accepted=True), env.now)
        refused = outbox_rows.decide_rows(journal, "refused", _worded(said, accepted=False), env.now)
        bills = _accept_bills(
            env,
            [row["subject_id"] for row in accepted if (row["kind"], row["action"]) == (ASSESSMENT, "put")],
        )
        PushBatch.objects.filter(id=kept.id).update(
            answered_at=env.now, accepted_count=len(accepted), refused_count=len(refused)
        )
        journal.write()
        return bills

    _release(env, in_one_transaction(work))
    return len(said)


def _worded(said: Sequence[RowAnswer], *, accepted: bool) -> list[tuple[int, str, str]]:
    return [(one.rid, one.code, one.words) for one in said if one.is_accepted is accepted]


def _accept_bills(env: Env, bill_ids: Sequence[int]) -> list[tuple[int, int]]:
    """The tax side has these bills since today, by each area's own day. Returns whose, and of which year."""
    bills = list(
        Bill.objects.filter(id__in=bill_ids).values_list("id", "area_code", "person_id", "benefit_year")
    )
    outbox_rows.keep_accepted([(id_, env.local_date(area_code)) for id_, area_code, _, _ in bills])
    return [(person_id, year) for _, _, person_id, year in bills]


def _release(env: Env, accepted: Sequence[tuple[int, int]]) -> None:
    """Assess anew whose bills were accepted, so that they may be paid; where it must wait a day, the next look does it."""
    for year in sorted({year for _, year in accepted}):
        assess(env, sorted({person_id for person_id, of in accepted if of == year}), year)
