"""学校、村的登记名单: registered in sets, answered row by row, changed by nothing when it comes again."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from canbao.basics.refusals import BadInput, RosterRefused
from canbao.records.models import Enrolment, EnrolmentList, Event, Person
from canbao.services.money.assess import assess
from canbao.services.people.registration.lists import Source, corrections, keep, run
from canbao.services.system.places import Unit, put_units
from tests.support.people.asked import suspend_from
from tests.support.rosters import as_csv, as_xlsx
from tests.support.world import World, id_number, make_world

FUNAN = "341225"
SCHOOL = Unit("341225S01", "阜南第一中学", "school", FUNAN)
HEADER = ("姓名", "身份证号", "人员类别")


@pytest.fixture
def world(db) -> World:
    """阜阳 on 9 October 2020."""
    world = make_world(datetime(2020, 10, 9, 2, 0, tzinfo=UTC))
    put_units([SCHOOL])
    return world


def listed(world: World, rows, *, dry: bool = False, class_: str | None = None, body: bytes = b""):
    source = Source(SCHOOL.code, class_)
    kept = keep(world.env, source, [body or as_xlsx(rows, HEADER)])
    return run(world.env, kept, source, dry=dry)


def test_a_list_registers_its_people_and_answers_row_by_row(world):
    born = date(2012, 1, 1)
    known = world.person(FUNAN, "student", born, "李明")
    away = world.person("450202", "student", born, "覃明")
    namesake = world.person(FUNAN, "student", born, "李三")
    numbers = [id_number(FUNAN, born, order) for order in (11, 13, 15)]
    rows = [
        ("张一", numbers[0], "中小学生"),
        ("李明", id_number(FUNAN, born, 1), "中小学生"),
        ("张一", numbers[0], "中小学生"),
        ("覃明", id_number("450202", born, 3), "中小学生"),
        ("李二", id_number(FUNAN, born, 5), "中小学生"),
        ("王三", numbers[1], "成年居民"),
        ("王四", numbers[2], "飞行员"),
        ("王五", "L123456789", "中小学生"),
        ("王六", "341225", "中小学生"),
        ("", "", ""),
        ("王七", "", "中小学生"),
    ]
    dry = listed(world, rows, dry=True)
    assert Person.objects.count() == 3
    done = listed(world, rows)
    assert done.outcomes == dry.outcomes
    assert done.rows == done.ok + done.doubtful + done.bad == 10
    assert {row["row"]: row["outcome"] for row in done.listed} == {
        4: "twice", 5: "enrolled_elsewhere", 6: "name_differs", 7: "class_age", 8: "class_unknown",
        9: "certificate", 10: "number_length", 12: "number_missing",
    }  # fmt: skip
    made = Enrolment.objects.exclude(person__in=[known, away, namesake]).get()
    assert (made.unit_code, made.registered_by, made.person_class) == (SCHOOL.code, "agency", "student")
    assert Event.objects.get(name="EnrolmentStarted", subject_id=made.id).details["row"] == 2


def test_the_same_list_again_changes_nothing(world):
    rows = [("张一", id_number(FUNAN, date(2012, 1, 1), 11), "")]
    assert listed(world, rows, class_="student").outcomes == {"new_person": 1}
    assert listed(world, rows, class_="student").outcomes == {"already_enrolled": 1}
    assert EnrolmentList.objects.count() == Enrolment.objects.count() == 1


def test_numbers_and_names_are_understood_however_they_were_typed(world):
    """Full-width digits, spaces, a small x, another middle dot; a number that a spreadsheet rounded is refused."""
    born = date(2012, 1, 1)
    numbers = [id_number(FUNAN, born, order) for order in (11, 13)]
    with_x = next(n for n in (id_number(FUNAN, born, o) for o in range(21, 99, 2)) if n.endswith("X"))
    full = "".join(chr(ord(digit) + 0xFEE0) for digit in numbers[0])
    rows = [
        ("阿依古丽•买买提", full, "中小学生"),
        ("郭䶮", f" {numbers[1][:6]} {numbers[1][6:]} ", "中小学生"),
        ("李\u200b明", with_x.lower(), "中小学生"),
        ("王芳", 341299201201010000, "中小学生"),
        ("阿依古丽·买买提", numbers[0], "中小学生"),
    ]
    done = listed(world, rows)
    assert done.outcomes == {"new_person": 3, "number_as_float": 1, "twice": 1}
    assert set(Person.objects.values_list("name", flat=True)) == {"阿依古丽·买买提", "郭䶮", "李明"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "没有内容"),
        (as_csv([("张一", "1")], header=("姓名", "电话")), "表头"),
        (as_csv([("张一", "1", "x")], header=HEADER)[:-4] + "张".encode()[:2], "没有传完"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "xlsx"),
    ],
)
def test_a_file_that_is_no_list_is_kept_and_refused_in_words(world, body, why):
    source = Source(SCHOOL.code)
    kept = keep(world.env, source, [body])
    with pytest.raises(RosterRefused) as refused:
        run(world.env, kept, source, dry=False)
    assert why in refused.value.say(refused.value.why)
    assert EnrolmentList.objects.get().sha256 == kept.sha256


def test_a_list_of_nobody_knows_which_school_is_not_taken(world):
    with pytest.raises(BadInput):
        keep(world.env, Source("999"), [b"x"])


def test_rows_to_put_right_come_back_with_their_numbers_and_reasons(world):
    source = Source(SCHOOL.code)
    kept = keep(world.env, source, [as_xlsx([("王四", "12", "")], HEADER)])
    wrong = corrections(world.env, kept, source)
    assert wrong.header == HEADER
    assert wrong.rows == [(("王四", "12", ""), 2, "身份证号码不是18位，请核对。")]


def test_only_a_department_registers_whom_departments_register(world):
    """LZ-05: the school's list may not; the department's list does, and then nothing blocks them any more."""
    put_units([Unit("450202S01", "城中实验小学", "school", "450202")])
    world = replace(world, env=world.env.at(datetime(2022, 10, 10, 2, 0, tzinfo=UTC)))
    born = date(2012, 1, 1)
    person_id = world.person("450202", "student", born, "覃子轩")
    world.marked(person_id, "orphan", date(2020, 1, 1))
    suspend_from(world, person_id, date(2021, 1, 1))
    body = as_csv([("覃子轩", id_number("450202", born, 1), "中小学生")], header=HEADER)
    for by, outcome in (("agency", "by_department"), ("department", "new_enrolment")):
        source = Source("450202S01", None, by)
        result = run(world.env, keep(world.env, source, [body]), source, dry=False)
        assert result.outcomes == {outcome: 1}
    (assessment,) = assess(world.env, [person_id], 2023)
    assert assessment.answer
    assert assessment.answer.refusal
    assert assessment.answer.refusal.code == "E-1021"  # the subsidy has no figure; E-1020 is over
