"""Agents and terminals: the receipt's number is the key, whoever brings it, however late and however often."""

import pytest
from django.db import OperationalError

from canbao.channels.pos import PosTerminals
from canbao.records.models import Attempt, Coverage, Entry, Order, OrderLine, Refund, Taking
from canbao.services.money.collective.follow import code_of
from canbao.services.money.collective.gather import open_collection
from canbao.services.money.settle import Arrival, settle
from canbao.services.money.window import take as taking
from canbao.services.money.window.close import close_shift
from canbao.services.money.window.take import Handed, take
from canbao.services.money.window.till import Till
from canbao.services.system.audit import audit
from tests.services.money.collective.conftest import village

__all__ = ["village"]
TERMINAL = Till("pos", "88010001")


def assert_sound(world):
    assert audit(world.env.now, at_rest=True) == []


def test_an_agent_who_was_cut_off_hands_the_same_receipts_in_again_and_each_is_taken_once(
    window, monkeypatch
):
    queue = [window.receipt(), window.receipt()]

    def lost(*_, **__):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(taking, "collect_orders", lost)
        with pytest.raises(OperationalError):
            window.take(window.agent, *queue)
    assert (Order.objects.count(), Taking.objects.count()) == (0, 0)
    for _ in range(2):
        window.take(window.agent, *queue, *queue)
    assert window.balance("cash_in_hand:agent:王会计") == 56_000
    assert Coverage.objects.count() == Taking.objects.count() == 2
    assert_sound(window.world)


def test_a_receipt_for_somebody_who_has_paid_is_kept_as_refused_and_holds_up_no_other(window):
    person = window.world.person()
    window.take(window.drawer, window.receipt(person))
    told = window.take(window.agent, window.receipt(person), window.receipt())
    assert [(row.state, row.code) for row in told] == [("refused", "E-1005"), ("taken", "")]
    assert Taking.objects.get(state="refused").code == "E-1005"
    assert window.balance("cash_in_hand:agent:王会计") == 28_000


def test_a_refused_receipt_is_taken_once_what_was_in_the_way_is_gone(window):
    world, person = window.world, window.world.person()
    order = world.order(world.bill(person))
    one = window.receipt(person)
    assert window.take(window.agent, one)[0].code == "E-1006"
    taking.chase.cancel(world.env, order)
    assert [row.state for row in window.take(window.agent, one, one)] == ["taken", "repeated"]
    assert_sound(world)


def test_two_card_payments_with_the_same_slip_are_one(window):
    world = window.world
    world.env.channels["pos"] = PosTerminals("898371503990001")
    one = window.receipt(no="000123")
    assert [row.state for row in take(world.env, TERMINAL, [one, one])] == ["taken", "repeated"]
    attempt = Attempt.objects.get()
    assert (attempt.channel, attempt.channel_txn_no) == ("pos", "88010001-000123")
    assert Entry.objects.get().debit == "channel_clearing:pos"
    assert_sound(world)


def test_an_agents_own_terminal_takes_cards_like_the_halls(window):
    """LZ-19: without a shift, under the terminal's and the slip's numbers."""
    (told,) = take(window.world.env, Till("terminal", "M-7"), [window.receipt(no="000009")])
    assert (told.state, Attempt.objects.get().channel_txn_no) == ("taken", "M-7-000009")


@pytest.mark.parametrize(("till", "channel"), [("drawer", "cash"), ("pos", "pos")])
def test_a_collection_whose_code_nobody_scanned_is_paid_in_cash_or_by_card(window, village, till, channel):
    world = window.world
    kept, order = village.opened(village.people(3))
    code_of(world.env, kept.id, "wechat")
    how = window.drawer if till == "drawer" else TERMINAL
    (told,) = take(world.env, how, [Handed("S-1", 84_000, collection_id=kept.id)])
    assert (told.state, told.order_no) == ("taken", order.order_no)
    states = dict(Attempt.objects.values_list("channel", "state"))
    assert states == {"wechat": "closed", channel: "paid"}
    assert set(OrderLine.objects.values_list("state", flat=True)) == {"settled"}
    assert_sound(world)


def test_a_code_that_was_scanned_just_before_the_cash_takes_no_cash(window, village):
    world = window.world
    kept, order = village.opened(village.people(2))
    code_of(world.env, kept.id, "wechat")
    world.channel.take_money(f"{order.order_no}01")
    (told,) = take(world.env, window.drawer, [Handed("S-1", 56_000, collection_id=kept.id)])
    assert (told.state, told.code) == ("refused", "E-1005")
    assert Order.objects.get(id=order.id).state == "settled"
    assert window.balance("cash_in_hand:drawer:甲") == 0


def test_a_scan_that_arrives_after_the_cash_is_owed_back_whole(window, village):
    world = window.world
    kept, order = village.opened(village.people(2))
    code_of(world.env, kept.id, "wechat")
    fact = world.channel.take_money(f"{order.order_no}01")
    world.channel.paid.clear()  # the channel does not know yet when it is asked
    take(world.env, window.drawer, [Handed("S-1", 56_000, collection_id=kept.id)])
    assert settle(world.env, [Arrival(fact)]) == ["surplus"]
    assert Refund.objects.get().amount_fen == 56_000


def test_opening_in_cash_needs_no_channel_online(window, village):
    kept = village.collection(village.people(2))
    order = open_collection(window.world.env, kept.id, "cash")
    assert (order.state, Attempt.objects.count()) == ("open", 0)


def test_a_receipt_whose_answer_was_lost_is_told_as_taken_after_its_shift_is_over(window):
    """Else the clerk, told that no shift is open, would hand the money back; found by the simulation."""
    one = window.receipt()
    window.take(window.drawer, one)
    close_shift(window.world.env, window.drawer, 48_000)
    assert [row.state for row in window.take(window.drawer, one)] == ["repeated"]
    told = window.take(window.drawer, one, window.receipt())
    assert [row.state for row in told] == ["repeated", "refused"]
    assert Taking.objects.count() == 1
