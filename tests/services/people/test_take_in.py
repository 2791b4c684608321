"""An earlier register comes in: whoever can be is registered, their years count, and no money is booked."""

from datetime import UTC, date, datetime

import pytest

from canbao.basics.refusals import AlreadyPaid, RosterRefused
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import ContributionRecord, Coverage, Enrolment, Entry, Event, Person
from canbao.services.people.guide import quote
from canbao.services.people.registration.take_in import take_in
from canbao.services.system.audit import audit
from tests.support.rosters import as_xlsx
from tests.support.world import World, make_world

HEADER = ("姓名", "身份证号", "人员类别", "参保地", "参保日期", "已缴年度")
FUNAN, BORN = "341225", date(1980, 1, 1)


@pytest.fixture
def world(db) -> World:
    """阜阳 on 9 October 2020."""
    return make_world(datetime(2020, 10, 9, 2, 0, tzinfo=UTC))


def number(order: int) -> str:
    return id_number(FUNAN, BORN, order)


def row(
    order: int, name: str = "张三", place: str = FUNAN, since: str = "2018-01-01", years: str = "2019、2020"
):
    return (name, number(order), "成年居民", place, since, years)


def taken(world: World, *rows, dry: bool = False, header=HEADER):
    return take_in(world.env, [as_xlsx(rows, header)], "县医保老系统", dry=dry)


def test_people_their_place_and_their_years_come_in_and_nothing_is_booked(world):
    tried = taken(world, row(1), row(3, "李四", years=""), dry=True)
    assert not Person.objects.exists()

    done = taken(world, row(1), row(3, "李四", years=""))

    assert (done.rows, done.ok, done.years, tried.years) == (2, 2, 2, 2)
    assert done.outcomes == tried.outcomes == {"new_person": 2}
    assert set(Enrolment.objects.values_list("area_code", "started_date")) == {(FUNAN, date(2018, 1, 1))}
    assert list(Coverage.objects.order_by("cover_year").values_list("cover_year", flat=True)) == [2019, 2020]
    assert {event.details["source"] for event in Event.objects.filter(name="YearTakenOver")} == {
        "县医保老系统"
    }
    assert not Entry.objects.exists()
    assert audit(world.env.now) == []


def test_the_same_file_again_changes_nothing(world):
    taken(world, row(1))
    before = (Person.objects.count(), Enrolment.objects.count(), Event.objects.count())

    assert taken(world, row(1, years="2018、2019、2020"), dry=True).years == 1
    again = taken(world, row(1))

    assert (again.outcomes, again.years) == ({"already_enrolled": 1}, 0)
    assert (Person.objects.count(), Enrolment.objects.count(), Event.objects.count()) == before


def test_every_row_has_its_outcome_in_the_files_own_numbers(world):
    world.person(FUNAN, "adult", BORN, "王五")  # holds number 1
    rows = {
        2: (row(1, "王六"), "name_differs"),
        3: (row(3, place="999999"), "area_unknown"),
        4: (row(5, since="去年"), "since_unread"),
        5: (row(7, years="二〇二〇"), "years_unread"),
        6: (row(9, years="1890"), "years_unread"),
        7: (("赵七", number(11)[:17], "成年居民", FUNAN, "", ""), "number_length"),
        8: (("钱八", int(number(13)[:17] + "0"), "成年居民", FUNAN, "", ""), "number_as_float"),
        9: (("孙九", number(15), "飞行员", FUNAN, "", ""), "class_unknown"),
        10: (row(17), None),
        11: (row(17, "张三"), "twice"),
    }

    done = taken(world, *(told for told, _ in rows.values()))

    assert {one["row"]: one["outcome"] for one in done.listed} == {
        n: what for n, (_, what) in rows.items() if what
    }
    assert done.rows == done.ok + done.doubtful + done.bad == len(rows)


def test_whoever_is_covered_by_the_earlier_system_is_not_asked_to_pay_again(world):
    taken(world, row(1, years="2021"))
    person = Person.objects.get()

    with pytest.raises(AlreadyPaid):
        quote(world.env, person.id, FUNAN, "self", "张三", number(1))
    assert ContributionRecord.objects.get().amount_fen is None, "what was not handed over is not zero"


def test_a_file_without_a_place_is_refused_with_its_reason(world):
    with pytest.raises(RosterRefused) as refused:
        taken(world, ("张三", number(1)), header=("姓名", "身份证号"))
    assert "参保地" in refused.value.facts["problem"]
