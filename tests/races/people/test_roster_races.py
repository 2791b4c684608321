"""Two hands on the same roster: one file, one mark a person, one outcome a row."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from canbao.records.models import Bill, Event, IdentityMark, Person, Roster, RosterLine
from canbao.services.people.roster.take import Source, apply, upload
from tests.races.test_settle_races import at_once
from tests.support.rosters import as_csv
from tests.support.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
YANHU = "140802"
SOURCE = Source("civil_affairs", YANHU, 2022)


@pytest.fixture
def world(transactional_db) -> World:
    assert connection.vendor == "postgresql"
    return make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))


def a_roster(world: World, people: int) -> bytes:
    ids = [world.person(YANHU, "adult", date(1988, 3, 15), "李明") for _ in range(people)]
    numbers = [
        world.env.sealer.open(bytes(Person.objects.get(id=id_).number_sealed), f"person:number:{id_}")
        for id_ in ids
    ]
    return as_csv([("李明", number, "低保对象", "2021-12-01", "") for number in numbers])


def test_the_same_roster_uploaded_twice_at_once_is_read_once(world):
    body = a_roster(world, 30)
    results = at_once(*[lambda: upload(world.env, SOURCE, [body])] * 3)
    assert [result.row_count for result in results] == [30] * 3, results
    assert (Roster.objects.count(), RosterLine.objects.count()) == (1, 30)


def test_a_roster_applied_twice_at_once_marks_and_counts_each_person_once(world):
    roster = upload(world.env, SOURCE, [a_roster(world, 30)])
    results = at_once(*[lambda: apply(world.env, roster.id)] * 3)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert IdentityMark.objects.count() == Event.objects.filter(name="IdentityMarked").count() == 30
    assert set(RosterLine.objects.values_list("outcome", "assess_slot")) == {("new_mark", None)}
    assert Roster.objects.get().ok_count == 30
    assert Bill.objects.filter(current_slot=1, kind="special").count() == 30
