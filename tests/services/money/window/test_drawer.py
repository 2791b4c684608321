"""A drawer: every receipt numbered, what is in hand known at any moment, and a close that adds up or is agreed to by two."""

from dataclasses import replace

import pytest

from canbao.basics.days import local_date
from canbao.basics.refusals import (
    BadInput,
    ContentChanged,
    DayNotProved,
    DrawerDiffers,
    SecondPersonNeeded,
    StepNotDue,
)
from canbao.records.models import Bill, CashOut, ContributionRecord, Coverage, Entry, Refund, Shift, Taking
from canbao.records.money.window.holding import held_by
from canbao.services.exchange.day import approve_close, propose_close
from canbao.services.exchange.statement import count_drawer
from canbao.services.money.refund import approve
from canbao.services.money.window.close import agree, close_shift, count_day, holding, propose_difference
from canbao.services.money.window.leave import give_back, hand_in, pay_back
from canbao.services.money.window.till import current_shift, open_shift
from canbao.services.system.audit import audit

HAND, CASH = "cash_in_hand:drawer:甲", "channel_clearing:cash"


def held(window, till=None):
    shift = current_shift(window.world.env, till or window.drawer)
    return held_by(shift.bucket, shift.id)


def assert_sound(window):
    assert audit(window.world.env.now, at_rest=True) == []


def test_money_goes_from_the_payer_into_the_drawer_to_the_bank_and_the_ledger_shows_where_it_lies(window):
    taken = window.take(
        window.drawer, window.receipt(), window.receipt(window.world.person(), window.world.person())
    )
    assert [row.state for row in taken] == ["taken", "taken"]
    assert (held(window).cash_fen, window.balance(HAND), window.balance(CASH)) == (104_000, 84_000, 0)
    hand_in(window.world.env, window.drawer, "JK-001", 84_000)
    assert (held(window).cash_fen, window.balance(HAND), window.balance(CASH)) == (20_000, 0, 84_000)
    assert ContributionRecord.objects.count() == 3
    assert_sound(window)


def test_a_receipt_handed_in_twice_is_taken_once_and_another_sum_under_its_number_is_refused(window):
    one = window.receipt()
    assert [row.state for row in window.take(window.drawer, one, one)] == ["taken", "repeated"]
    assert held(window).taken_fen == 28_000
    with pytest.raises(BadInput):
        window.take(window.drawer, window.receipt(amount_fen=56_000, no=one.receipt_no))


def test_a_sum_that_is_not_the_fee_is_not_taken_and_books_nothing(window):
    (told,) = window.take(window.drawer, window.receipt(amount_fen=30_000))
    assert (told.state, "280.00" in told.words) == ("refused", True)
    assert (Entry.objects.count(), held(window).taken_fen) == (0, 0)


def test_a_closed_shift_adds_up_to_the_fen(window):
    window.take(window.drawer, window.receipt())
    with pytest.raises(DrawerDiffers) as differs:
        close_shift(window.world.env, window.drawer, 47_500)
    assert differs.value.facts["difference"] == "少5.00"
    assert close_shift(window.world.env, window.drawer, 48_000).state == "closed"
    with pytest.raises(StepNotDue):
        close_shift(window.world.env, window.drawer, 48_000)
    assert_sound(window)


@pytest.mark.parametrize(("counted", "what", "suspense"), [(47_500, "short", 500), (48_100, "over", -100)])
def test_a_difference_is_closed_by_two_people_as_rows_of_its_own(window, counted, what, suspense):
    window.take(window.drawer, window.receipt())
    digest = propose_difference(window.as_("甲"), window.drawer, counted, "找零找错")
    shift = current_shift(window.world.env, window.drawer)
    with pytest.raises(SecondPersonNeeded):
        agree(window.as_("甲"), shift.id, digest)
    assert agree(window.as_("乙"), shift.id, digest).state == "closed"
    assert CashOut.objects.get().what == what
    assert window.balance("suspense:cash") == suspense
    assert window.balance(HAND) == counted - 20_000
    hand_in(window.world.env, window.drawer, "JK-1", counted - 20_000)
    assert window.balance(HAND) == 0
    assert_sound(window)


def test_what_is_missing_of_the_float_is_no_money_of_the_fund(window):
    digest = propose_difference(window.as_("甲"), window.drawer, 19_500, "找零找错")
    agree(window.as_("乙"), current_shift(window.world.env, window.drawer).id, digest)
    assert (CashOut.objects.get().what, Entry.objects.count()) == ("float_short", 0)
    close_shift(window.world.env, window.agent, 0)
    assert count_day(window.world.later(days=1).env, local_date(window.world.env.now)).paid_fen == 0
    assert_sound(window)


def test_what_was_taken_after_the_count_makes_the_agreement_void(window):
    digest = propose_difference(window.as_("甲"), window.drawer, 19_000, "少了")
    window.take(window.drawer, window.receipt())
    with pytest.raises(ContentChanged):
        agree(window.as_("乙"), current_shift(window.world.env, window.drawer).id, digest)
    assert Shift.objects.get(till="drawer:甲").state == "open"


def test_a_wrongly_taken_receipt_goes_back_by_a_refund_of_two_people_and_nothing_is_edited(window):
    one = window.receipt()
    window.take(window.drawer, one, window.receipt())
    before = list(Entry.objects.order_by("id").values())
    (refund,) = give_back(window.as_("甲"), window.drawer, one.receipt_no, "收错了人")
    approve(window.as_("乙"), refund.refund_no, refund.content_hash)
    pay_back(window.as_("甲"), window.drawer, refund.refund_no, "收据退-1")
    assert list(Entry.objects.order_by("id").values())[: len(before)] == before
    assert (held(window).owed_fen, window.balance(HAND), window.balance(CASH)) == (28_000, 28_000, 0)
    assert Taking.objects.get(receipt_no=one.receipt_no).state == "given_back"
    assert (
        Bill.objects.filter(state="refunded").count()
        == Coverage.objects.filter(state="cancelled").count()
        == 1
    )
    assert Refund.objects.get().state == "paid"
    assert close_shift(window.world.env, window.drawer, 48_000).state == "closed"
    assert_sound(window)


def test_a_shift_pays_back_no_more_than_it_has_taken(window):
    one = window.receipt()
    window.take(window.drawer, one)
    (refund,) = give_back(window.as_("甲"), window.drawer, one.receipt_no, "收错了人")
    approve(window.as_("乙"), refund.refund_no, refund.content_hash)
    hand_in(window.world.env, window.drawer, "JK-1", 28_000)
    with pytest.raises(StepNotDue):
        pay_back(window.as_("甲"), window.drawer, refund.refund_no, "退-1")
    assert Refund.objects.get().state == "approved"


def test_a_slip_is_for_all_that_is_held_and_counts_once(window):
    window.take(window.drawer, window.receipt())
    with pytest.raises(BadInput):
        hand_in(window.world.env, window.drawer, "JK-1", 20_000)
    first = hand_in(window.world.env, window.drawer, "JK-1", 28_000)
    assert hand_in(window.world.env, window.drawer, "JK-1", 28_000).id == first.id
    with pytest.raises(StepNotDue):
        hand_in(window.world.env, window.drawer, "JK-2", 28_000)


def test_a_day_of_the_window_closes_to_zero_from_its_drawers(window):
    world, day = window.world, local_date(window.world.env.now)
    window.take(window.drawer, window.receipt(), window.receipt())
    window.take(window.agent, window.receipt())
    tomorrow = world.later(days=1)
    for problem in ("还没有轧账", "还没有解缴"):
        with pytest.raises(DayNotProved, match="E-1033") as not_yet:
            count_day(tomorrow.env, day)
        assert problem in not_yet.value.facts["problem"]
        if problem == "还没有轧账":
            digest = propose_difference(window.as_("甲"), window.drawer, 75_000, "少了十元")
            agree(window.as_("乙"), current_shift(world.env, window.drawer).id, digest)
            close_shift(world.env, window.agent, 28_000)
    hand_in(tomorrow.env, window.drawer, "JK-1", 55_000)
    hand_in(tomorrow.env, window.agent, "JK-2", 28_000)
    count_day(tomorrow.env, day)
    digest = propose_close(tomorrow.env, "cash", day)
    approve_close(replace(tomorrow.env, actor="staff:丙"), "cash", day, digest)
    assert (window.balance(CASH), window.balance("treasury_in_transit:cash")) == (0, 83_000)
    assert_sound(window)


def test_a_count_typed_by_hand_closes_no_day_whose_drawers_are_open(window):
    day = local_date(window.world.env.now)
    window.take(window.drawer, window.receipt())
    count_drawer(window.world.env, day, 28_000)
    with pytest.raises(DayNotProved) as not_yet:
        propose_close(window.world.later(days=1).env, "cash", day)
    assert "还没有轧账" in not_yet.value.facts["problem"]


def test_yesterdays_shift_takes_nothing_more_and_whoever_holds_cash_for_a_day_is_listed(window):
    window.take(window.agent, window.receipt())
    assert [row.too_long for row in holding(window.world.env)] == [False]
    late = window.world.later(hours=25)
    with pytest.raises(StepNotDue):
        current_shift(late.env, window.agent)
    assert [(row.held.till, row.held.owed_fen, row.too_long) for row in holding(late.env)] == [
        ("agent:王会计", 28_000, True)
    ]
    with pytest.raises(StepNotDue):
        open_shift(late.env, window.agent, "城关村", 0)
