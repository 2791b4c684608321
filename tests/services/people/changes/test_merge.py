"""Two records of one person: made one, with nothing lost, and parted again as if nothing had been."""

from datetime import date

import pytest

from canbao.basics.documents import RESIDENT_ID
from canbao.basics.refusals import AlreadyPaid, ChangeRefused
from canbao.records.models import Bill, Coverage, Duplicate, Enrolment, IdentityMark, Person
from canbao.records.people.changes.told import Ground
from canbao.records.people.facts import gather, marks_in_force
from canbao.records.people.find import find_person
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.people.changes.merge import Merge, candidates, merge, unmerge
from canbao.services.people.changes.rebuild import check_people
from canbao.services.people.changes.suspend import Suspension, suspend
from canbao.services.people.paid import refuse_if_paid
from canbao.services.system.audit import audit
from tests.support.people.asked import number_of, pay
from tests.support.world import CHIPING, World

WHY = Ground("窗口核对过两本户口簿")
TODAY = date(2021, 11, 10)


def twins(world: World) -> tuple[int, int]:
    """One person twice on the register: the record kept, and the one given up, which has paid 2021."""
    kept, given_up = world.person(), world.person()
    take_over(world.env, [PastYear(given_up, 2021, CHIPING, "student", None)])
    return kept, given_up


def test_records_of_the_same_name_birthday_and_sex_are_found(world):
    kept, given_up = twins(world)
    world.person(name="张大满")
    assert [row.id for row in candidates(kept)] == [given_up]


def test_after_the_merge_both_numbers_lead_to_one_record_that_has_paid_what_either_paid(world):
    kept, given_up = twins(world)
    world.marked(given_up, "orphan", date(2020, 3, 1))
    pay(world, kept)

    assert merge(world.env, Merge(given_up, kept, WHY)) == []

    assert find_person(world.env.sealer, RESIDENT_ID, number_of(world, given_up)).id == kept
    assert [row.state for row in Enrolment.objects.filter(person=given_up)] == ["suspended"]
    assert gather([kept])[kept].covered_years == [2021, 2022]
    assert [mark.group for mark in gather([kept])[kept].marks] == ["orphan"]
    with pytest.raises(AlreadyPaid):
        refuse_if_paid(world.env, kept, 2021)
    assert check_people(world.env) == []
    assert audit(world.env.now, at_rest=True) == []
    with pytest.raises(ChangeRefused):
        suspend(world.env, [Suspension(given_up, TODAY, "other", WHY)])


def test_parting_gives_everything_back(world):
    kept, given_up = twins(world)
    world.marked(given_up, "orphan", date(2020, 3, 1))
    merge(world.env, Merge(given_up, kept, WHY))

    assert unmerge(world.env, given_up, WHY) == kept

    assert find_person(world.env.sealer, RESIDENT_ID, number_of(world, given_up)).id == given_up
    assert Person.objects.get(id=given_up).merged_into_id is None
    assert {row.state for row in Enrolment.objects.all()} == {"active"}
    facts = gather([kept, given_up])
    assert (facts[kept].covered_years, facts[given_up].covered_years) == ([], [2021])
    assert marks_in_force(facts[kept], TODAY) == []
    assert len(marks_in_force(facts[given_up], TODAY)) == 1
    assert IdentityMark.objects.count() == 2
    assert check_people(world.env) == []
    assert audit(world.env.now, at_rest=True) == []
    with pytest.raises(ChangeRefused):
        unmerge(world.env, given_up, WHY)


def test_a_year_that_both_have_paid_goes_to_the_queue_of_duplicates(world):
    kept, given_up = world.person(), world.person()
    pay(world, kept)
    pay(world, given_up)

    assert merge(world.env, Merge(given_up, kept, WHY)) == [2022]

    found = Duplicate.objects.get()
    assert (found.person_id, found.benefit_year, found.state) == (kept, 2022, "open")
    assert found.elsewhere.other_person_id == given_up
    assert Coverage.objects.filter(person=kept, state="active").count() == 1
    assert audit(world.env.now, at_rest=True) == []


def test_what_was_not_paid_is_asked_once(world):
    kept, given_up = twins(world)
    world.bill(kept), world.bill(given_up)
    merge(world.env, Merge(given_up, kept, WHY))
    assert [bill.person_id for bill in Bill.objects.filter(current_slot=1)] == [kept]


@pytest.mark.parametrize("change", [{"name": "张大满"}, {"birth": date(2012, 4, 17)}])
def test_records_that_differ_are_not_merged(world, change):
    with pytest.raises(ChangeRefused):
        merge(world.env, Merge(world.person(), world.person(**change), WHY))


def test_the_record_that_is_in_force_is_the_one_to_keep(world):
    kept, given_up = twins(world)
    suspend(world.env, [Suspension(kept, TODAY, "other", WHY)])
    with pytest.raises(ChangeRefused) as refused:
        merge(world.env, Merge(given_up, kept, WHY))
    assert "在保" in refused.value.facts["problem"]
    merge(world.env, Merge(kept, given_up, WHY))
    with pytest.raises(ChangeRefused):
        merge(world.env, Merge(given_up, kept, WHY))
