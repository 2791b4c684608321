"""Races for the register: one person, one active enrolment, however many hands are on it at once (LZ-11)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from canbao.basics.refusals import Refusal
from canbao.records.models import Enrolment, Event, Identifier, Person
from canbao.services.people.registration.apply import Beginning, begin, fill, submit
from canbao.services.people.registration.form import application_of
from canbao.services.people.registration.lists import Source, keep, run
from canbao.services.people.registration.number import put_number
from canbao.services.people.registration.review import approve
from canbao.services.system.places import Unit, put_units
from tests.races.test_settle_races import at_once
from tests.support.people.asked import suspend_from
from tests.support.rosters import as_csv
from tests.support.world import World, id_number, make_world

pytestmark = pytest.mark.django_db(transaction=True)
FUNAN, BORN, NEWBORN = "341225", date(1980, 4, 4), date(2020, 9, 20)
ROUNDS = 6


@pytest.fixture
def world(transactional_db) -> World:
    assert connection.vendor == "postgresql"
    world = make_world(datetime(2020, 10, 9, 2, 0, tzinfo=UTC))
    put_units([Unit("341225V01", "东风村", "village", FUNAN)])
    return world


def a_form(world: World, order: int, ground: str) -> str:
    token = begin(
        world.env,
        Beginning(FUNAN, "朱新月", id_number(FUNAN, BORN, order), "self", "198.51.100.7", True),
    )
    fill(world.env, token, ground=ground)
    fill(world.env, token, person_class="adult")
    return token


def failed(results: list[object]) -> list[object]:
    """What ended otherwise than well or with a refusal."""
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refusal)]


def assert_each_is_enrolled_once(people: int) -> None:
    assert Person.objects.count() == Identifier.objects.count() == people
    assert Enrolment.objects.filter(state="active").count() == people
    assert Event.objects.filter(name="PersonRegistered").count() == people


def test_a_double_tap_registers_once(world):
    for order in range(2, 2 + 2 * ROUNDS, 2):
        token = a_form(world, order, "hukou")
        results = at_once(*[lambda token=token: submit(world.env, token)] * 2)
        assert not failed(results), results
    assert_each_is_enrolled_once(ROUNDS)


def test_two_clerks_and_two_applications_register_one_person(world):
    """Both parents applied, and each application lies on another clerk's desk."""
    for order in range(2, 2 + 2 * ROUNDS, 2):
        ids = []
        for _ in range(2):
            token = a_form(world, order, "residence_permit")
            submit(world.env, token)
            ids.append(application_of(token).id)
        results = at_once(
            *[
                lambda name=name, id_=id_: approve(replace(world.env, actor=name), id_)
                for name in ("甲", "乙")
                for id_ in ids
            ]
        )
        assert not failed(results), results
    assert_each_is_enrolled_once(ROUNDS)


def test_two_hands_on_one_list_and_an_application_register_each_person_once(world):
    orders = range(2, 202, 2)
    body = as_csv(
        [("朱新月", id_number(FUNAN, BORN, order)) for order in orders], header=("姓名", "身份证号")
    )
    token = a_form(world, 2, "hukou")
    source = Source("341225V01", "adult")

    def by_list() -> object:
        return run(world.env, keep(world.env, source, [body]), source, dry=False)

    results = at_once(by_list, by_list, lambda: submit(world.env, token))
    assert not failed(results), results
    assert_each_is_enrolled_once(len(orders))


def a_newborn(world: World, order: int) -> int:
    token = begin(
        world.env,
        Beginning(
            FUNAN, "朱小月", f"L34123{order:04d}", "proxy", "198.51.100.7", True, "朱山", NEWBORN, "female"
        ),
    )
    fill(world.env, token, ground="hukou")
    fill(world.env, token, person_class="newborn")
    submit(world.env, token)
    return approve(world.env, application_of(token).id)


def test_one_number_for_two_children_and_two_numbers_for_one_child_leave_one_each(world):
    for order in range(2, 2 + 4 * ROUNDS, 4):
        first, second = a_newborn(world, order), a_newborn(world, order + 1)
        one, other = (id_number(FUNAN, NEWBORN, order + more) for more in (0, 2))
        results = at_once(
            lambda: put_number(world.env, first, one, FUNAN),
            lambda: put_number(world.env, second, one, FUNAN),
            lambda: put_number(world.env, first, other, FUNAN),
        )
        assert not failed(results), results
    for person in Person.objects.filter(id_type="01"):
        assert Identifier.objects.filter(person_id=person.id).count() == 2, "the certificate and one number"
    assert Identifier.objects.filter(id_type="01").count() == Person.objects.filter(id_type="01").count()
    assert Event.objects.filter(name="NumberFilledIn").count() == Person.objects.filter(id_type="01").count()


def test_somebody_suspended_is_resumed_once_by_two_hands(world):
    orders = [1, 3, 5, 7]
    ids = [world.person(FUNAN, "adult", BORN, "朱新月") for _ in orders]
    for id_ in ids:
        suspend_from(world, id_, date(2020, 1, 2))
    body = as_csv(
        [("朱新月", id_number(FUNAN, BORN, order)) for order in orders], header=("姓名", "身份证号")
    )
    source = Source("341225V01", "adult")
    kept = keep(world.env, source, [body])
    results = at_once(*[lambda: run(world.env, kept, source, dry=False)] * 3)
    assert not failed(results), results
    assert_each_is_enrolled_once(len(orders))
