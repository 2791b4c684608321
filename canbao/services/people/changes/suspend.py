"""停保 and 恢复: an active enrolment rests from a day on, and may go on. Cover that is paid for stays (LZ-09, E14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError

from canbao.basics.refusals import BadInput, ChangeRefused, EnrolledElsewhere, StepNotDue
from canbao.basics.states import ENROLMENT
from canbao.records.models import Enrolment
from canbao.records.moves import Claim, Journal, claim
from canbao.records.people.changes.told import Ground, told
from canbao.records.sets import Column, Row
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes import bills
from canbao.services.people.changes.who import active_enrolments, checked_ground, living
from canbao.services.system.env import Env

REASONS = {
    "other_area": "到外地参保",
    "school_elsewhere": "转学、升学、毕业，到外地",
    "employee_scheme": "参加职工医保",
    "service": "参军入伍",
    "abroad": "出国定居",
    "other": "其他原因",
}
_ACTIVE_ELSEWHERE = "EXISTS (SELECT 1 FROM enrolment x WHERE x.bucket = r.bucket AND x.person_id = r.person_id AND x.active_slot = 1)"


@dataclass(frozen=True)
class Suspension:
    """One person's active enrolment, the first day it does not hold any more, and a word of `REASONS`."""

    person_id: int
    ended_date: date
    reason: str
    ground: Ground


@dataclass(frozen=True)
class Resumption:
    """One person whose last suspended enrolment goes on."""

    person_id: int
    ground: Ground


def suspend(env: Env, suspensions: Sequence[Suspension]) -> int:
    """Suspend active enrolments, all or none, and withdraw what is not paid. Returns how many.

    A payment that arrives for a bill withdrawn here is paid back.

    Raises:
        NotFound. BadInput: no such reason, or none written. ChangeRefused: not active, merged, died, or a day before the start.
    """
    living([one.person_id for one in suspensions])
    rows = active_enrolments([one.person_id for one in suspensions])
    by_enrolment = {rows[one.person_id].id: _checked(one, rows[one.person_id]) for one in suspensions}
    env.serials.warm({"event": 3 * len(suspensions)})

    def work() -> int:
        journal = env.journal()
        bills.withdraw(journal, list(rows), even_ordered=True)
        moved = end(journal, "suspended", by_enrolment)
        if moved < len(by_enrolment):
            raise StepNotDue(state="刚被别人改过")
        journal.write()
        return moved

    return in_one_transaction(work)


def end(journal: Journal, state: str, by_enrolment: dict[int, Suspension]) -> int:
    """Suspend or terminate enrolments by id, inside the caller's transaction. Returns how many still could be."""

    def details(row: Row) -> dict[str, object]:
        one = by_enrolment[row["id"]]
        return told({"state": state, "ended_date": one.ended_date}, ground=one.ground, reason=one.reason)

    keys = {
        "bucket": Column("int", [id_ % 10_000 for id_ in by_enrolment]),
        "id": Column("int", list(by_enrolment)),
    }
    ended = Column("date", [one.ended_date for one in by_enrolment.values()])
    what = Claim(ENROLMENT, state, keys, assign={"ended_date": ended}, clear=("active_slot",), told=details)
    return len(claim(journal, what))


def resume(env: Env, resumptions: Sequence[Resumption]) -> int:
    """Let suspended enrolments go on, all or none. Returns how many.

    Raises:
        NotFound, BadInput. ChangeRefused: nothing is suspended, merged, or died.
        EnrolledElsewhere: another enrolment of the person is active.
    """
    living([one.person_id for one in resumptions])
    last = {one.person_id: _last_suspended(env, one.person_id) for one in resumptions}
    grounds = {last[one.person_id].id: checked_ground(one.ground) for one in resumptions}
    env.serials.warm({"event": len(resumptions)})
    try:
        resumed = in_one_transaction(lambda: _resume(env, grounds))
    except IntegrityError:  # another enrolment became active in the same moment
        resumed = 0
    if resumed < len(grounds):
        raise EnrolledElsewhere(area="另一个地方")
    return resumed


def _resume(env: Env, grounds: dict[int, Ground]) -> int:
    journal = env.journal()
    resumed = set_active(journal, grounds)
    journal.write()
    return resumed


def set_active(journal: Journal, grounds: dict[int, Ground]) -> int:
    """Make suspended enrolments active again, by id, where their person has no active one."""
    what = Claim(
        ENROLMENT,
        "active",
        keys={
            "bucket": Column("int", [id_ % 10_000 for id_ in grounds]),
            "id": Column("int", list(grounds)),
        },
        assign={"active_slot": Column("int", [1] * len(grounds))},
        clear=("ended_date",),
        unless=_ACTIVE_ELSEWHERE,
        told=lambda row: told({"state": "active", "ended_date": None}, ground=grounds[row["id"]]),
    )
    return len(claim(journal, what))


def _checked(one: Suspension, row: Enrolment) -> Suspension:
    if one.reason not in REASONS:
        raise BadInput(field="reason", problem=f"没有这种停保原因：{one.reason}。")
    if one.ended_date < row.started_date:
        raise ChangeRefused(problem="停保的日子不能早于参保的日子。")
    checked_ground(one.ground)
    return one


def _last_suspended(env: Env, person_id: int) -> Enrolment:
    rows = Enrolment.objects.filter(person=person_id)
    active = rows.filter(state="active").first()
    if active:
        raise EnrolledElsewhere(area=env.areas.full_name(active.area_code))
    found = rows.filter(state="suspended").order_by("ended_date", "id").last()
    if found is None:
        raise ChangeRefused(problem="没有停保的登记，不用恢复。终止的，重新办参保登记。")
    return found
