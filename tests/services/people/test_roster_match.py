"""对人: a number that leads to nobody is not the end; a name and a birthday are not enough."""

from datetime import UTC, date, datetime

import pytest

from canbao.basics.documents import RESIDENT_ID, parse_resident_id
from canbao.basics.refusals import BadInput, StepNotDue
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import Bill, Event, IdentityMark, RosterLine
from canbao.services.people.register import Registration, register
from canbao.services.people.roster.match import decide, difference, doubtful
from canbao.services.people.roster.take import Source, apply, corrections, dry_run, upload
from tests.support.rosters import HEADER, as_xlsx
from tests.support.world import World, make_world

YANHU, BORN = "140802", date(1988, 3, 15)
SOURCE = Source("civil_affairs", YANHU, 2022)
DAY = "2021-12-01"


@pytest.fixture
def world(db: None) -> World:
    """运城 in 山西 on 20 December 2021."""
    return make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))


def somebody(world: World, order: int, name: str = "李明", area: str = YANHU) -> tuple[str, int]:
    number = id_number(area, BORN, order)
    who = parse_resident_id(number, date(2026, 1, 1))
    row = Registration(name, RESIDENT_ID, number, who.birth_date, who.sex, area, "adult", date(2020, 1, 1))
    (done,) = register(world.env, [row])
    return number, done.person_id


def applied(world: World, *rows: tuple, header: tuple = HEADER) -> int:
    roster_id = upload(world.env, SOURCE, [as_xlsx(rows, header)]).id
    tried = dry_run(world.env, roster_id)
    assert apply(world.env, roster_id).outcomes == tried.outcomes
    return roster_id


def outcome(row_no: int = 2) -> str | None:
    return RosterLine.objects.get(row_no=row_no).outcome


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda _: id_number(YANHU, BORN, 777),
        lambda number: number[:17] + ("1" if number[17] != "1" else "2"),
        lambda number: number[:16],
        lambda number: int(number[:17] + "0"),
        lambda number: number[:15] + "ABC",
    ],
    ids=["somebody else's serial", "check digit", "short", "spreadsheet", "letters"],
)
def test_a_wrong_number_with_the_name_and_birthday_of_somebody_here_waits_for_a_decision(world, spoilt):
    number, person = somebody(world, 11)
    roster_id = applied(world, ("李　明", spoilt(number), "低保对象", DAY, ""))
    assert outcome() == "candidates"
    (row,) = doubtful(world.env, roster_id)
    assert [(one.person_id, one.number) for one in row.candidates] == [
        (person, number[:4] + "*" * 10 + number[-4:])
    ]
    assert not IdentityMark.objects.exists()
    done = decide(world.env, roster_id, 2, person)
    assert (done.outcomes, done.ok) == ({"new_mark": 1}, 1)
    assert IdentityMark.objects.get().person_id == person
    assert Bill.objects.get(current_slot=1).kind == "special"
    assert Event.objects.filter(name="RosterRowDecided").count() == 1
    assert apply(world.env, roster_id).outcomes == {"new_mark": 1}


def test_two_of_one_name_and_birthday_are_both_shown_and_one_is_chosen(world):
    _, first = somebody(world, 11)
    _, second = somebody(world, 13)
    somebody(world, 15, area="140105")
    somebody(world, 17, name="李鸣")
    roster_id = applied(world, ("李明", id_number(YANHU, BORN, 777), "低保对象", DAY, ""))
    (row,) = doubtful(world.env, roster_id)
    assert {one.person_id for one in row.candidates} == {first, second}
    decide(world.env, roster_id, 2, second)
    with pytest.raises(StepNotDue):
        decide(world.env, roster_id, 2, first)
    assert [mark.person_id for mark in IdentityMark.objects.all()] == [second]


def test_a_number_that_bears_another_name_may_be_decided_too(world):
    number, person = somebody(world, 11)
    roster_id = applied(world, ("李鸣", number, "低保对象", DAY, ""))
    (row,) = doubtful(world.env, roster_id)
    assert (row.outcome, row.candidates[0].difference) == ("name_differs", "号码相同")
    assert decide(world.env, roster_id, 2, person).outcomes == {"new_mark": 1}


def test_nobody_is_an_answer_and_stays_one(world):
    somebody(world, 11)
    roster_id = applied(world, ("李明", id_number(YANHU, BORN, 777), "低保对象", DAY, ""))
    assert decide(world.env, roster_id, 2, None).outcomes == {"nobody": 1}
    assert apply(world.env, roster_id).outcomes == {"nobody": 1}
    assert doubtful(world.env, roster_id) == []
    assert [words for _, _, words in corrections(world.env, roster_id).rows] == [
        "工作人员查过，参保登记里没有这个人。"
    ]


def test_only_a_candidate_can_be_chosen_and_only_a_row_in_doubt(world):
    number, person = somebody(world, 11)
    _, other = somebody(world, 13, name="王芳")
    rows = [("李明", id_number(YANHU, BORN, 777), "低保对象", DAY, ""), ("李明", number, "特困人员", DAY, "")]
    roster_id = applied(world, *rows)
    with pytest.raises(BadInput):
        decide(world.env, roster_id, 2, other)
    with pytest.raises(StepNotDue):
        decide(world.env, roster_id, 3, person)
    assert IdentityMark.objects.count() == 1


def test_a_missing_number_is_helped_by_a_column_of_birthdays(world):
    _, person = somebody(world, 11)
    rows = [("李明", "", "低保对象", DAY, "", "1988年3月15日"), ("李明", "", "低保对象", DAY, "", "")]
    roster_id = applied(world, *rows, header=(*HEADER, "出生日期"))
    assert (outcome(2), outcome(3)) == ("candidates", "number_missing")
    assert doubtful(world.env, roster_id)[0].candidates[0].person_id == person


@pytest.mark.parametrize(
    ("typed", "held", "said"),
    [
        ("140802198803150012", "140802198803150021", "第17、18位不同"),
        ("1408021988031500", "140802198803150021", "名单上16位，前16位相同"),
        ("123456789012345678", "876543210987654321", "有18位不同"),
    ],
)
def test_a_difference_is_told_without_the_numbers(typed, held, said):
    assert difference(typed, held) == said
