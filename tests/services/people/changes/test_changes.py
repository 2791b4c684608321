"""What changes about somebody on the register: who, when, why, on which paper; and money that is paid stays paid."""

from datetime import UTC, date, datetime

import pytest

from canbao.basics.documents import RESIDENT_ID
from canbao.basics.refusals import (
    BadInput,
    ChangeRefused,
    ChangeTooLate,
    EnrolledElsewhere,
    OrderUnfinished,
    RecordTaken,
)
from canbao.records.models import Bill, Coverage, Enrolment, Event, Person
from canbao.records.people.changes.told import Ground
from canbao.records.people.find import find_person
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.money.pay import start
from canbao.services.money.settle import Arrival, settle
from canbao.services.people.changes.consequences import consequences
from canbao.services.people.changes.correct import Correction, correct
from canbao.services.people.changes.death import Death, report_deaths
from canbao.services.people.changes.rebuild import check_people, rebuild_people
from canbao.services.people.changes.reclass import ClassChange, Move, change_class, move
from canbao.services.people.changes.suspend import Resumption, Suspension, resume, suspend
from canbao.services.people.changes.transfer import Transfer, transfer
from canbao.services.system.audit import audit
from tests.support.people.asked import number_of, pay
from tests.support.world import BACK, CHIPING, World, id_number, make_world

WHY = Ground("本人到窗口办理", "2021-茌平-0007")
LIUBEI = "450205"
TODAY = date(2021, 11, 10)


LUZHOU, SHANGDANG = "140403", "140404"


@pytest.fixture
def changzhi(db) -> World:
    """长治 on 10 October 2024."""
    return make_world(datetime(2024, 10, 10, 2, 0, tzinfo=UTC))


@pytest.fixture
def liuzhou(db) -> World:
    """柳州 on 20 September 2022."""
    return make_world(datetime(2022, 9, 20, 2, 0, tzinfo=UTC))


def suspended(world: World, person_id: int, on: date = TODAY, reason: str = "school_elsewhere") -> int:
    suspend(world.env, [Suspension(person_id, on, reason, WHY)])
    return person_id


def test_a_corrected_name_and_number_keep_the_person_and_the_old_number_still_finds_them(world):
    person_id = world.person(name="张小满")
    old, new = number_of(world, person_id), id_number(CHIPING, date(2012, 4, 17), 77)

    correct(world.env, [Correction(person_id, WHY, "张满", new)])

    assert find_person(world.env.sealer, RESIDENT_ID, old).id == person_id
    assert find_person(world.env.sealer, RESIDENT_ID, new).id == person_id
    row = Person.objects.get(id=person_id)
    assert (row.name, row.birth_date, number_of(world, person_id)) == ("张满", date(2012, 4, 17), new)
    event = Event.objects.get(name="PersonCorrected")
    assert (event.actor, event.details["why"], event.details["evidence"]) == ("test", WHY.why, WHY.evidence)
    assert event.details["was"]["name"] == "张小满"
    assert old not in str(event.details), "no number stands in the clear"


def test_a_number_that_leads_to_another_record_is_refused_with_that_record(world):
    person_id, other = world.person(), world.person(birth=date(2011, 1, 1))
    with pytest.raises(RecordTaken) as refused:
        correct(world.env, [Correction(person_id, WHY, number=number_of(world, other))])
    assert refused.value.facts["other_id"] == str(other)
    with pytest.raises(BadInput):
        correct(world.env, [Correction(person_id, Ground(" "), "张满")])
    with pytest.raises(ChangeRefused):
        correct(world.env, [Correction(person_id, WHY, "张小满")])


def test_a_class_changed_before_paying_is_assessed_anew(world):
    """CP-17: 茌平 collects students alone; once the class is right, 280 are asked."""
    person_id = world.person(class_="minor")
    change_class(world.env, [ClassChange(person_id, "student", WHY)])
    bill = world.bill(person_id)
    assert (bill.person_class, bill.amount_fen) == ("student", 28_000)

    change_class(world.env, [ClassChange(person_id, "minor", WHY)])
    assert Bill.objects.get(id=bill.id).state == "superseded"
    with pytest.raises(ChangeRefused):
        change_class(world.env, [ClassChange(person_id, "adult", WHY)])


def test_an_open_order_holds_the_class_until_it_ends(world):
    person_id = world.person()
    world.order(world.bill(person_id))
    with pytest.raises(OrderUnfinished):
        change_class(world.env, [ClassChange(person_id, "minor", WHY)])
    assert Enrolment.objects.get(person=person_id).person_class == "student"


def test_the_place_changes_before_the_payment_and_not_after(changzhi):
    """CZ-03."""
    person_id = changzhi.person(LUZHOU, "adult", date(1980, 5, 6))
    old = changzhi.bill(person_id, 2025)
    move(changzhi.env, [Move(person_id, SHANGDANG, WHY)])
    assert Bill.objects.get(id=old.id).state == "superseded"
    assert Bill.objects.get(person=person_id, current_slot=1).area_code == SHANGDANG

    pay(changzhi, person_id, 2025)
    with pytest.raises(ChangeTooLate):
        move(changzhi.env, [Move(person_id, LUZHOU, WHY)])
    with pytest.raises(ChangeRefused):
        move(changzhi.env, [Move(changzhi.person(LUZHOU, "adult", date(1981, 5, 6)), LIUBEI, WHY)])
    assert Enrolment.objects.get(person=person_id).area_code == SHANGDANG


def test_suspending_says_first_what_it_means_and_paid_cover_survives_it(liuzhou):
    """LZ-07, LZ-09, E14: a student who paid 2022 and moves is covered to the last day of 2022."""
    person_id = liuzhou.person(LIUBEI)
    take_over(liuzhou.env, [PastYear(person_id, 2022, LIUBEI, "student", None)])
    meant = consequences(liuzhou.env, person_id)
    assert meant.covered_until == date(2022, 12, 31)
    assert "2022年12月31日" in meant.lines[0]

    suspended(liuzhou, person_id, date(2022, 9, 20))

    assert Enrolment.objects.get(person=person_id).state == "suspended"
    assert Coverage.objects.get(person=person_id).state == "active"
    event = Event.objects.get(name="EnrolmentSuspended")
    assert event.details["is"] == {"state": "suspended", "ended_date": "2022-09-20"}
    assert (event.details["why"], event.details["reason"]) == (WHY.why, "school_elsewhere")
    assert audit(liuzhou.env.now, at_rest=True) == []


def test_what_was_not_paid_is_withdrawn_and_a_payment_that_still_comes_goes_back(world):
    person_id = world.person()
    order = world.order(world.bill(person_id))
    start(world.env, order, BACK)
    suspended(world, person_id)
    assert settle(world.env, [Arrival(world.channel.take_money(f"{order.order_no}01"))])
    assert not Coverage.objects.filter(person=person_id).exists()
    assert Bill.objects.get(person=person_id).state == "superseded"


def test_a_suspended_enrolment_goes_on_unless_another_is_active(world):
    person_id = suspended(world, world.person())
    resume(world.env, [Resumption(person_id, WHY)])
    row = Enrolment.objects.get(person=person_id)
    assert (row.state, row.ended_date, row.active_slot) == ("active", None, 1)
    with pytest.raises(EnrolledElsewhere):
        resume(world.env, [Resumption(person_id, WHY)])


def test_moving_to_another_city_goes_in_order_and_the_paid_year_stays(world):
    """LZ-08, E14: new registration before suspending is refused; covered to the end of the year that was paid."""
    person_id = world.person()
    pay(world, person_id)
    wish = Transfer(person_id, LIUBEI, "student", date(2021, 11, 11), WHY)
    with pytest.raises(EnrolledElsewhere):
        transfer(world.env, [wish])

    suspended(world, person_id)
    (new_id,) = transfer(world.env, [wish])

    assert [row.state for row in Enrolment.objects.filter(person=person_id).order_by("id")] == [
        "suspended",
        "active",
    ]
    assert Event.objects.get(name="TransferredOut").details["to"] == new_id
    assert Coverage.objects.get(person=person_id).state == "active"
    assert audit(world.env.now, at_rest=True) == []


def test_a_death_ends_every_enrolment_and_leaves_the_money_to_the_refund(world):
    person_id = world.person()
    pay(world, person_id)
    report_deaths(world.env, [Death(person_id, date(2021, 11, 9), WHY)])
    assert Enrolment.objects.get(person=person_id).state == "terminated"
    assert Coverage.objects.get(person=person_id).state == "active"
    with pytest.raises(ChangeRefused):
        resume(world.env, [Resumption(person_id, WHY)])
    with pytest.raises(ChangeRefused):
        report_deaths(world.env, [Death(world.person(), date(2021, 11, 12), WHY)])
    assert audit(world.env.now, at_rest=True) == []


def test_a_batch_is_suspended_whole_or_not_at_all(world):
    people = [world.person(birth=date(2011, 1, day)) for day in range(1, 5)]
    suspended(world, people[3])
    with pytest.raises(ChangeRefused):
        suspend(world.env, [Suspension(id_, TODAY, "other", WHY) for id_ in people])
    assert Enrolment.objects.filter(state="active").count() == 3
    assert suspend(world.env, [Suspension(id_, TODAY, "other", WHY) for id_ in people[:3]]) == 3


def test_damage_is_named_by_the_audit_and_put_right_from_the_events(world):
    person_id = suspended(world, world.person())
    correct(world.env, [Correction(person_id, WHY, "张满")])
    assert check_people(world.env) == []
    Person.objects.filter(id=person_id).update(name="别人", died_date=TODAY, number_sealed=b"x")
    Enrolment.objects.filter(person=person_id).update(person_class="adult", ended_date=None)

    named = {(wrong.noun, wrong.column) for wrong in check_people(world.env)}
    assert named == {
        ("person", "name"),
        ("person", "died_date"),
        ("person", "number_sealed"),
        ("enrolment", "person_class"),
        ("enrolment", "ended_date"),
    }
    assert {"person_told", "enrolment_told"} <= {breach.name for breach in audit(world.env.now)}
    rebuild_people(world.env)
    assert check_people(world.env) == []
    assert Person.objects.get(id=person_id).name == "张满"
    assert len(number_of(world, person_id)) == 18


def test_an_enrolment_in_the_employee_scheme_is_not_the_one_that_changes(world):
    """FY-13: an earlier register may say of somebody that they are in both."""
    person_id = world.person()
    resident = Enrolment.objects.get()
    columns = {
        "person_id": person_id,
        "area_code": CHIPING,
        "person_class": "adult",
        "state": "active",
        "active_slot": 1,
    }
    Enrolment.objects.create(
        id=resident.id + 10_000, bucket=resident.bucket, insurance_type="310", started_date=TODAY, created_at=world.env.now,
        **columns,
    )  # fmt: skip

    change_class(world.env, [ClassChange(person_id, "minor", WHY)])

    assert dict(Enrolment.objects.values_list("insurance_type", "person_class")) == {
        "390": "minor",
        "310": "adult",
    }
