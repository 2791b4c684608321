"""Races for the same money: whoever comes second gets nothing, and nothing is lost between them."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from canbao.basics.refusals import RefundTooMuch, StepNotDue
from canbao.records.models import Attempt, Coverage, Entry, Order, OrderLine, Refund
from canbao.services.exchange.receive import receive
from canbao.services.money.ledger import check_states, trial_balance
from canbao.services.money.pay import start
from canbao.services.money.refund import Application, apply, approve, refuse, verify
from canbao.services.money.repay import approve_route, repay, reroute, settle_refunds
from canbao.services.money.settle import Arrival, settle
from tests.races.test_settle_races import at_once
from tests.services.money.test_refund import PAID_ON, a_paid_order, as_staff
from tests.support.world import BACK, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


@pytest.fixture
def world(transactional_db) -> World:
    assert connection.vendor == "postgresql"
    return make_world(PAID_ON)


def wish(order_no: str, fen: int | None = None) -> Application:
    return Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1), amount_fen=fen)


def verified(world: World) -> Refund:
    (refund,) = apply(as_staff(world, "甲"), [wish(a_paid_order(world))])
    return verify(as_staff(world, "甲"), refund.refund_no)


def test_two_clerks_apply_for_the_same_money_at_once_and_one_is_refused(world):
    for _ in range(ROUNDS):
        order_no = a_paid_order(world)
        results = at_once(*[lambda: apply(world.env, [wish(order_no, 20_000)])] * 2)
        assert sum(isinstance(result, RefundTooMuch) for result in results) == 1, results
        assert Refund.objects.filter(order_no=order_no).count() == 1
    assert set(OrderLine.objects.values_list("refunded_fen", flat=True)) == {20_000}


def test_two_checkers_approve_at_once_and_it_is_booked_once(world):
    for _ in range(ROUNDS):
        refund = verified(world)
        results = at_once(
            *[
                lambda name=name: approve(as_staff(world, name), refund.refund_no, refund.content_hash)
                for name in ("乙", "丙")
            ]
        )
        assert sum(isinstance(result, Exception) for result in results) == 1, results
        assert Entry.objects.filter(refund_no=refund.refund_no).count() == 1


def test_the_two_halves_approved_at_once_end_the_cover_together(world):
    for _ in range(ROUNDS):
        order_no = a_paid_order(world)
        halves = [apply(as_staff(world, "甲"), [wish(order_no, 14_000)])[0] for _ in range(2)]
        halves = [verify(as_staff(world, "甲"), half.refund_no) for half in halves]
        at_once(
            *[
                lambda half=half: approve(as_staff(world, "乙"), half.refund_no, half.content_hash)
                for half in halves
            ]
        )
    assert set(Refund.objects.values_list("state", flat=True)) == {"approved"}
    assert set(Coverage.objects.values_list("state", flat=True)) == {"cancelled"}


def test_a_second_route_chosen_while_the_channel_pays_after_all_never_loses_the_money(world):
    for _ in range(ROUNDS):
        refund = verified(world)
        approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash)
        repay(world.env)
        settle_refunds(world.env, [world.channel.end_refund(refund.refund_no, "ABNORMAL")])
        digest = reroute(as_staff(world, "甲"), refund.refund_no, "cash", "本人")
        fact = world.channel.end_refund(refund.refund_no, "SUCCESS")
        at_once(
            lambda: approve_route(as_staff(world, "乙"), refund.refund_no, digest),
            lambda: settle_refunds(world.env, [fact]),
        )
        gone = Entry.objects.filter(
            refund_no=refund.refund_no, reason__in=("refund_after_all", "refund_twice")
        )
        assert gone.count() == 1
    assert check_states(world.env) == []


def test_approving_and_refusing_at_once_end_in_one_of_the_two(world):
    for _ in range(ROUNDS):
        refund = verified(world)
        results = at_once(
            lambda: approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash),
            lambda: refuse(as_staff(world, "丙"), refund.refund_no, "不符"),
        )
        assert any(isinstance(result, StepNotDue) or result is not None for result in results)
        refund.refresh_from_db()
        booked = Entry.objects.filter(refund_no=refund.refund_no).count()
        reserved = OrderLine.objects.get(order_no=refund.order_no).refunded_fen
        assert (refund.state, booked, reserved) in {("approved", 1, 28_000), ("refused", 0, 0)}
    assert check_states(world.env) == []


def test_two_jobs_and_two_notices_at_once_send_and_book_once(world):
    for _ in range(ROUNDS):
        refund = verified(world)
        approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash)
        at_once(lambda: repay(world.env), lambda: repay(world.env))
        fact = world.channel.end_refund(refund.refund_no)
        headers, body = world.channel.refund_callback(fact)
        at_once(
            lambda: receive(world.env, "wechat", refund.refund_no, headers, body),
            lambda: settle_refunds(world.env, [fact]),
            lambda: receive(world.env, "wechat", refund.refund_no, headers, body),
        )
    assert set(Refund.objects.values_list("state", flat=True)) == {"paid"}
    assert not any(row.balance_fen for row in trial_balance(world.env))


def test_a_payment_that_comes_twice_at_once_opens_one_refund_of_the_other(world):
    for _ in range(ROUNDS):
        bill = world.bill(world.person("341225", "senior", date(1955, 10, 1), "李小兰"), 2021)
        order = world.order(bill)
        start(world.env, order, BACK)
        Attempt.objects.filter(order_no=order.order_no).update(state="failed")
        start(world.env, order, BACK)
        facts = [world.channel.take_money(order.order_no + no) for no in ("01", "02")]
        late = [replace(facts[0]), facts[1]]
        at_once(*[lambda fact=fact: settle(world.env, [Arrival(fact)]) for fact in late])
    assert Refund.objects.count() == ROUNDS
    assert Order.objects.filter(state="settled").count() == ROUNDS
