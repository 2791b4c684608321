"""Races that only a real server shows: run on PostgreSQL alone, with a connection for each actor."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection, connections

from canbao.basics.refusals import OrderUnfinished
from canbao.records.models import (
    Attempt,
    Bill,
    Callback,
    ContributionRecord,
    Coverage,
    Entry,
    Identifier,
    Order,
    Person,
)  # fmt: skip
from canbao.services.exchange.receive import receive, settle_kept
from canbao.services.money.chase import cancel
from canbao.services.money.open import open_orders
from canbao.services.money.pay import pay, start
from canbao.services.money.settle import Arrival, settle
from canbao.services.people.register import Registration, register
from tests.support.world import BACK, CHIPING, IN_SEASON, World, id_number, make_world

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12


@pytest.fixture
def world(transactional_db) -> World:
    assert connection.vendor == "postgresql"
    return make_world(IN_SEASON)


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all at the same moment, each on a connection of its own; an exception is its result."""
    gate = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        gate.wait()
        try:
            return work()
        except Exception as error:  # noqa: BLE001 (what went wrong is what the test asks)
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def a_paid_attempt(world: World) -> tuple[Order, dict, bytes]:
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    attempt = Attempt.objects.get(bucket=order.bucket, order_no=order.order_no)
    headers, body = world.channel.callback(world.channel.take_money(attempt.out_trade_no))
    return order, dict(headers), body


def test_each_callback_delivered_twice_at_once_is_booked_once(world):
    for _ in range(ROUNDS):
        order, headers, body = a_paid_attempt(world)
        no = f"{order.order_no}01"
        answers = at_once(*[lambda: receive(world.env, "wechat", no, headers, body)] * 2)
        assert [answer.accepted for answer in answers] == [True, True]
    assert Entry.objects.count() == Coverage.objects.count() == ContributionRecord.objects.count() == ROUNDS
    assert Callback.objects.filter(state="settled").count() == 2 * ROUNDS
    assert not Bill.objects.exclude(state="settled").exists()


def test_callback_query_and_job_at_once_book_once(world):
    for _ in range(ROUNDS):
        order, headers, body = a_paid_attempt(world)
        no = f"{order.order_no}01"
        fact = world.channel.paid[no]
        at_once(
            lambda: receive(world.env, "wechat", no, headers, body),
            lambda: settle(world.env, [Arrival(fact)]),
            lambda: settle_kept(world.env),
            lambda: receive(world.env, "wechat", no, headers, body),
        )
        settle_kept(world.env)
    assert Entry.objects.count() == ROUNDS
    assert not Callback.objects.filter(state="kept").exists()


def test_two_batches_in_opposite_order_both_end_and_book_once(world):
    facts = []
    for _ in range(40):
        order, _, _ = a_paid_attempt(world)
        facts.append(Arrival(world.channel.paid[f"{order.order_no}01"]))
    results = at_once(lambda: settle(world.env, facts), lambda: settle(world.env, facts[::-1]))
    assert not [result for result in results if isinstance(result, Exception)]
    assert Entry.objects.count() == 40


def test_two_phones_opening_at_once_make_one_open_order(world):
    for _ in range(ROUNDS):
        bill = world.bill(world.person())
        openings = [world.opening(bill), world.opening(bill)]
        results = at_once(*[lambda o=opening: open_orders(world.env, [o]) for opening in openings])
        assert sum(isinstance(result, OrderUnfinished) for result in results) == 1
        assert Order.objects.filter(bucket=bill.bucket, state="open").count() == 1


def test_a_double_tap_makes_one_attempt(world):
    for _ in range(ROUNDS):
        opening = world.opening(world.bill(world.person()))
        results = at_once(*[lambda o=opening: pay(world.env, o, BACK)] * 2)
        assert len(set(results)) == 1, results
    assert Attempt.objects.count() == Order.objects.count() == ROUNDS


def test_cancelling_while_the_callback_comes_loses_no_money(world):
    for _ in range(ROUNDS):
        order, headers, body = a_paid_attempt(world)
        no = f"{order.order_no}01"
        at_once(lambda: cancel(world.env, order), lambda: receive(world.env, "wechat", no, headers, body))
    assert Order.objects.filter(state="settled").count() == ROUNDS
    assert Entry.objects.count() == ROUNDS


def test_one_number_registered_by_eight_clerks_at_once_is_one_person(world):

    number = id_number(CHIPING, date(2012, 4, 16), 7)
    row = Registration(
        "张小满", "01", number, date(2012, 4, 16), "male", CHIPING, "student", date(2021, 9, 1)
    )
    results = at_once(*[lambda: register(world.env, [row])] * 8)
    assert len({result[0].person_id for result in results}) == 1, results
    assert Person.objects.count() == Identifier.objects.count() == 1
