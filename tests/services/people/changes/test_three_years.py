"""Three years of a few people, in any order that hypothesis can think of: what must hold after every step.

Never two covers for one time, the events rebuild the register, and paid cover survives whatever happens to an enrolment.
"""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from canbao.basics.days import local_date
from canbao.basics.refusals import Refusal
from canbao.records.models import Bill, Coverage, Enrolment, Person
from canbao.records.people.changes.told import Ground
from canbao.records.people.find import records_of
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.money.assess import assess
from canbao.services.money.collect import collect
from canbao.services.money.pay import start
from canbao.services.money.settle import Arrival, settle
from canbao.services.people.changes.correct import Correction, correct
from canbao.services.people.changes.death import Death, report_deaths
from canbao.services.people.changes.merge import Merge, merge, unmerge
from canbao.services.people.changes.rebuild import check_people
from canbao.services.people.changes.reclass import ClassChange, Move, change_class, move
from canbao.services.people.changes.suspend import REASONS, Resumption, Suspension, resume, suspend
from canbao.services.people.changes.transfer import Transfer, transfer
from canbao.services.people.employed import Joining, join_employee_scheme
from canbao.services.system.audit import audit
from tests.support.world import BACK, id_number, make_world

PLACES = ("371503", "450202", "450203", "140403", "140404")
BORN = (date(2008, 4, 16), date(1990, 5, 6), date(1950, 7, 8))
WHY = Ground("窗口核对过", "卷-1")
who = st.integers(0, 5)


class ThreeYears(RuleBasedStateMachine):
    """Six records of three people, two of each, so that there is always something to merge."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.world = make_world(datetime(2021, 10, 12, 2, 0, tzinfo=UTC))
        self.people = [
            self.world.person(
                PLACES[n % 3 * 2 % 5], "student" if n % 3 == 0 else "adult", BORN[n % 3], f"人{n % 3}"
            )
            for n in range(6)
        ]
        take_over(self.env, [PastYear(id_, 2021, "371503", "student", None) for id_ in self.people[:3]])
        self.paid: set[tuple[int, int]] = set()
        self.pays(0, "cash")
        assert len(self.paid) == 4

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    @property
    def env(self):
        return self.world.env

    @property
    def today(self) -> date:
        return local_date(self.env.now)

    @rule(days=st.sampled_from((1, 20, 110, 240)))
    @precondition(lambda self: self.today < date(2024, 10, 1))
    def time_passes(self, days: int) -> None:
        self.world = self.world.later(days=days)

    @rule(n=who, by=st.sampled_from(("cash", "phone", "phone, suspended meanwhile")))
    def pays(self, n: int, by: str) -> None:
        """For the year whose season it is where the person is enrolled."""
        place = Enrolment.objects.filter(person=self.people[n], state="active").first()
        pack = place and self.env.packs.current(place.area_code, self.today, self.env.now)
        with suppress(Refusal):
            row = next(iter(assess(self.env, [self.people[n]], pack.benefit_year) if pack else ()), None)
            if row is None or row.bill is None or row.bill.state not in ("payable", "zero"):
                return
            opening = self.world.opening(Bill.objects.get(id=row.bill.id))
            if by == "cash":
                collect(self.env, [opening], "cash", "0007")
            else:
                order = self.world.order(Bill.objects.get(id=row.bill.id))
                start(self.env, order, BACK)
                if by != "phone":
                    self.suspends(n, "other")
                settle(self.env, [Arrival(self.world.channel.take_money(f"{order.order_no}01"))])
        self.paid |= set(Coverage.objects.filter(state="active").values_list("id", "cover_year"))

    @rule(n=who, reason=st.sampled_from(tuple(REASONS)))
    def suspends(self, n: int, reason: str) -> None:
        with suppress(Refusal):
            suspend(self.env, [Suspension(self.people[n], self.today, reason, WHY)])

    @rule(n=who)
    def resumes(self, n: int) -> None:
        with suppress(Refusal):
            resume(self.env, [Resumption(self.people[n], WHY)])

    @rule(
        n=who,
        place=st.sampled_from(PLACES),
        class_=st.sampled_from(("student", "adult", "university_student")),
    )
    def transfers(self, n: int, place: str, class_: str) -> None:
        with suppress(Refusal):
            transfer(self.env, [Transfer(self.people[n], place, class_, self.today, WHY)])

    @rule(n=who, class_=st.sampled_from(("student", "adult", "senior")))
    def changes_class(self, n: int, class_: str) -> None:
        with suppress(Refusal):
            change_class(self.env, [ClassChange(self.people[n], class_, WHY)])

    @rule(n=who, place=st.sampled_from(PLACES))
    def moves(self, n: int, place: str) -> None:
        with suppress(Refusal):
            move(self.env, [Move(self.people[n], place, WHY)])

    @rule(n=who, serial=st.integers(800, 803))
    def gets_another_number(self, n: int, serial: int) -> None:
        with suppress(Refusal):
            number = id_number("371503", BORN[n % 3], serial)
            correct(self.env, [Correction(self.people[n], WHY, f"人{n % 3}", number)])

    @rule(n=who)
    def dies(self, n: int) -> None:
        with suppress(Refusal):
            report_deaths(self.env, [Death(self.people[n], self.today, WHY)])

    @rule(n=who)
    def joins_the_employee_scheme(self, n: int) -> None:
        with suppress(Refusal):
            join_employee_scheme(self.env, [Joining(self.people[n], "371500", self.today, WHY)])

    @rule(n=st.integers(0, 2), turned=st.booleans())
    def is_merged(self, n: int, turned: bool) -> None:
        pair = [self.people[n], self.people[n + 3]]
        loser, winner = pair[::-1] if turned else pair
        with suppress(Refusal):
            merge(self.env, Merge(loser, winner, WHY))

    @rule(n=who)
    def is_parted(self, n: int) -> None:
        with suppress(Refusal):
            unmerge(self.env, self.people[n], WHY)

    @invariant()
    def nobody_is_covered_twice_for_one_time(self) -> None:
        for person in Person.objects.filter(merged_into_id=None):
            rows = Coverage.objects.filter(person=person.id, state="active")
            years = [row.cover_year for row in rows]
            assert len(years) == len(set(years))
            active = Enrolment.objects.filter(person__in=records_of(person.id), state="active")
            assert active.count() <= 1

    @invariant()
    def the_events_rebuild_the_register(self) -> None:
        assert check_people(self.env) == []

    @invariant()
    def paid_cover_survives(self) -> None:
        """Only the mirror of a merge may go, when the two records are parted: the row it mirrors is still there."""
        for id_, year in self.paid:
            row = Coverage.objects.get(id=id_)
            assert row.state == "active" or row.origin == "merged", (id_, year)

    @invariant()
    def everything_else_holds_too(self) -> None:
        assert [str(breach) for breach in audit(self.env.now)] == []


@pytest.mark.django_db
def test_any_three_years_of_a_few_people_keep_the_register_true():
    run_state_machine_as_test(
        ThreeYears,
        settings=settings(
            max_examples=25, stateful_step_count=25, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )
