"""对账: what the channel says of a day against the ledger, to the fen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from canbao.records.models import Break, Statement
from canbao.services.exchange.match import match, reconcile_due
from canbao.services.exchange.statement import upload
from canbao.services.money.ledger import check_states
from canbao.services.money.repay import approve_route, pay_out, reroute, settle_refunds
from tests.support.reconciling import (
    DAY,
    MORNING,
    NEXT,
    a_payment,
    a_refund,
    as_row,
    as_staff,
    asked,
    balances,
    breaks,
    cured,
    uploaded,
)
from tests.support.trade_bill import Row, trade_bill


def test_a_day_that_agrees_has_no_breaks(world):
    facts = [a_payment(world) for _ in range(4)]
    uploaded(world, [as_row(fact) for fact in facts])
    matched = match(world.env, "wechat", DAY)
    assert (matched.lines, matched.breaks, matched.unexplained_fen) == (4, 0, 0)
    assert matched.statement_net_fen == matched.ledger_net_fen == 112_000


def test_over_of_a_known_attempt_is_cured_by_settling_it(world):
    """长款: the callback and every query were lost; the statement is the last net."""
    world.channel.take_money(no := asked(world))
    uploaded(world, [Row(no, 28_000, MORNING)])
    match(world.env, "wechat", DAY)
    assert breaks() == [("over", "payment", "open", "settle")]
    assert cured(world, "settle").result == "settled"
    assert Break.objects.get().state == "cured"
    assert match(world.env, "wechat", DAY).unexplained_fen == 0
    assert balances(world)["contribution:2021:person"] == -28_000


def test_over_of_an_unknown_number_is_cured_into_suspense(world):
    uploaded(world, [Row("NOT-OURS-1", 12_345, MORNING)])
    match(world.env, "wechat", DAY)
    assert breaks() == [("over", "payment", "open", "suspense")]
    assert cured(world, "suspense").result == "booked"
    assert balances(world) == {"channel_clearing:wechat": 12_345, "suspense:wechat": -12_345}
    assert match(world.env, "wechat", DAY).unexplained_fen == 0


def test_short_is_found_and_cured_into_suspense(world):
    """短款: booked, and the channel does not have it."""
    kept, lost = a_payment(world), a_payment(world)
    uploaded(world, [as_row(kept)])
    match(world.env, "wechat", DAY)
    assert breaks() == [("short", "payment", "open", "suspense")]
    assert Break.objects.get().number == lost.out_trade_no
    cured(world, "suspense")
    assert balances(world)["suspense:wechat"] == 28_000
    assert match(world.env, "wechat", DAY).unexplained_fen == 0


@pytest.mark.parametrize("theirs", [27_000, 29_000])
def test_another_amount_is_found_and_its_difference_cured(world, theirs):
    fact = a_payment(world)
    uploaded(world, [replace(as_row(fact), fen=theirs)])
    match(world.env, "wechat", DAY)
    assert breaks() == [("amount", "payment", "open", "suspense")]
    cured(world, "suspense")
    assert balances(world)["suspense:wechat"] == 28_000 - theirs
    assert match(world.env, "wechat", DAY).unexplained_fen == 0


def test_a_line_that_stands_twice_is_another_amount(world):
    fact = a_payment(world)
    uploaded(world, [as_row(fact), as_row(fact)])
    match(world.env, "wechat", DAY)
    assert (Break.objects.get().kind, Break.objects.get().theirs_fen) == ("amount", 56_000)


def test_a_refund_on_both_sides_agrees_and_one_that_ended_otherwise_is_another_state(world):
    fact = a_payment(world)
    refund_no = a_refund(world, fact)
    rows = [as_row(fact), Row(fact.out_trade_no, 28_000, MORNING, refund_no, "PROCESSING")]
    uploaded(world, rows)
    matched = match(world.env, "wechat", DAY)
    assert (matched.breaks, matched.statement_net_fen, matched.unexplained_fen) == (0, 0, 0)
    world.channel.end_refund(refund_no)
    uploaded(world, [rows[0], replace(rows[1], status="SUCCESS")])
    match(world.env, "wechat", DAY)
    assert breaks() == [("state", "refund", "open", "ask")]
    assert cured(world, "ask").result == "paid"
    assert match(world.env, "wechat", DAY).breaks == 0


def test_a_refund_whose_answer_was_lost_is_found_and_cured_by_asking(world):
    fact = a_payment(world)
    world.channel.forgets_answers = True
    refund_no = a_refund(world, fact)
    uploaded(world, [as_row(fact), Row(fact.out_trade_no, 28_000, MORNING, refund_no, "PROCESSING")])
    match(world.env, "wechat", DAY)
    assert breaks() == [("over", "refund", "open", "ask")]
    assert cured(world, "ask").result == "accepted"
    assert match(world.env, "wechat", DAY).unexplained_fen == 0


def test_a_refund_that_came_back_is_explained_beside_the_statement(world):
    fact = a_payment(world)
    refund_no = a_refund(world, fact)
    settle_refunds(world.env, [world.channel.end_refund(refund_no, "ABNORMAL")])
    uploaded(world, [as_row(fact), Row(fact.out_trade_no, 28_000, MORNING, refund_no, "ABNORMAL")])
    matched = match(world.env, "wechat", DAY)
    assert (matched.breaks, matched.beside_fen, matched.unexplained_fen) == (0, 28_000, 0)


def test_a_refund_that_both_the_channel_and_the_window_paid_is_found_and_its_sum_is_to_be_explained(world):
    fact = a_payment(world)
    refund_no = a_refund(world, fact)
    settle_refunds(world.env, [world.channel.end_refund(refund_no, "ABNORMAL")])
    digest = reroute(as_staff(world, "甲"), refund_no, "cash", "李小兰 本人")
    approve_route(as_staff(world, "乙"), refund_no, digest)
    pay_out(as_staff(world, "窗口一"), refund_no, "收据0001")
    world.channel.end_refund(refund_no, "SUCCESS")
    uploaded(world, [as_row(fact), Row(fact.out_trade_no, 28_000, MORNING, refund_no, "SUCCESS")])
    match(world.env, "wechat", DAY)
    assert breaks() == [("state", "refund", "open", "ask")]
    assert cured(world, "ask").result == "paid_twice"
    assert balances(world)["suspense:wechat"] == 28_000
    assert match(world.env, "wechat", DAY).unexplained_fen == 0


def test_the_same_match_again_finds_the_same_breaks_once(world):
    a_payment(world)
    uploaded(world, [Row("NOT-OURS-1", 1, MORNING)])
    for _ in range(3):
        assert match(world.env, "wechat", DAY).breaks == 2
    assert Break.objects.count() == 2
    assert check_states(world.env) == []


def test_a_break_that_is_found_no_more_clears_itself(world):
    fact = a_payment(world)
    uploaded(world, [Row("NOT-OURS-1", 1, MORNING)])
    match(world.env, "wechat", DAY)
    uploaded(world, [as_row(fact)])
    assert match(world.env, "wechat", DAY).breaks == 0
    assert set(Break.objects.values_list("state", flat=True)) == {"cleared"}


# ── the cut between two days

MIDNIGHT = datetime(2020, 10, 5, 16, 0, tzinfo=UTC)  # in China


def test_a_payment_on_the_next_days_statement_waits_for_it_and_clears_itself(world):
    evening = world.later(hours=13, minutes=59, seconds=30)
    fact = a_payment(evening)
    upload(world.env, "wechat", DAY, [b""])
    match(world.env, "wechat", DAY)
    assert breaks() == [("short", "payment", "crossing", "wait")]
    uploaded(world, [replace(as_row(fact), at=MIDNIGHT + timedelta(seconds=30))], NEXT)
    after = match(world.env, "wechat", NEXT)
    assert (after.day_cuts, after.breaks, after.unexplained_fen) == (1, 0, 0)
    assert breaks() == [("short", "payment", "cleared", "wait")]
    before = match(world.env, "wechat", DAY)
    assert (before.day_cuts, before.ours_elsewhere_fen, before.unexplained_fen) == (1, 28_000, 0)


def test_one_that_waited_in_vain_is_a_break(world):
    a_payment(world.later(hours=13, minutes=59, seconds=30))
    upload(world.env, "wechat", DAY, [b""])
    match(world.env, "wechat", DAY)
    upload(world.env, "wechat", NEXT, [b""])
    match(world.env, "wechat", NEXT)
    assert breaks() == [("short", "payment", "open", "wait")]


def test_one_at_noon_is_a_break_at_once(world):
    a_payment(world.later(hours=2))
    upload(world.env, "wechat", DAY, [b""])
    match(world.env, "wechat", DAY)
    assert breaks() == [("short", "payment", "open", "suspense")]


# ── by itself


def test_from_ten_in_the_morning_yesterday_is_fetched_and_matched_once(world):
    world.channel.statements = {DAY - timedelta(days=back): b"" for back in range(5)}
    world.channel.statements[DAY] = trade_bill([as_row(a_payment(world)), Row("STRANGE", 1, MORNING)])
    before_ten, ten = world.later(hours=23, minutes=59), world.later(days=1)
    assert reconcile_due(before_ten.env) == 3, "the days before yesterday"
    assert not Statement.objects.filter(day=DAY).exists()
    assert reconcile_due(ten.env) == 1
    assert breaks() == [("over", "payment", "open", "suspense")]
    assert reconcile_due(ten.env) == 0


def test_a_statement_that_is_late_is_asked_for_every_ten_minutes(world):
    ten = world.later(days=1)
    world.channel.statements = {DAY - timedelta(days=back): b"" for back in range(1, 5)}
    assert reconcile_due(ten.env) == 2
    world.channel.statements[DAY] = b""
    assert reconcile_due(world.later(days=1, minutes=1).env) == 0
    assert reconcile_due(world.later(days=1, minutes=11).env) == 1
