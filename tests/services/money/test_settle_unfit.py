"""What is signed and yet no money of ours is parked with its reason; one bad row never holds up the rest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from canbao.records.models import Attempt, Bill, Callback, Entry, Order
from canbao.services.exchange.receive import receive
from canbao.services.money.chase import QUERIES_MAX, chase
from canbao.services.money.pay import start
from canbao.services.money.settle import Arrival, settle
from tests.support.world import BACK, World


def a_payment(world: World):
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    return world.channel.take_money(f"{order.order_no}01")


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ({"currency": "USD"}, "other_currency"),
        ({"merchant": "1900009999"}, "other_merchant"),
        ({"channel": "alipay"}, "other_channel"),
        ({"amount_fen": 27_999}, "amount_differs"),
        ({"amount_fen": 28_001}, "amount_differs"),
    ],
)
def test_a_fact_that_does_not_fit_books_nothing_and_leaves_the_attempt_to_be_asked_about(
    world, change, result
):
    fact = a_payment(world)
    assert settle(world.env, [Arrival(replace(fact, **change))]) == [result]
    assert not Entry.objects.exists()
    assert Attempt.objects.get().state == "created"
    assert settle(world.env, [Arrival(fact)]) == ["settled"]


@pytest.mark.parametrize(
    ("minutes", "result"), [(-11, "time_unfit"), (-9, "settled"), (9, "settled"), (11, "time_unfit")]
)
def test_clocks_may_differ_by_ten_minutes_and_no_more(world, minutes, result):
    fact = a_payment(world)
    assert settle(world.env, [Arrival(replace(fact, paid_at=fact.paid_at + timedelta(minutes=minutes)))]) == [
        result
    ]
    assert Entry.objects.exists() == (result == "settled")


def test_a_bill_whose_shares_do_not_fit_is_parked_and_the_rest_of_its_chunk_is_settled(world):
    facts = [a_payment(world) for _ in range(5)]
    bad = Bill.objects.order_by("id").last()
    Bill.objects.filter(id=bad.id).update(shares={"person": 1})
    results = settle(world.env, [Arrival(fact) for fact in facts])
    assert sorted(results) == ["books_unfit", *["settled"] * 4]
    assert Entry.objects.count() == 4
    assert Order.objects.filter(state="open").count() == 1, "its payment is still to be asked about"


def test_the_callback_of_a_payment_our_books_refuse_is_parked_with_its_reason(world):
    fact = a_payment(world)
    Bill.objects.update(shares={"person": 1})
    headers, body = world.channel.callback(fact)
    assert receive(world.env, "wechat", fact.out_trade_no, headers, body).accepted
    assert (Callback.objects.get().state, Callback.objects.get().reason) == ("parked", "books_unfit")


def test_a_callback_that_came_before_our_order_was_committed_is_settled_by_the_query(world):
    """A fast payer: the notice finds no attempt, is parked, and the job asks the channel."""
    fact = a_payment(world)
    headers, body = world.channel.callback(fact)
    attempt = Attempt.objects.get()
    Attempt.objects.all().delete()
    assert receive(world.env, "wechat", fact.out_trade_no, headers, body).accepted
    assert Callback.objects.get().reason == "unknown_attempt"
    attempt.save(force_insert=True)
    assert settle(world.env, [Arrival(world.channel.query(fact.out_trade_no).fact)]) == ["settled"]


def test_an_outcome_that_nobody_tells_is_asked_for_a_limited_number_of_times(world):
    """Then the statement of the day is the last net; the attempt stays as it is, since nothing may be concluded."""
    a_payment(world)
    world.channel.is_down = True
    Attempt.objects.update(query_at=world.env.now, query_count=QUERIES_MAX - 2)
    for day in range(1, 5):
        chase(world.later(days=day).env)
    attempt = Attempt.objects.get()
    assert (attempt.query_count, attempt.query_at, attempt.state) == (QUERIES_MAX, None, "created")
    world.channel.is_down = False
    assert chase(world.later(days=9).env) == 0
    assert Bill.objects.get().state == "settled", "letting the order expire asks the channel once more"
