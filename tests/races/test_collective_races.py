"""Agents and payers at the same moment, on a real server: each bill lies in one order and is paid once."""

from dataclasses import replace

import pytest
from django.db import connection

from canbao.basics.refusals import AlreadyPaid, BadInput, OrderUnfinished
from canbao.records.models import Bill, ContributionRecord, Coverage, Entry, Order, OrderLine, Taking
from canbao.services.money.collective.follow import code_of
from canbao.services.money.collective.gather import open_collection
from canbao.services.money.collective.read import keep
from canbao.services.money.pay import pay, release
from canbao.services.money.settle import Arrival, settle
from canbao.services.money.window.leave import hand_in
from canbao.services.money.window.take import Handed, take
from canbao.services.money.window.till import Till, open_shift
from canbao.services.system.audit import audit
from tests.races.test_settle_races import at_once
from tests.services.money.collective.conftest import UNIT, Village
from tests.support.world import BACK, CHIPING, IN_SEASON, make_world

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, SIZE = 6, 8
FEE = 28_000


@pytest.fixture
def village(transactional_db) -> Village:
    assert connection.vendor == "postgresql"
    made = make_world(IN_SEASON)
    made.channel.depth = 0
    return Village(made)


def assert_sound(village: Village) -> None:
    assert audit(village.world.env.now) == []


def test_two_agents_with_lists_that_overlap_put_nobody_into_two_orders(village):
    env = village.world.env
    for _ in range(ROUNDS):
        ids = village.people(SIZE)
        lists = [village.collection(ids[: SIZE - 2]), village.collection(list(reversed(ids[2:])))]
        came = at_once(*[lambda kept=kept: open_collection(env, kept.id, "wechat") for kept in lists])
        orders = [order for order in came if isinstance(order, Order)]
        assert orders
        assert all(isinstance(row, Order | BadInput) for row in came), came
        assert sum(order.amount_fen for order in orders) == SIZE * FEE
    assert OrderLine.objects.count() == ROUNDS * SIZE
    assert_sound(village)


def test_one_list_opened_by_three_hands_is_one_order(village):
    env = village.world.env
    for _ in range(ROUNDS):
        kept = village.collection(village.people(SIZE))
        came = at_once(*[lambda kept=kept: open_collection(env, kept.id, "wechat")] * 3)
        assert len({order.order_no for order in came}) == 1, came
    assert Order.objects.count() == ROUNDS
    assert_sound(village)


def test_one_pays_by_phone_while_the_whole_order_is_paid(village):
    world = village.world
    for _ in range(ROUNDS):
        ids = village.people(SIZE)
        kept = village.collection(ids)
        order = open_collection(world.env, kept.id, "wechat")
        code_of(world.env, kept.id, "wechat")
        whole = world.channel.take_money(f"{order.order_no}01")
        bill = Bill.objects.get(person=ids[0])
        own = world.opening(bill)

        def by_phone(bill=bill, own=own):
            release(world.env, bill.id)
            pay(world.env, own, BACK)
            return settle(world.env, [Arrival(world.channel.take_money(f"{own.order_no}01"))])

        phone, agent = at_once(by_phone, lambda whole=whole: settle(world.env, [Arrival(whole)]))
        assert agent in (
            ["settled"],
            ["repeated"],
        )  # letting one out asks the channel, and settles what it says
        assert phone in (["settled"], ["surplus"]) or isinstance(phone, AlreadyPaid | OrderUnfinished), phone
    assert Coverage.objects.count() == ContributionRecord.objects.count() == ROUNDS * SIZE
    assert_sound(village)


def test_one_receipt_uploaded_by_three_hands_is_taken_once(village):
    env = replace(village.world.env, actor="staff:王会计")
    bag = Till("agent", "王会计")
    open_shift(env, bag, "城关村", 0)
    for nth in range(ROUNDS):
        (one,) = village.people(1)
        handed = [Handed(f"A-{nth}", FEE, CHIPING, (one,))]
        came = at_once(*[lambda handed=handed: take(env, bag, handed)] * 3)
        assert sorted(row[0].state for row in came) == ["repeated", "repeated", "taken"], came
    assert Taking.objects.count() == ROUNDS
    assert (
        sum(Entry.objects.filter(debit="cash_in_hand:agent:王会计").values_list("amount_fen", flat=True))
        == ROUNDS * FEE
    )
    assert_sound(village)


def test_one_slip_handed_in_by_three_hands_leaves_once(village):
    env, drawer = village.world.env, Till("drawer", "甲")
    open_shift(env, drawer, "一号窗", 0)
    for nth in range(ROUNDS):
        take(env, drawer, [Handed(f"{nth}", FEE, CHIPING, tuple(village.people(1)))])
        came = at_once(*[lambda nth=nth: hand_in(env, drawer, f"JK-{nth}", FEE)] * 3)
        assert len({row.id for row in came}) == 1, came
    assert_sound(village)


def test_cash_and_a_scan_for_one_order_leave_the_bills_paid_once(village):
    world, drawer = village.world, Till("drawer", "甲")
    open_shift(world.env, drawer, "一号窗", 0)
    for nth in range(ROUNDS):
        kept = keep(world.env, UNIT, [village.list_of(village.people(3))])
        order = open_collection(world.env, kept.id, "wechat")
        code_of(world.env, kept.id, "wechat")
        fact = world.channel.take_money(f"{order.order_no}01")
        world.channel.paid.clear()  # asked at this moment, the channel does not know yet
        cash = [Handed(f"S-{nth}", 3 * FEE, collection_id=kept.id)]
        taken, scanned = at_once(
            lambda cash=cash: take(world.env, drawer, cash),
            lambda fact=fact: settle(world.env, [Arrival(fact)]),
        )
        assert (taken[0].state, scanned) in (("taken", ["surplus"]), ("refused", ["settled"])), (
            taken,
            scanned,
        )
    assert Coverage.objects.count() == 3 * ROUNDS
    assert_sound(village)
