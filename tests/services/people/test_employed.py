"""参加职工医保: the registration ends from that day, what is paid stays, and a year paid for twice is decided by somebody."""

from datetime import date, timedelta

import pytest

from canbao.basics.refusals import BadInput, ChangeRefused, EnrolmentEnded, InEmployeeScheme
from canbao.records.models import Bill, Coverage, Duplicate, Enrolment, Event, HeardFact
from canbao.records.people.changes.told import Ground
from canbao.services.money.pay import start
from canbao.services.money.settle import Arrival, settle
from canbao.services.people.changes.death import Death, report_deaths
from canbao.services.people.changes.duplicate import Decision, decide
from canbao.services.people.changes.rebuild import check_people
from canbao.services.people.employed import Joining, join_employee_scheme, meaning
from canbao.services.people.guide import quote
from canbao.services.system.audit import audit
from tests.support.people.asked import number_of, pay
from tests.support.world import BACK, CHIPING

WHY = Ground("单位参保证明", "2021-茌平-0031")
FIRST = date(2021, 11, 1)


def joining(person_id: int, day: date = FIRST, **more: int) -> Joining:
    return Joining(person_id, "371500", day, WHY, **more)


def test_the_registration_ends_with_who_when_why_and_evidence(world):
    person = world.person()
    assert join_employee_scheme(world.env, [joining(person)]).ended == 1
    row = Enrolment.objects.get()
    assert (row.state, row.ended_date, row.active_slot) == ("terminated", FIRST, None)
    event = Event.objects.get(name="EnrolmentTerminated")
    assert (event.actor, event.details["reason"]) == ("test", "employee_scheme")
    assert (event.details["why"], event.details["evidence"]) == (WHY.why, WHY.evidence)
    assert HeardFact.objects.get().source == "paper"
    assert (check_people(world.env), audit(world.env.now, at_rest=True)) == ([], [])


def test_whoever_joined_reads_e1007_and_not_that_the_registration_should_go_on(world):
    person = world.person()
    join_employee_scheme(world.env, [joining(person)])
    asked = (person, CHIPING, "self", "张小满", number_of(world, person))
    with pytest.raises(InEmployeeScheme):
        quote(world.env, *asked)
    HeardFact.objects.update(until_date=FIRST + timedelta(days=3))  # the job is over
    with pytest.raises(EnrolmentEnded):
        quote(world.env, *asked)


def test_what_is_not_paid_is_withdrawn_and_a_payment_that_still_comes_goes_back(world):
    person = world.person()
    order = world.order(world.bill(person))
    start(world.env, order, BACK)
    join_employee_scheme(world.env, [joining(person)])
    assert settle(world.env, [Arrival(world.channel.take_money(f"{order.order_no}01"))])
    assert not Coverage.objects.filter(person=person).exists()
    assert Bill.objects.get(person=person).state == "superseded"


@pytest.mark.parametrize(("years", "default"), [(1, "theirs"), (None, None)])
def test_a_year_paid_for_twice_is_queued_with_the_national_rule(world, years, default):
    """N-33-1: a continuous year in the employee scheme keeps that one; unknown, a clerk decides."""
    person = world.person()
    pay(world, person)
    said = meaning(world.env, person, FIRST)
    assert "2022年度这里也缴过，留哪一份要定。" in said
    joined = join_employee_scheme(world.env, [joining(person, continuous_years=years)])
    row = Duplicate.objects.get(id__in=joined.duplicates)
    assert (row.benefit_year, row.default_keep, row.state) == (2022, default, "open")
    assert Coverage.objects.get(person=person).state == "active", "paid cover stays until it is decided"
    decide(world.env, Decision(row.id, "theirs", WHY, statement="声明"))
    assert audit(world.env.now, at_rest=True) == []


def test_the_consequences_are_short_sentences_and_write_nothing(world):
    person = world.person()
    world.bill(person)
    events = Event.objects.count()
    said = meaning(world.env, person, FIRST)
    assert "2022年度还没有缴的费，不用再缴。" in said
    assert [part for line in said for part in line.split("，") if len(part) > 25] == []
    assert Event.objects.count() == events


def test_what_cannot_be_is_refused_and_a_batch_is_whole_or_not_at_all(world):
    one, two = world.person(), world.person()
    for wrong in (
        joining(one, date(2019, 1, 1)),
        joining(one, date(2021, 11, 11)),
        Joining(one, "37", FIRST, WHY),
    ):
        with pytest.raises(ChangeRefused):
            join_employee_scheme(world.env, [joining(two), wrong])
    with pytest.raises(BadInput):
        join_employee_scheme(world.env, [Joining(one, "371500", FIRST, Ground(" "))])
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"active"}
    assert join_employee_scheme(world.env, [joining(one), joining(two)]).ended == 2
    with pytest.raises(ChangeRefused):
        join_employee_scheme(world.env, [joining(one)])
    three = world.person()
    report_deaths(world.env, [Death(three, date(2021, 11, 2), WHY)])
    with pytest.raises(ChangeRefused):
        join_employee_scheme(world.env, [joining(three)])
