"""Two readers on one journal, while money comes and goes back: each thing is told once, and nothing of it is lost."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from canbao.basics.refusals import StepNotDue
from canbao.records.models import Bill, Event, MessageCursor, OutboxRow
from canbao.services.exchange.outbox.look import refusals, retry, settle
from canbao.services.exchange.outbox.relay import relay
from canbao.services.exchange.outbox.send import send
from canbao.services.money.pay import pay
from canbao.services.money.refund import Application, apply, approve, verify
from canbao.services.money.settle import Arrival
from canbao.services.money.settle import settle as settle_payment
from tests.races.test_settle_races import at_once
from tests.support.fake_authority import FakeMedical
from tests.support.world import BACK, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 12


@pytest.fixture
def medical() -> FakeMedical:
    return FakeMedical()


@pytest.fixture
def world(transactional_db, medical) -> World:
    assert connection.vendor == "postgresql"
    world = make_world(datetime(2020, 10, 5, 2, 0, tzinfo=UTC))
    return replace(world, env=replace(world.env, authorities={"medical": medical}))


def paid(world: World) -> list[str]:
    numbers = []
    for _ in range(PEOPLE):
        opening = world.opening(world.bill(world.person("341225", "senior", date(1955, 10, 1)), 2021))
        pay(world.env, opening, BACK)
        settle_payment(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))])
        numbers.append(opening.order_no)
    return numbers


def verified(world: World, order_no: str) -> tuple[str, str]:
    wish = Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1))
    (refund,) = apply(replace(world.env, actor="甲"), [wish])
    refund = verify(replace(world.env, actor="甲"), refund.refund_no)
    return refund.refund_no, refund.content_hash


def test_three_readers_and_two_senders_tell_each_thing_once(world, medical):
    paid(world)
    later = world.later(seconds=30)
    jobs = [lambda: relay(later.env)] * 3 + [lambda: send(later.env)] * 2
    results = at_once(*jobs)
    assert not [one for one in results if isinstance(one, Exception)], results
    MessageCursor.objects.all().delete()  # and as if nobody had ever read
    relay(later.env)
    while send(later.env):
        pass
    assert OutboxRow.objects.count() == 2 * PEOPLE
    assert len(medical.details) == len(medical.covers) == PEOPLE
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {"accepted"}


def test_what_goes_back_while_it_is_told_ends_told_and_taken_back_or_untold(world, medical):
    wishes = [verified(world, number) for number in paid(world)]
    later = world.later(seconds=30)
    relay(later.env)
    results = at_once(
        *(lambda wish=wish: approve(replace(later.env, actor="乙"), *wish) for wish in wishes[:4]),
        lambda: send(later.env),
        lambda: relay(later.env),
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    last = later.later(seconds=60)
    relay(last.env)
    while send(last.env):
        pass
    assert set(medical.covers) == set(Bill.objects.filter(state="settled").values_list("id", flat=True))
    assert len([row for row in medical.details.values() if row.is_cancel]) == 4


def test_a_refusal_is_settled_once_and_told_again_once_however_many_hands_there_are(world, medical):
    paid(world)
    later = world.later(seconds=30)
    relay(later.env)
    medical.refuse = dict.fromkeys(Bill.objects.values_list("id", flat=True), "不收")
    while send(later.env):
        pass
    (found, *_) = refusals(later.env, "medical")
    results = at_once(
        *(lambda: settle(later.env, "medical", found.row.id, "办好了") for _ in range(3)),
        *(lambda: retry(later.env, "medical", [found.row.id]) for _ in range(2)),
    )
    assert all(one in (None, 1) or isinstance(one, StepNotDue) for one in results), results
    settled = Event.objects.filter(name="OutboxRowSettled").count()
    again = OutboxRow.objects.filter(subject_id=found.row.subject_id, kind=found.row.kind, again=1).count()
    assert settled <= 1
    assert again <= 1
    assert settled + again >= 1
