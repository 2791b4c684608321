"""What happens between two looks of one tap: nobody leaves with a link that could be paid beside another."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from canbao.basics.refusals import AlreadyPaid
from canbao.records.models import Attempt, Order
from canbao.services.money.chase import cancel
from canbao.services.money.pay import pay, start
from canbao.services.money.settle import Arrival, settle
from tests.support.fake_channel import FakeChannel
from tests.support.world import BACK, IN_SEASON, World, make_world


@dataclass
class Meanwhile(FakeChannel):
    """A channel while whose answer is on its way something else happens, once."""

    on: dict[str, Callable[[], object]] = field(default_factory=dict)

    def start(self, request):
        link = super().start(request)
        self.on.pop("start", lambda: None)()
        return link

    def close(self, out_trade_no):
        done = super().close(out_trade_no)
        self.on.pop("close", lambda: None)()
        return done


@pytest.fixture
def world(db) -> World:
    world = make_world(IN_SEASON)
    channel = Meanwhile(world.env.now)
    return replace(world, channel=channel, env=replace(world.env, channels={"wechat": channel}))


def can_be_paid(world: World) -> set[str]:
    return set(world.channel.asked) - world.channel.closed - set(world.channel.paid)


def test_a_tap_while_the_order_is_let_go_leaves_no_link_that_can_be_paid(world):
    """The old link is closed already when the second tap opens a new one for the same order."""
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)

    def tap() -> None:
        Attempt.objects.update(state="closed")  # as the other half of the cancelling has just written
        start(world.env, Order.objects.get(), BACK)

    world.channel.on["close"] = tap
    assert cancel(world.env, order)
    assert (Order.objects.get().state, len(world.channel.asked)) == ("cancelled", 2)
    assert can_be_paid(world) == set()


def test_a_bill_that_another_order_settles_meanwhile_is_not_paid_twice(world):
    """The first order was let go, and its money arrives late, while the second is being opened."""
    bill = world.bill(world.person())
    first = world.opening(bill)
    pay(world.env, first, BACK)
    cancel(world.env, Order.objects.get())
    late = world.channel.take_money(f"{first.order_no}01")
    world.channel.on["start"] = lambda: settle(world.env, [Arrival(late)])
    with pytest.raises(AlreadyPaid):
        pay(world.env, world.opening(bill), BACK)
    assert sorted(Order.objects.values_list("state", flat=True)) == ["cancelled", "settled"]
    assert can_be_paid(world) == set()


def test_going_on_while_the_first_attempt_is_settled_leads_to_the_order_and_not_to_a_second_link(world):
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    fact = world.channel.take_money(f"{order.order_no}01")
    settle(world.env, [Arrival(fact)])
    # `order` is as it was read a moment before: open
    assert start(world.env, order, BACK) == BACK.return_url
    assert can_be_paid(world) == set()
    assert dict(Attempt.objects.values_list("out_trade_no", "state")) == {
        f"{order.order_no}01": "paid",
        f"{order.order_no}02": "closed",
    }
