"""发送: take what waits, tell it in batches, write down the word on each row, and let go what it holds back.

A batch is told outside any transaction. A lost answer costs nothing: the rows go again with the same numbers, later
each time, and what was decided once is only repeated. Of one person nothing overtakes what happened before it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from canbao.basics.areas import pooling_area_of
from canbao.channels.authority import AssessmentRow, Authority, Batch, RowAnswer
from canbao.channels.port import ChannelDown, ChannelRefused
from canbao.policy.format.vocabulary import PERSON_CLASSES
from canbao.records.exchange.outbox import rows as outbox_rows
from canbao.records.exchange.outbox.rows import AssessmentTold, Leased
from canbao.records.models import Bill, PushBatch
from canbao.records.transactions import in_one_transaction
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
    due = outbox_rows.next_rows(target, env.now, AT_ONCE)
    if not due:
        return 0, 0
    kept = PushBatch.objects.create(target=target, kind=due[0].kind, row_count=0, sum_fen=0, sent_at=env.now)
    taken = outbox_rows.lease(due, kept.id, [_again_at(env.now, row.tries) for row in due])
    rows = [row for row in due if row.id in taken]
    batch = Batch(batch_no_of(env, kept), _assessments(env, rows))
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


def _assessments(env: Env, rows: Sequence[Leased]) -> list[AssessmentRow]:
    told = outbox_rows.assessments_told([row.subject_id for row in rows])
    return [_assessment(env, row, told[row.subject_id]) for row in rows]


def _assessment(env: Env, row: Leased, said: AssessmentTold) -> AssessmentRow:
    return AssessmentRow(
        rid=row.id,
        is_cancel=row.action == "cancel",
        bill_id=said.bill_id,
        person_id=said.person_id,
        name=said.name,
        id_type=said.id_type,
        number=env.sealer.open_number(said.person_id, said.number_sealed),
        area_code=said.area_code,
        pooling_area=pooling_area_of(said.area_code),
        benefit_year=said.benefit_year,
        psn_type=PERSON_CLASSES[said.person_class].psn_type,
        group_code=_group_code(env, said),
        amount_fen=said.amount_fen,
        parts=said.parts,
    )


def _group_code(env: Env, said: AssessmentTold) -> str:
    """The local code of the group where the pack's list has one, else our own word (codes.md knows no fine codes)."""
    pack = env.packs.get(said.area_code, said.benefit_year, env.now)
    entry = next((one for name, one in pack.assistance.groups.items() if name == said.group), None)
    return (entry.local_code if entry else "") or said.group or ""


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
        bills = _accept_bills(env, [row["subject_id"] for row in accepted if row["action"] == "put"])
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
