"""LZ-05: where the notice leaves it to a department, its roster puts people on the register, wherever they go to school."""

from datetime import UTC, date, datetime
from itertools import count

import pytest

from canbao.basics.documents import RESIDENT_ID, parse_resident_id
from canbao.basics.refusals import RegisteredByDepartment
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import Enrolment, Event, Identifier, IdentityMark, Person, RosterLine
from canbao.records.people.changes.told import Ground
from canbao.records.people.find import find_person
from canbao.services.money.assess import assess
from canbao.services.people.changes.death import Death, report_deaths
from canbao.services.people.changes.rebuild import check_people
from canbao.services.people.register import Registration, register
from canbao.services.people.registration.form import Form
from canbao.services.people.registration.judge import judge as judge_application
from canbao.services.people.roster import take as verbs
from canbao.services.people.roster.match import decide
from canbao.services.people.roster.take import Source, apply, dry_run, upload
from canbao.services.system.places import Unit, put_units
from tests.support.people.asked import suspend_from
from tests.support.rosters import as_xlsx
from tests.support.world import World, make_world

LIUBEI, CHENGZHONG, YEAR = "450205", "450202", 2023
SCHOOL = Unit("450202S01", "城中实验小学", "school", CHENGZHONG)
HEADER = ("姓名", "身份证号", "对象类别", "认定日期", "参保类别", "参保地")
BORN = date(2012, 1, 1)
serial = count(1, 2)


@pytest.fixture
def world(db) -> World:
    """柳州 on 10 October 2022."""
    put = make_world(datetime(2022, 10, 10, 2, 0, tzinfo=UTC))
    put_units([SCHOOL])
    return put


def a_number(born: date = BORN) -> str:
    return id_number(LIUBEI, born, next(serial))


def a_row(name: str, number: str, person_class: str = "中小学生", place: str = "", group: str = "孤儿"):
    return (name, number, group, "2022-09-01", person_class, place)


def kept(world: World, *rows, area: str = LIUBEI):
    return upload(world.env, Source("civil_affairs", area, YEAR), [as_xlsx(rows, HEADER)])


def outcomes(roster) -> list[str | None]:
    return list(
        RosterLine.objects.filter(roster_id=roster.id).order_by("row_no").values_list("outcome", flat=True)
    )


def why_blocked(world: World, person_id: int) -> str:
    (assessment,) = assess(world.env, [person_id], YEAR)
    assert assessment.answer
    assert assessment.answer.refusal
    return assessment.answer.refusal.code


def test_whom_nobody_registered_is_registered_where_the_row_says_marked_and_no_longer_blocked(world):
    rows = [a_row("覃子轩", a_number(), place="450202S01"), a_row("覃子涵", number := a_number())]
    roster = kept(world, *rows)

    assert dry_run(world.env, roster.id).outcomes == {"registered": 2}
    assert not Person.objects.exists()
    assert apply(world.env, roster.id).outcomes == {"registered": 2}

    at_school, at_home = Enrolment.objects.order_by("unit_code")
    at_home, at_school = (at_school, at_home) if at_school.unit_code is None else (at_home, at_school)
    assert (at_school.area_code, at_school.unit_code, at_school.person_class) == (
        CHENGZHONG,
        SCHOOL.code,
        "student",
    )
    assert (at_home.area_code, at_home.unit_code, at_home.registered_by) == (LIUBEI, None, "department")
    assert find_person(world.env.sealer, RESIDENT_ID, number).id == at_home.person_id
    assert set(IdentityMark.objects.values_list("source_department", flat=True)) == {"civil_affairs"}
    assert why_blocked(world, at_home.person_id) == "E-1021"  # the subsidy has no figure; E-1020 is over
    told = Event.objects.filter(name="PersonRegistered").values_list("details", flat=True)
    assert sorted(one["row"] for one in told) == [2, 3]
    assert all(one["roster"] == roster.id for one in told)


def test_applied_again_nothing_changes(world):
    roster = kept(world, a_row("覃子轩", a_number()))
    apply(world.env, roster.id)
    before = [table.objects.count() for table in (Person, Enrolment, IdentityMark, Event)]
    assert apply(world.env, roster.id).outcomes == {"registered": 1}
    assert [table.objects.count() for table in (Person, Enrolment, IdentityMark, Event)] == before


def test_killed_between_two_chunks_it_goes_on_and_registers_nobody_twice(world, monkeypatch):
    monkeypatch.setattr(verbs, "CHUNK", 2)
    roster = kept(world, *[a_row(f"覃{n}号", a_number()) for n in "一二三四五"])
    real, chunks = verbs.put_marks, count()

    def dies_in_the_second(env, journal, markings):
        if next(chunks) == 1:
            raise KeyboardInterrupt
        return real(env, journal, markings)

    with monkeypatch.context() as patch:
        patch.setattr(verbs, "put_marks", dies_in_the_second)
        with pytest.raises(KeyboardInterrupt):
            apply(world.env, roster.id)
    assert Person.objects.count() == 2

    assert apply(world.env, roster.id).outcomes == {"registered": 5}
    assert [Person.objects.count(), Identifier.objects.count(), IdentityMark.objects.count()] == [5, 5, 5]


@pytest.mark.parametrize(
    ("row", "area", "outcome"),
    [
        (("", ""), LIUBEI, "class_missing"),
        (("大人", ""), LIUBEI, "class_missing"),
        (("老年居民", ""), LIUBEI, "class_age"),
        (("中小学生", ""), "450200", "place_missing"),
        (("中小学生", "450200"), LIUBEI, "place_missing"),
        (("中小学生", "不知道"), LIUBEI, "place_missing"),
    ],
)
def test_a_row_that_lacks_something_registers_nobody_and_says_what(world, row, area, outcome):
    roster = kept(world, a_row("覃子轩", a_number(), *row), area=area)
    apply(world.env, roster.id)
    assert (outcomes(roster), Person.objects.count()) == ([outcome], 0)


def test_a_notice_that_leaves_registration_to_the_family_registers_nobody(db):
    world = make_world(datetime(2024, 10, 10, 2, 0, tzinfo=UTC))
    body = as_xlsx([a_row("王小明", a_number(), group="低保对象")], HEADER)
    roster = upload(world.env, Source("civil_affairs", "140403", 2025), [body])
    assert apply(world.env, roster.id).outcomes == {"number_unknown": 1}


def test_whoever_was_enrolled_by_a_school_becomes_the_departments_and_the_events_tell(world):
    number = a_number()
    person = registered(world, number)
    world.marked(person, "orphan", date(2022, 9, 1))
    assert why_blocked(world, person) == "E-1020"

    roster = kept(world, a_row("覃子轩", number))
    assert apply(world.env, roster.id).outcomes == {"handed_over": 1}

    assert Enrolment.objects.get().registered_by == "department"
    assert why_blocked(world, person) == "E-1021"
    event = Event.objects.get(name="RegistrarChanged").details
    assert (event["was"], event["is"]) == ({"registered_by": None}, {"registered_by": "department"})
    assert not check_people(world.env)


def test_whoever_left_is_enrolled_again_and_the_dead_are_not(world):
    left, died = a_number(), a_number()
    suspend_from(world, registered(world, left), date(2022, 1, 1))
    report_deaths(world.env, [Death(registered(world, died), date(2022, 2, 2), Ground("户籍注销"))])

    roster = kept(world, a_row("覃子轩", left), a_row("覃子轩", died))

    assert apply(world.env, roster.id).outcomes == {"registered": 1, "died": 1}
    assert Enrolment.objects.filter(state="active").count() == 1


def test_a_namesake_with_the_birthday_is_asked_about_before_anybody_is_registered(world):
    registered(world, a_number())
    roster = kept(world, a_row("覃子轩", a_number()))
    assert apply(world.env, roster.id).outcomes == {"candidates": 1}

    assert decide(world.env, roster.id, 2, None).outcomes == {"registered": 1}
    assert Person.objects.count() == 2


def test_two_groups_of_one_newcomer_are_one_person_with_two_marks(world):
    number = a_number()
    roster = kept(world, a_row("覃子轩", number), a_row("覃子轩", number, group="城乡低保对象"))
    assert apply(world.env, roster.id).outcomes == {"registered": 2}
    assert [Person.objects.count(), Enrolment.objects.count(), IdentityMark.objects.count()] == [1, 1, 2]


def test_self_registration_is_refused_with_the_departments_name(world):
    number = a_number()
    person = registered(world, number)
    world.marked(person, "orphan", date(2022, 9, 1))
    suspend_from(world, person, date(2022, 9, 2))
    form = Form(
        "覃子轩",
        RESIDENT_ID,
        number,
        BORN,
        "male",
        "self",
        LIUBEI,
        "",
        person_class="student",
        ground="students",
    )

    refusal = judge_application(world.env, form).refusal

    assert isinstance(refusal, RegisteredByDepartment)
    assert refusal.say(refusal.heading) == "由民政部门办理登记"


def registered(world: World, number: str, name: str = "覃子轩") -> int:
    """Somebody enrolled in 柳北 by nobody knows whom."""

    who = parse_resident_id(number, date(2026, 1, 1))
    row = Registration(
        name, RESIDENT_ID, number, who.birth_date, who.sex, LIUBEI, "student", date(2020, 1, 1)
    )
    (done,) = register(world.env, [row])
    return done.person_id
