"""Settling: whatever arrives, however often and in whatever order, is booked once."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db.models import Sum

from canbao.records.models import (
    Attempt,
    Bill,
    Callback,
    ContributionRecord,
    Coverage,
    Entry,
    Order,
    OrderLine,
)
from canbao.services.exchange.receive import receive, settle_kept
from canbao.services.money.open import open_orders
from canbao.services.money.pay import start
from canbao.services.money.settle import Arrival, settle
from canbao.services.system import limits
from tests.support.world import BACK, World, make_world


def a_started_order(world: World) -> Order:
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    return order


def attempt_of(order: Order) -> Attempt:
    return Attempt.objects.get(bucket=order.bucket, order_no=order.order_no)


def deliver(world: World, order: Order, *, seal: str = "true", amount_fen: int | None = None):
    no = attempt_of(order).out_trade_no
    fact = world.channel.take_money(no, amount_fen)
    headers, body = world.channel.callback(fact, seal=seal)
    return receive(world.env, "wechat", no, headers, body)


def test_a_payment_settles_bill_cover_and_receipt(world):
    order = a_started_order(world)
    assert deliver(world, order).accepted
    bill = Bill.objects.get()
    assert (bill.state, bill.settled_by) == ("settled", order.order_no)
    assert Order.objects.get().state == "settled"
    cover = Coverage.objects.get()
    assert (cover.cover_year, cover.state, cover.cover_from_date) == (2022, "active", None), (
        "茌平 states no days"
    )
    entry = Entry.objects.get()
    assert (entry.debit, entry.credit, entry.amount_fen) == (
        "channel_clearing:wechat",
        "contribution:2022:person",
        28_000,
    )
    record = ContributionRecord.objects.get()
    assert record.amount_fen == 28_000
    assert record.receipt_no


def test_the_same_callback_fifteen_times_books_once_and_is_answered_well_each_time(world):
    order = a_started_order(world)
    answers = [deliver(world, order).accepted for _ in range(15)]
    assert all(answers)
    assert Entry.objects.count() == ContributionRecord.objects.count() == 1
    assert Callback.objects.filter(state="settled").count() == 15


def test_a_forged_callback_is_kept_as_rejected_and_books_nothing(world):
    order = a_started_order(world)
    received = deliver(world, order, seal="false")
    assert not received.accepted
    assert received.answer[0] == 401
    assert Callback.objects.get().state == "rejected"
    assert not Entry.objects.exists()
    assert Bill.objects.get().state == "payable"


def test_a_flood_of_forgeries_is_answered_but_not_kept_for_ever(world, monkeypatch):
    monkeypatch.setattr(limits, "REJECTED_CALLBACKS", replace(limits.REJECTED_CALLBACKS, times=3))
    order = a_started_order(world)
    assert {deliver(world, order, seal="false").answer[0] for _ in range(5)} == {401}
    assert Callback.objects.count() == 3
    assert deliver(world, order).accepted
    assert Entry.objects.count() == 1


def test_an_authentic_callback_over_another_amount_is_parked_and_books_nothing(world):
    order = a_started_order(world)
    assert deliver(world, order, amount_fen=1).accepted
    assert (Callback.objects.get().state, Callback.objects.get().reason) == ("parked", "amount_differs")
    assert not Entry.objects.exists()
    assert attempt_of(order).state == "created"


def test_a_callback_for_another_number_than_its_address_is_rejected(world):
    first, second = a_started_order(world), a_started_order(world)
    fact = world.channel.take_money(attempt_of(first).out_trade_no)
    headers, body = world.channel.callback(fact)
    assert not receive(world.env, "wechat", attempt_of(second).out_trade_no, headers, body).accepted
    assert not Entry.objects.exists()


def test_what_was_kept_before_a_crash_is_settled_by_the_job_once(world):
    order = a_started_order(world)
    fact = world.channel.take_money(attempt_of(order).out_trade_no)
    headers, body = world.channel.callback(fact)
    (id_,) = world.env.new_ids("callback", [order.bucket])
    Callback.objects.create(
        id=id_,
        channel="wechat",
        out_trade_no=fact.out_trade_no,
        headers={name.lower(): value for name, value in headers.items()},
        body=body,
        received_at=world.env.now,
        state="kept",
    )
    assert settle_kept(world.env) == 1
    assert settle_kept(world.env) == 0
    assert Entry.objects.count() == 1
    assert Callback.objects.get().state == "settled"


def test_two_orders_for_one_bill_paid_both_settle_once_and_owe_the_other_back(world):
    bill = world.bill(world.person())
    first = world.order(bill)
    start(world.env, first, BACK)
    OrderLine.objects.update(
        state="released", open_slot=None
    )  # the first order expired, then was paid after all
    Order.objects.update(state="expired")
    second = world.order(bill)
    start(world.env, second, BACK)
    facts = [world.channel.take_money(attempt_of(order).out_trade_no) for order in (first, second)]
    assert settle(world.env, [Arrival(fact) for fact in facts]) == ["settled", "surplus"]
    assert Entry.objects.filter(credit="contribution:2022:person").count() == 1
    assert Entry.objects.get(credit="overpayment:wechat").amount_fen == 28_000
    assert sorted(OrderLine.objects.values_list("state", flat=True)) == ["settled", "surplus"]
    assert Entry.objects.aggregate(held=Sum("amount_fen"))["held"] == 56_000


def test_two_attempts_at_one_order_paid_both_settle_once_and_owe_the_other_back(world):
    order = a_started_order(world)
    first = attempt_of(order)
    Attempt.objects.update(state="failed")
    start(world.env, order, BACK)
    second = Attempt.objects.exclude(id=first.id).get()
    facts = [world.channel.take_money(no) for no in (first.out_trade_no, second.out_trade_no)]
    assert sorted(settle(world.env, [Arrival(fact) for fact in facts])) == ["settled", "surplus"]
    assert Entry.objects.filter(credit="overpayment:wechat").count() == 1
    assert ContributionRecord.objects.count() == 1


@pytest.mark.parametrize("state", ["expired", "cancelled"])
def test_money_for_a_closed_order_still_settles_its_bill(world, state):
    order = a_started_order(world)
    Order.objects.update(state=state)
    OrderLine.objects.update(state="released", open_slot=None)
    assert deliver(world, order).accepted
    assert Bill.objects.get().state == "settled"
    assert Order.objects.get().previous_state == "paid"


def test_a_bill_that_was_superseded_meanwhile_leaves_its_money_owed_back(world):
    order = a_started_order(world)
    Bill.objects.update(state="superseded", current_slot=None)
    deliver(world, order)
    assert Entry.objects.get().credit == "overpayment:wechat"
    assert not Coverage.objects.exists()


def test_a_batch_is_settled_like_so_many_single_payments(world):
    orders = [a_started_order(world) for _ in range(7)]
    facts = [world.channel.take_money(attempt_of(order).out_trade_no) for order in orders]
    wrong = replace(facts[0], amount_fen=5)
    strange = replace(facts[0], out_trade_no=facts[0].out_trade_no[:-2] + "77")
    results = settle(world.env, [Arrival(fact) for fact in [wrong, *facts, facts[1], strange]])
    assert results == ["amount_differs", *["settled"] * 7, "settled", "unknown_attempt"]
    assert settle(world.env, [Arrival(fact) for fact in facts]) == ["repeated"] * 7
    assert Entry.objects.count() == Coverage.objects.count() == 7


def test_opening_twice_with_one_number_is_one_order(world):
    opening = world.opening(world.bill(world.person()))
    first = open_orders(world.env, [opening])
    again = open_orders(world.env, [opening])
    assert [order.id for order in first] == [order.id for order in again]
    assert Order.objects.count() == OrderLine.objects.count() == 1


def test_cover_runs_over_the_days_the_notice_states(db):
    """阜阳 states 2021-01-01 to 2021-12-31 (FY-03)."""
    world = make_world(datetime(2020, 11, 5, 2, 0, tzinfo=UTC))
    person = world.person("341225", "senior", date(1955, 10, 1), "李小兰")
    order = world.order(world.bill(person, 2021))
    start(world.env, order, BACK)
    settle(world.env, [Arrival(world.channel.take_money(attempt_of(order).out_trade_no))])
    cover = Coverage.objects.get()
    assert (str(cover.cover_from_date), str(cover.cover_until_date)) == ("2021-01-01", "2022-01-01")


def test_nothing_to_pay_completes_without_a_payment_and_books_only_the_funds_share(db):
    """山西 特困 (SX-03, E15)."""
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))
    person = world.person("140802", "senior", date(1950, 1, 5), "闫春生")
    bill = world.bill(world.marked(person, "extreme_hardship", date(2019, 1, 1)), 2022)
    assert (bill.state, bill.amount_fen) == ("zero", 0)
    order = world.order(bill)
    assert (order.state, Order.objects.get().previous_state) == ("settled", "open")
    assert not Attempt.objects.exists()
    entry = Entry.objects.get()
    assert (entry.debit, entry.amount_fen) == ("subsidy_receivable:2022:medical_assistance", 32_000)
    assert ContributionRecord.objects.get().origin == "zero"
    assert Coverage.objects.get().state == "active"


def test_a_late_full_price_is_booked_by_payer_share(db):
    """长治 on 2025-03-10: 400 individual and 670 fiscal (CZ-10, E5)."""
    world = make_world(datetime(2025, 3, 10, 2, 0, tzinfo=UTC))
    bill = world.bill(world.person("140430", "adult", date(1988, 3, 15), "吴晓峰"), 2025)
    assert (bill.kind, bill.amount_fen) == ("late", 107_000)
    order = world.order(bill)
    start(world.env, order, BACK)
    settle(world.env, [Arrival(world.channel.take_money(attempt_of(order).out_trade_no))])
    booked = dict(Entry.objects.values_list("credit", "amount_fen"))
    assert booked == {"contribution:2025:person": 40_000, "contribution:2025:fiscal": 67_000}
