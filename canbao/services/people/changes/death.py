"""去世: the enrolments end with the day of death. What was paid stays booked; heirs may ask for it back (N-11-16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from canbao.basics.refusals import ChangeRefused, StepNotDue
from canbao.records.models import Enrolment, HouseholdMember, Person
from canbao.records.people.changes.told import Ground, told
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes import bills
from canbao.services.people.changes.suspend import Suspension, end
from canbao.services.people.changes.who import checked_ground, living
from canbao.services.system.env import Env

REASON = "death"


@dataclass(frozen=True)
class Death:
    """One person, the day they died, and on which paper that stands."""

    person_id: int
    died_date: date
    ground: Ground


def report_deaths(env: Env, deaths: Sequence[Death]) -> int:
    """Note deaths, all or none: every enrolment is terminated and unpaid bills withdrawn. Returns how many enrolments ended.

    Cover that is paid for is left to the refund of the pack, whose reason is `death`. In a 户 the years paid for stay
    shared; for the next year the family chooses another head, since a head pays first (FY-25).

    Raises:
        NotFound, BadInput. ChangeRefused: died already, merged, or a day that cannot be. StepNotDue: noted at the same moment.
    """
    people = living([one.person_id for one in deaths])
    for one in deaths:
        checked_ground(one.ground)
        if not people[one.person_id].birth_date <= one.died_date <= env.local_date("100000"):
            raise ChangeRefused(problem="去世的日子早于出生，或者还没有到。")
    env.serials.warm({"event": 6 * len(deaths)})

    def work() -> int:
        journal = env.journal()
        bills.withdraw(journal, list(people), even_ordered=True)
        by_enrolment: dict[int, Suspension] = {}
        for one in deaths:
            alive = Person.objects.filter(id=one.person_id, died_date=None, merged_into_id=None)
            if not alive.update(died_date=one.died_date):
                raise StepNotDue(state="已经登记去世")
            details = told({"died_date": one.died_date}, ground=one.ground)
            journal.note("person", one.person_id, "PersonDied", details)
            by_enrolment |= _enrolments(one)
        ended = end(journal, "terminated", by_enrolment)
        journal.write()
        return ended

    return in_one_transaction(work)


def heads_of(person_id: int) -> list[int]:
    """The benefit years in which others share a 户 under this person's number: their family must hear of it."""
    shared = HouseholdMember.objects.filter(head_person_id=person_id, left_at=None).exclude(person=person_id)
    return sorted(set(shared.values_list("benefit_year", flat=True)))


def _enrolments(one: Death) -> dict[int, Suspension]:
    """A suspended enrolment keeps the day on which it was suspended."""
    rows = Enrolment.objects.filter(person=one.person_id, state__in=("active", "suspended"))
    return {
        row.id: Suspension(one.person_id, row.ended_date or one.died_date, REASON, one.ground) for row in rows
    }
