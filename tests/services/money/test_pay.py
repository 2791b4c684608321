"""Paying: however often the button is pressed, whoever presses it, and whatever the channel does."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from canbao.basics.refusals import AlreadyPaid, ChannelUnavailable, OrderUnfinished, PageExpired, PushPending
from canbao.records.models import Attempt, Bill, Coverage, Entry, Order
from canbao.services.money.chase import chase
from canbao.services.money.open import open_orders
from canbao.services.money.pay import cancel, pay, release, resume
from canbao.services.money.watch import watch
from tests.support.world import BACK, make_world


def test_pressing_pay_twice_is_one_attempt(world):
    opening = world.opening(world.bill(world.person()))
    links = {pay(world.env, opening, BACK), pay(world.env, opening, BACK)}
    assert len(links) == 1
    assert Attempt.objects.count() == 1


def test_another_order_for_the_same_bill_is_refused_while_one_is_open(world):
    bill = world.bill(world.person())
    world.order(bill)
    with pytest.raises(OrderUnfinished):
        world.order(bill)
    assert Order.objects.count() == 1


def test_letting_an_open_order_go_makes_room_for_another(world):
    bill = world.bill(world.person())
    pay(world.env, world.opening(bill), BACK)
    assert release(world.env, bill.id)
    assert world.channel.closed
    world.order(bill)
    assert sorted(Order.objects.values_list("state", flat=True)) == ["cancelled", "open"]


def test_cancelling_what_was_paid_meanwhile_settles_it_instead(world):
    opening = world.opening(world.bill(world.person()))
    pay(world.env, opening, BACK)
    world.channel.take_money(Attempt.objects.get().out_trade_no)
    cancel(world.env, opening.token)
    assert Order.objects.get().state == "settled"
    assert Entry.objects.count() == 1


def test_nothing_is_cancelled_while_the_channel_is_silent(world):
    opening = world.opening(world.bill(world.person()))
    pay(world.env, opening, BACK)
    world.channel.is_down = True
    with pytest.raises(ChannelUnavailable):
        cancel(world.env, opening.token)
    assert Order.objects.get().state == "open"


def test_a_silent_channel_charges_nothing_and_keeps_the_order(world):
    world.channel.is_down = True
    opening = world.opening(world.bill(world.person()))
    with pytest.raises(ChannelUnavailable):
        pay(world.env, opening, BACK)
    world.channel.is_down = False
    assert resume(world.env, opening.token, BACK).startswith("https://pay.example/")
    assert Attempt.objects.count() == 1


def test_a_lost_callback_is_found_by_asking(world):
    pay(world.env, world.opening(world.bill(world.person())), BACK)
    world.channel.take_money(Attempt.objects.get().out_trade_no)
    assert chase(world.env) == 0, "too early to ask"
    assert chase(world.later(minutes=1).env) == 1
    assert Bill.objects.get().state == "settled"


def test_an_unpaid_order_expires_and_its_attempt_is_closed_at_the_channel(world):
    opening = world.opening(world.bill(world.person()))
    pay(world.env, opening, BACK)
    chase(world.later(minutes=31).env)
    assert Order.objects.get().state == "expired"
    assert Attempt.objects.get().state == "closed"
    assert world.channel.closed == {Attempt.objects.get().out_trade_no}
    with pytest.raises(PageExpired):
        resume(world.later(minutes=31).env, opening.token, BACK)


def test_paid_between_the_last_question_and_the_close_is_settled(world):
    pay(world.env, world.opening(world.bill(world.person())), BACK)
    later = world.later(minutes=31)
    Attempt.objects.update(query_at=None)  # nobody asks any more; only the close will find out
    later.channel.take_money(Attempt.objects.get().out_trade_no)
    chase(later.env)
    assert Order.objects.get().state == "settled"
    assert Coverage.objects.count() == 1


def test_an_attempt_is_asked_about_ever_more_rarely_and_not_for_ever(world):
    pay(world.env, world.opening(world.bill(world.person())), BACK)
    Order.objects.update(expires_at=world.later(days=30).env.now)
    asked = sum(chase(world.later(minutes=10 * n).env) for n in range(600))
    assert asked == 48
    assert Attempt.objects.get().query_at is None


def test_a_settled_bill_cannot_be_ordered_again(world):
    bill = world.bill(world.person())
    pay(world.env, world.opening(bill), BACK)
    world.channel.take_money(Attempt.objects.get().out_trade_no)
    chase(world.later(minutes=1).env)
    with pytest.raises(AlreadyPaid):
        open_orders(world.env, [world.opening(bill)])


def test_the_order_page_tells_unpaid_from_unknown(world):
    opening = world.opening(world.bill(world.person()))
    pay(world.env, opening, BACK)
    assert watch(world.env, opening.token).phase == "open"
    world.channel.is_down = True
    assert watch(world.env, opening.token).phase == "unknown"
    world.channel.is_down = False
    world.channel.take_money(Attempt.objects.get().out_trade_no)
    page = watch(world.env, opening.token)
    assert (page.phase, page.names, str(page.cover_from_date)) == ("done", ("张*满",), "None")


def test_an_attempt_the_channel_will_not_take_up_again_is_closed_before_another_begins(world):
    opening = world.opening(world.bill(world.person()))
    pay(world.env, opening, BACK)
    first = Attempt.objects.get().out_trade_no
    world.channel.refuses.add(first)
    assert resume(world.env, opening.token, BACK).endswith("02")
    assert world.channel.closed == {first}
    assert Attempt.objects.get(out_trade_no=first).state == "closed"


def test_a_bill_whose_push_is_not_accepted_yet_cannot_be_ordered(db):
    """山西 (SX-10): the figure stands, the money may not be taken yet."""
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))
    person = world.person("140802", "adult", date(1985, 5, 25), "贺红梅")
    bill = world.bill(world.marked(person, "minimum_living_allowance", date(2021, 12, 15), pushed=False))
    assert (bill.amount_fen, bill.hold_code) == (4_000, "E-1022")
    with pytest.raises(PushPending):
        world.order(bill)
    assert not Order.objects.exists()


def test_a_call_of_the_channel_inside_a_transaction_is_noticed(world):
    """The eye by which all these tests see that none happens."""
    with transaction.atomic(), pytest.raises(AssertionError, match="inside a transaction"):
        world.channel.query("261234000000000100")
