"""Two hands on one person: one active registration, one cover a year, one owner of a number, whoever is quicker."""

import subprocess
import sys
from datetime import date

import pytest
from django.db import connection

from canbao.records.models import Bill, Coverage, Duplicate, Enrolment, Identifier, Person
from canbao.records.people.changes.told import Ground
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.money.collect import collect
from canbao.services.people.changes.correct import Correction, correct
from canbao.services.people.changes.duplicate import Elsewhere, hear
from canbao.services.people.changes.merge import Merge, merge
from canbao.services.people.changes.reclass import Move, move
from canbao.services.people.changes.suspend import Resumption, Suspension, resume, suspend
from canbao.services.people.changes.transfer import Transfer, transfer
from canbao.services.system.audit import audit
from tests.races.test_settle_races import at_once
from tests.support.installation import Installation
from tests.support.world import CHIPING, IN_SEASON, World, id_number, make_world

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8
WHY = Ground("两只手")
TODAY = date(2021, 11, 10)
AS_A_PROCESS = """
import sys
from datetime import date
import django
django.setup()
from canbao.services.people.register import Registration, register
from tests.support.world import IN_SEASON, make_world, id_number
world = make_world(IN_SEASON)
rows = [Registration("张小满", "01", id_number("371503", date(2012, 4, 16), n), date(2012, 4, 16), "male", "371503",
        "student", date(2021, 9, 1)) for n in range(1, 61, 2)]
sys.stdin.readline()
for row in rows:
    print(register(world.env, [row])[0].person_id)
"""


@pytest.fixture
def world(transactional_db) -> World:
    assert connection.vendor == "postgresql"
    return make_world(IN_SEASON)


def sound(world: World) -> None:
    assert [str(breach) for breach in audit(world.env.now)] == []


def test_two_processes_that_register_the_same_numbers_at_once_make_each_person_once(
    installation: Installation,
) -> None:
    """LZ-11: the number is claimed in its own bucket, so it holds between machines as between processes."""
    command = [sys.executable, "-c", AS_A_PROCESS]
    environment = installation.environment | {"DJANGO_SETTINGS_MODULE": "canbao.settings"}
    clerks = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for clerk in clerks:
        clerk.stdin.write("\n")
        clerk.stdin.flush()
    said = [clerk.communicate(timeout=60)[0].split() for clerk in clerks]

    assert len(said[0]) == 30
    assert said[0] == said[1]
    assert Person.objects.count() == Identifier.objects.count() == Enrolment.objects.count() == 30


def test_two_places_that_enrol_one_person_at_once_enrol_them_once(world):
    for _ in range(ROUNDS):
        person_id = world.person()
        suspend(world.env, [Suspension(person_id, TODAY, "other_area", WHY)])
        wishes = [
            Transfer(person_id, area, "student", date(2021, 11, 11), WHY) for area in ("450202", "140403")
        ]
        results = at_once(
            *[lambda w=wish: transfer(world.env, [w]) for wish in wishes],
            lambda: resume(world.env, [Resumption(person_id, WHY)]),
        )
        assert sum(not isinstance(result, Exception) for result in results) == 1, results
        assert Enrolment.objects.filter(person=person_id, state="active").count() == 1
    sound(world)


def test_one_number_claimed_for_two_people_at_once_goes_to_one(world):
    for turn in range(ROUNDS):
        people = [world.person(), world.person()]
        number = id_number(CHIPING, date(2012, 4, 16), 501 + 2 * turn)
        results = at_once(
            *[lambda p=id_: correct(world.env, [Correction(p, WHY, number=number)]) for id_ in people]
        )
        assert sum(isinstance(result, Exception) for result in results) == 1, results
    sound(world)


def test_whoever_pays_and_moves_at_once_has_paid_where_they_are(world):
    """CZ-03: the change claims the bill first."""
    for _ in range(ROUNDS):
        person_id = world.person()
        opening = world.opening(world.bill(person_id))
        at_once(
            lambda: collect(world.env, [opening], "cash", "0007"),
            lambda: move(world.env, [Move(person_id, "371502", WHY)]),
        )
        place = Enrolment.objects.get(person=person_id).area_code
        assert {c.area_code for c in Coverage.objects.filter(person=person_id, state="active")} <= {place}
        assert Bill.objects.filter(person=person_id, state="settled").exclude(area_code=place).count() == 0
    sound(world)


def test_two_records_merged_into_each_other_at_once_become_one(world):
    for _ in range(ROUNDS):
        one, other = world.person(), world.person()
        results = at_once(
            lambda: merge(world.env, Merge(one, other, WHY)), lambda: merge(world.env, Merge(other, one, WHY))
        )
        assert sum(isinstance(result, Exception) for result in results) == 1, results
        kept = Person.objects.filter(id__in=[one, other], merged_into_id=None)
        assert kept.count() == 1
        assert set(
            Identifier.objects.filter(person_id__in=[one, other]).values_list("person_id", flat=True)
        ) == {kept.get().id}
    sound(world)


def test_a_duplicate_heard_twice_at_once_is_queued_once(world):
    for _ in range(ROUNDS):
        person_id = world.person()
        take_over(world.env, [PastYear(person_id, 2022, CHIPING, "student", None)])
        said = Elsewhere(
            person_id, "resident", "341202", 2022, date(2022, 1, 1), date(2023, 1, 1), "platform"
        )
        at_once(*[lambda: hear(world.env, [said])] * 3)
    assert Duplicate.objects.count() == ROUNDS
