"""What others do while a channel is being asked. Each of these was found by the simulation."""

from dataclasses import replace

import pytest

from canbao.basics.refusals import ChannelUnavailable, PageExpired
from canbao.records.models import Attempt, Entry, Order
from canbao.services.money import pay
from canbao.services.money.chase import cancel, chase
from canbao.services.money.pay import start
from canbao.services.money.settle import Arrival, settle
from tests.support.fake_channel import FakeChannel
from tests.support.world import BACK


def meanwhile(monkeypatch, channel, call, act):
    """Let something happen once while `channel.call` is on its way."""
    really = getattr(channel, call)

    def slow(*arguments):
        monkeypatch.setattr(channel, call, really)
        act()
        return really(*arguments)

    monkeypatch.setattr(channel, call, slow)


def test_no_link_is_handed_out_for_an_order_cancelled_while_it_was_being_made(world, monkeypatch):
    order = world.order(world.bill(world.person()))
    meanwhile(monkeypatch, world.channel, "start", lambda: cancel(world.env, order))
    with pytest.raises(PageExpired):
        start(world.env, order, BACK)
    assert world.channel.closed == {f"{order.order_no}01"}


def test_two_taps_at_once_through_two_channels_pay_under_two_numbers(world, monkeypatch):
    other = FakeChannel(world.env.now, name="unionpay")
    env = replace(world.env, channels={**world.env.channels, "unionpay": other})
    order = world.order(world.bill(world.person()))
    insert = pay.insert_attempt

    def slow(attempt):
        monkeypatch.setattr(pay, "insert_attempt", insert)
        start(env, order, replace(BACK, channel="unionpay"))
        return insert(attempt)

    monkeypatch.setattr(pay, "insert_attempt", slow)
    start(env, order, BACK)
    numbers = [*other.asked, *world.channel.asked]
    assert numbers == [f"{order.order_no}01", f"{order.order_no}02"]
    facts = [other.take_money(numbers[0]), world.channel.take_money(numbers[1])]
    assert settle(env, [Arrival(fact) for fact in facts]) == ["settled", "surplus"]
    assert Entry.objects.count() == 2


def test_an_attempt_whose_order_was_paid_otherwise_is_closed(world, monkeypatch):
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    Attempt.objects.create(
        id=world.env.new_id("attempt", order.id), bucket=order.bucket, out_trade_no=f"{order.order_no}02",
        order_no=order.order_no, channel="wechat", amount_fen=order.amount_fen, state="created",
        created_at=world.env.now, query_at=world.env.now,
    )  # fmt: skip
    settle(world.env, [Arrival(world.channel.take_money(f"{order.order_no}01"))])
    chase(world.later(minutes=1).env)
    assert Order.objects.get().state == "settled"
    assert sorted(Attempt.objects.values_list("state", flat=True)) == ["closed", "paid"]


def test_a_channel_that_refuses_and_then_falls_silent_is_a_refusal_with_words(world, monkeypatch):
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    world.channel.refuses.add(f"{order.order_no}01")
    meanwhile(monkeypatch, world.channel, "close", lambda: setattr(world.channel, "is_down", True))
    with pytest.raises(ChannelUnavailable):
        start(world.env, order, BACK)
    assert Order.objects.get().state == "open"


def test_an_attempt_refused_twice_is_still_asked_about(world):
    """The other phone may be paying it: seed 957 lost such a payment until the statement."""
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    world.channel.refuses |= {f"{order.order_no}01", f"{order.order_no}02"}
    with pytest.raises(ChannelUnavailable):
        start(world.env, order, BACK)
    world.channel.asked[f"{order.order_no}02"] = world.channel.asked[f"{order.order_no}01"]
    world.channel.take_money(f"{order.order_no}02")
    chase(world.later(minutes=1).env)
    assert Order.objects.get().state == "settled"


def test_a_link_that_could_not_be_closed_is_asked_about_when_it_has_run_out(world):
    """Nobody had opened it, so its channel knew nothing to close; then its payer paid and the notice was lost: seed 167."""
    world.channel.links_run_out = True
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    cancel(world.env, order)
    world.channel.closed.clear()
    world.channel.take_money(f"{order.order_no}01")
    assert chase(world.later(minutes=20).env) == 0
    assert chase(world.later(minutes=32).env) == 1
    assert (Order.objects.get().state, Attempt.objects.get().query_at) == ("settled", None)
