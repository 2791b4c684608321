"""One word from elsewhere, wherever somebody would be registered, taken from, or made head of a 户."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from canbao.basics.refusals import EnrolledElsewhere, HouseholdMismatch, InEmployeeScheme
from canbao.channels.bank import HeldByBank
from canbao.records.models import DeductionLine, Enrolment, Person
from canbao.records.people.changes.told import Ground
from canbao.services.exchange.deduct import Signing, make_batch, sign
from canbao.services.exchange.platform.ask import ask, is_answered
from canbao.services.people.changes.merge import Merge, merge, unmerge
from canbao.services.people.guide import Details, Finding, Question, complete, find, season_pack
from canbao.services.people.household.join import Head, check_head
from canbao.services.people.others import barred_people
from canbao.services.people.registration.apply import Beginning, begin, fill, submit
from canbao.services.people.registration.form import application_of
from canbao.services.people.registration.lists import Source, keep, run
from canbao.services.system.places import Unit, put_units
from tests.support.people.asked import suspend_from
from tests.support.people.fake_platform import FakePlatform, joined, moved
from tests.support.rosters import as_csv
from tests.support.world import CHIPING, CHIPING_YEAR, World, id_number, make_world

FUNAN, BORN = "341225", date(1993, 4, 4)
NAMES = ("甲一", "乙二", "丙三", "丁四")
SINCE = date(2019, 1, 1)


@pytest.fixture
def fuyang(db: None, platform: FakePlatform) -> World:
    """阜阳 on 9 October 2020."""
    world = make_world(datetime(2020, 10, 9, 2, 0, tzinfo=UTC))
    return replace(world, env=replace(world.env, platform=platform))


def know(world: World, platform: FakePlatform, people: list[int]) -> None:
    """甲一 is employed, 乙二 insured elsewhere, 丙三 dead; 丁四 is nothing of it."""
    platform.insured = {"甲一": [joined(since=SINCE)], "乙二": [moved("140802", since=SINCE)]}
    platform.died = {"丙三": date(2020, 1, 1)}
    ask(world.env, people)


def test_a_bank_does_not_take_from_whom_another_system_bars(world, platform):
    world.env.channels["bank_batch"] = HeldByBank("示范协议")
    people = [world.person(name=name) for name in NAMES]
    day = date(2021, 9, 1)
    sign(world.env, [Signing(one, "示范", f"6222{one}", "某", f"X{one}", day, day) for one in people])
    bills = {one: world.bill(one, CHIPING_YEAR) for one in people}
    know(world, platform, people)
    assert make_batch(world.env, "示范", "B1", "371500", CHIPING_YEAR).line_count == 1
    assert DeductionLine.objects.get().bucket == bills[people[3]].bucket


def test_a_list_leaves_whom_another_system_bars_to_somebody_who_looks(fuyang, platform):
    put_units([Unit("341225V01", "东风村", "village", FUNAN)])
    people = [fuyang.person(FUNAN, "adult", BORN, name) for name in NAMES]
    for person in people:
        suspend_from(fuyang, person, date(2020, 1, 2))
    know(fuyang, platform, people)
    rows = [(name, id_number(FUNAN, BORN, 1 + 2 * n), "成年居民") for n, name in enumerate(NAMES)]
    kept = keep(fuyang.env, Source("341225V01"), [as_csv(rows, header=("姓名", "身份证号", "人员类别"))])
    done = run(fuyang.env, kept, Source("341225V01"), dry=False)
    assert {row["row"]: row["outcome"] for row in done.listed} == {
        2: "in_employee_scheme", 3: "enrolled_elsewhere", 4: "death_marked",
    }  # fmt: skip
    assert list(Enrolment.objects.filter(state="active").values_list("person_id", flat=True)) == people[3:]


def test_whoever_another_system_has_in_the_employee_scheme_is_not_registered(fuyang, platform):
    """FY-01."""
    person = fuyang.person(FUNAN, "adult", BORN, "甲一")
    suspend_from(fuyang, person, date(2020, 1, 2))
    know(fuyang, platform, [person])
    asked = Beginning(FUNAN, "甲一", id_number(FUNAN, BORN, 1), "self", "198.51.100.7", True)
    token = begin(fuyang.env, asked)
    fill(fuyang.env, token, ground="hukou")
    fill(fuyang.env, token, person_class="adult")
    with pytest.raises(InEmployeeScheme):
        submit(fuyang.env, token)
    assert application_of(token).state == "draft"


def test_an_employed_parent_is_no_head(fuyang, platform):
    """FY-23, E11."""
    father = fuyang.person(FUNAN, "adult", BORN, "甲一")
    child = fuyang.person(FUNAN, "student", date(2012, 1, 1), "小甲")
    know(fuyang, platform, [father])
    with pytest.raises(HouseholdMismatch) as met:
        check_head(
            fuyang.env, child, id_number(FUNAN, date(2012, 1, 1), 3), Head(id_number(FUNAN, BORN, 1)), FUNAN,
            season_pack(fuyang.env, FUNAN),
        )  # fmt: skip
    assert "职工医保" in met.value.say(met.value.why)


def test_what_was_heard_under_a_record_goes_with_it_into_another_and_back(world, platform):
    lost, kept = world.person(name="甲一"), world.person(name="甲一")
    platform.insured = {"甲一": [joined()]}
    ask(world.env, [lost])
    assert list(barred_people(world.env, [(kept, CHIPING)])) == []
    suspend_from(world, lost, date(2021, 1, 1))
    merge(world.env, Merge(lost, kept, Ground("同一个人")))
    assert list(barred_people(world.env, [(kept, CHIPING)])) == [kept]
    unmerge(world.env, lost, Ground("不是同一个人"))
    assert list(barred_people(world.env, [(kept, CHIPING)])) == []


def newcomer(world: World, name: str = "朱新月") -> Finding:
    asked = Question(FUNAN, name, id_number(FUNAN, BORN, 2), "self", "198.51.100.7", consented=True)
    return complete(world.env, find(world.env, asked), Details(FUNAN, "adult", Head(None)), "self")


@pytest.mark.parametrize(
    ("known", "refusal"),
    [(joined(since=SINCE), InEmployeeScheme), (moved("140802", since=SINCE), EnrolledElsewhere)],
)
def test_a_newcomer_who_is_insured_elsewhere_is_not_even_registered(fuyang, platform, known, refusal):
    """FY-01, FY-13: registration and payment are one flow here (FY-30)."""
    platform.insured = {"朱新月": [known]}
    with pytest.raises(refusal):
        newcomer(fuyang)
    assert not Person.objects.exists()


def test_a_newcomer_is_asked_after_once_and_the_answer_is_theirs(fuyang, platform):
    found = newcomer(fuyang)
    assert (found.others_open, platform.asked) == (False, ["朱新月"])
    assert is_answered(fuyang.env, found.person_id)


def test_a_newcomer_of_whom_nobody_can_say_is_registered_and_warned(fuyang, platform):
    platform.down = True
    assert newcomer(fuyang).others_open is True


def test_an_applicant_on_no_record_is_asked_after(fuyang, platform):
    """FY-01: an application is not approved at once against another system's word; silence is no word."""
    platform.insured = {"朱新月": [joined(since=SINCE)]}
    token = begin(
        fuyang.env, Beginning(FUNAN, "朱新月", id_number(FUNAN, BORN, 2), "self", "198.51.100.7", True)
    )
    fill(fuyang.env, token, ground="hukou")
    fill(fuyang.env, token, person_class="adult")
    with pytest.raises(InEmployeeScheme):
        submit(fuyang.env, token)
    platform.down = True
    assert submit(fuyang.env, token) == "approved"
