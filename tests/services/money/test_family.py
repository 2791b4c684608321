"""全家一起缴: one order, one payment, and for each person a bill, a cover and a receipt of their own."""

from dataclasses import replace
from datetime import date

import pytest

from canbao.basics.refusals import AlreadyPaid, OrderUnfinished, PageExpired
from canbao.records.models import Attempt, Bill, ContributionRecord, Coverage, Entry, Order, OrderLine, Refund
from canbao.services.money import chase
from canbao.services.money.open import Opening, open_orders
from canbao.services.money.pay import pay
from canbao.services.money.receipt import receipts_of
from canbao.services.money.settle import Arrival, settle
from tests.support.world import BACK, World


def a_family(world: World, size: int = 3) -> tuple[Opening, list[Bill]]:
    bills = [world.bill(world.person(birth=date(2010 + n, 4, 16))) for n in range(size)]
    return replace(world.opening(bills[0]), more_bill_ids=tuple(bill.id for bill in bills[1:])), bills


def pay_for(world: World, opening: Opening):
    pay(world.env, opening, BACK)
    fact = world.channel.take_money(f"{opening.order_no}01")
    return fact, settle(world.env, [Arrival(fact)])


def test_one_payment_settles_everybody_each_with_a_receipt(world):
    opening, _ = a_family(world)
    fact, results = pay_for(world, opening)
    assert (fact.amount_fen, results) == (84_000, ["settled"])
    assert set(Bill.objects.values_list("state", flat=True)) == {"settled"}
    assert Coverage.objects.filter(state="active").count() == 3
    receipts = receipts_of(world.env, opening.token)
    assert len({receipt.receipt_no for receipt in receipts}) == 3
    assert sum(receipt.amount_fen for receipt in receipts) == 84_000
    assert Entry.objects.filter(out_trade_no=fact.out_trade_no).count() == 3
    assert Attempt.objects.count() == Order.objects.count() == 1


def test_somebody_paid_for_elsewhere_meanwhile_holds_up_nobody_and_is_owed_back(world):
    opening, bills = a_family(world)
    (order,) = open_orders(world.env, [opening])
    pay(world.env, opening, BACK)
    Bill.objects.filter(id=bills[1].id).update(state="superseded", current_slot=None)
    fact = world.channel.take_money(f"{opening.order_no}01")
    assert settle(world.env, [Arrival(fact)]) == ["settled"]
    lines = dict(OrderLine.objects.values_list("line_no", "state"))
    assert lines == {1: "settled", 2: "surplus", 3: "settled"}
    assert Entry.objects.get(credit="overpayment:wechat").amount_fen == 28_000
    assert ContributionRecord.objects.count() == 2
    assert Order.objects.get(id=order.id).state == "settled"


def test_somebody_with_nothing_to_pay_goes_along_with_those_who_pay(world):
    opening, bills = a_family(world)
    Bill.objects.filter(id=bills[1].id).update(state="zero", amount_fen=0, shares={})
    fact, results = pay_for(world, opening)
    assert (fact.amount_fen, results) == (56_000, ["settled"])
    assert set(Bill.objects.values_list("state", flat=True)) == {"settled"}


def test_nobody_is_sent_off_to_pay_for_somebody_who_is_paid_for_elsewhere_by_now(world):
    """The price of the whole would be wrong; the order is let go, and the family's page makes another."""
    opening, bills = a_family(world)
    open_orders(world.env, [opening])
    Bill.objects.filter(id=bills[1].id).update(state="superseded", current_slot=None)
    with pytest.raises(PageExpired):
        pay(world.env, opening, BACK)
    assert Order.objects.get().state == "cancelled"
    assert world.channel.closed == {f"{opening.order_no}01"}


def test_a_bill_whose_own_shares_do_not_fit_is_owed_back_and_the_others_are_settled(world):
    """A bug of ours in one assessment is no reason to leave a family uncovered."""
    opening, bills = a_family(world)
    Bill.objects.filter(id__in=[bills[0].id, bills[2].id]).update(shares={"person": 1})
    fact, results = pay_for(world, opening)
    assert results == ["settled"]
    assert dict(OrderLine.objects.values_list("line_no", "state")) == {
        1: "surplus",
        2: "settled",
        3: "surplus",
    }
    assert Coverage.objects.get().person_id == bills[1].person_id
    assert sum(Entry.objects.values_list("amount_fen", flat=True)) == fact.amount_fen
    assert Refund.objects.filter(reason="surplus").count() == 2


def test_a_person_in_an_open_order_cannot_be_put_into_a_second_one(world):
    opening, bills = a_family(world)
    open_orders(world.env, [opening])
    with pytest.raises(OrderUnfinished):
        open_orders(world.env, [world.opening(bills[2])])
    assert Order.objects.count() == 1


def test_a_family_of_whom_one_has_paid_is_refused_whole_and_nothing_is_opened(world):
    opening, bills = a_family(world)
    pay_for(world, world.opening(bills[1]))
    with pytest.raises(AlreadyPaid):
        open_orders(world.env, [opening])
    assert Order.objects.count() == 1


def test_cancelling_lets_every_line_go(world):
    opening, _ = a_family(world)
    pay(world.env, opening, BACK)
    assert chase.cancel(world.env, Order.objects.get())
    assert set(OrderLine.objects.values_list("state", "open_slot")) == {("released", None)}
