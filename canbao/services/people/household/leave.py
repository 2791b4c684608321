"""退出: leave a 户 for the rest of a year. The two ledgers are parted so that both together never pay more than one cap.

The notice does not say what of a shared quota goes with whoever leaves (FY-22). What cannot be wrong for the fund is taken:
the leaver keeps of the own cap what they have not used themselves, and no more than the 户 had left; what was used together
stays used by those who remain.
"""

from canbao.basics.days import local_date
from canbao.basics.refusals import ChangeRefused
from canbao.records.models import HouseholdMember
from canbao.records.people.changes.told import Ground, told
from canbao.records.transactions import in_one_transaction
from canbao.services.people.household.quota import LEFT, TRIES, Row, book, shared_by, used_of
from canbao.services.system.env import Env


class _Overtaken(Exception):
    """Somebody booked into the household's ledger between our reading and our writing."""


def leave(env: Env, person_id: int, benefit_year: int, ground: Ground) -> None:
    """Leave a 户 for the rest of a year.

    Raises:
        ChangeRefused: in no 户 with others, or the head of one that others are still in.
    """
    own = HouseholdMember.objects.filter(person=person_id, benefit_year=benefit_year, left_at=None).first()
    if own is None or own.head_person_id == person_id:
        raise ChangeRefused(problem="没有和别人合成一户，或者是别人的户主，不能退出。")
    env.serials.warm({"event": 1, "quota_entry": 2 * TRIES})
    for _ in range(TRIES):
        try:
            return in_one_transaction(lambda: _leave(env, own, ground))
        except _Overtaken:
            continue
    raise ChangeRefused(problem="这一户同时有太多笔报销，请再试一次。")


def _leave(env: Env, own: HouseholdMember, ground: Ground) -> None:
    person_id, year = own.person_id, own.benefit_year
    before = shared_by(env, person_id, year, own.area_code)
    if not HouseholdMember.objects.filter(id=own.id, left_at=None).update(left_at=env.now):
        return  # another clerk was quicker, and wrote why
    journal = env.journal()
    journal.note("household_member", own.id, "HouseholdLeft", told({}, ground=ground))
    journal.write()
    if before.cap_fen is None:
        return
    today = local_date(env.now)
    parted = f"{LEFT}{person_id}:{before.last_serial_no}"
    if book(env, before, Row(person_id, year, parted, 0, today)) is None:
        raise _Overtaken
    after = shared_by(env, person_id, year, own.area_code)
    keeps = min((after.cap_fen or 0) - used_of(person_id, year), before.cap_fen - before.used_fen)
    taken = (after.cap_fen or 0) - after.used_fen - max(0, keeps)
    carried = f"{LEFT}{own.head_person_id}:{after.last_serial_no}"
    if taken > 0 and book(env, after, Row(person_id, year, carried, taken, today)) is None:
        raise _Overtaken
