"""Several readers, carriers and a change of mind at once: each phone is told once, or not at all once it said stop."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from canbao.records.models import Event, Message, MessageConsent, MessageCursor
from canbao.services.money.pay import pay
from canbao.services.money.settle import Arrival, settle
from canbao.services.notify.consent import Wish, agree, stop_for_phone
from canbao.services.notify.deliver import deliver
from canbao.services.notify.tell import tell
from tests.races.test_settle_races import at_once
from tests.support.people.fake_messenger import FakeMessenger
from tests.support.world import BACK, CHIPING_YEAR, IN_SEASON, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 25


@pytest.fixture
def carrier() -> FakeMessenger:
    return FakeMessenger()


@pytest.fixture
def world(transactional_db, carrier) -> World:
    """So many who consented and paid, each with a phone of their own."""
    assert connection.vendor == "postgresql"
    world = make_world(IN_SEASON)
    people = [world.person(birth=date(2012, 1, n + 1)) for n in range(PEOPLE)]
    agree(
        world.env,
        [Wish(id_, CHIPING_YEAR, "sms", phone(n), "window", "self") for n, id_ in enumerate(people)],
    )
    for person in people:
        opening = world.opening(world.bill(person))
        pay(world.env, opening, BACK)
        settle(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))])
    return replace(
        world.later(minutes=1), env=replace(world.later(minutes=1).env, messengers={"sms": carrier})
    )


def phone(n: int) -> str:
    return f"138000{n:05}"


def test_three_readers_and_three_carriers_at_once_tell_each_phone_once(world, carrier):
    told = at_once(*[lambda: tell(world.env)] * 3)
    assert (sum(told), Message.objects.count()) == (PEOPLE, PEOPLE), told
    MessageCursor.objects.all().delete()
    done = at_once(*[lambda: tell(world.env)] * 2, *[lambda: deliver(world.env)] * 3)
    assert (done[:2], sum(done[2:])) == ([0, 0], PEOPLE), done
    assert sorted(note.address for note in carrier.arrived) == [phone(n) for n in range(PEOPLE)]
    assert Event.objects.filter(name="MessageSent").count() == PEOPLE


def test_the_same_consent_given_twice_at_once_is_one(world):
    wish = Wish(
        MessageConsent.objects.order_by("id")[0].person_id, CHIPING_YEAR, "sms", phone(99), "window", "self"
    )
    assert sum(at_once(*[lambda: agree(world.env, [wish])] * 4)) == 1
    assert Event.objects.filter(name="MessageConsentGiven").count() == PEOPLE + 1


def test_who_says_stop_while_it_is_sent_is_told_once_at_most_and_never_later(world, carrier):
    tell(world.env)
    at_once(
        lambda: deliver(world.env),
        *[lambda n=n: stop_for_phone(world.env, phone(n), "198.51.100.7") for n in range(4)],
    )
    deliver(world.later(minutes=5).env)
    assert set(Message.objects.values_list("state", flat=True)) <= {"sent", "withdrawn"}
    assert len(carrier.arrived) == len({note.address for note in carrier.arrived})
    assert MessageConsent.objects.filter(state="withdrawn").count() == 4
