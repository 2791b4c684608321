"""对账: what the channel says of a day against the ledger, to the fen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from canbao.basics.refusals import (
    BadInput,
    ChannelUnavailable,
    ContentChanged,
    DayNotProved,
    NotFound,
    SecondPersonNeeded,
    StatementRefused,
    StepNotDue,
)
from canbao.channels.port import PaymentFact
from canbao.records.models import Break, DayClose, Entry, Statement, StatementLine
from canbao.services.exchange.cure import approve_cure, propose_cure
from canbao.services.exchange.day import approve_close, propose_close, prove
from canbao.services.exchange.match import match
from canbao.services.exchange.statement import body_of, count_drawer, fetch, upload
from canbao.services.money.collect import collect
from canbao.services.money.ledger import check_states, trial_balance
from canbao.services.money.pay import start
from canbao.services.money.refund import Application, apply, approve, verify
from canbao.services.money.repay import repay, settle_refunds
from canbao.services.money.settle import Arrival, settle
from tests.support.trade_bill import Row, trade_bill
from tests.support.world import BACK, World, make_world

MORNING = datetime(2020, 10, 5, 2, 0, tzinfo=UTC)
DAY = date(2020, 10, 5)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def world(db: None) -> World:
    """阜阳 on the morning of 5 October 2020."""
    return make_world(MORNING)


def asked(world: World) -> str:
    """Somebody is sent off to pay; returns the attempt's number."""
    order = world.order(world.bill(world.person("341225", "senior", date(1955, 10, 1), "李小兰"), 2021))
    start(world.env, order, BACK)
    return f"{order.order_no}01"


def a_payment(world: World) -> PaymentFact:
    fact = world.channel.take_money(asked(world))
    assert settle(world.env, [Arrival(fact)]) == ["settled"]
    return fact


def as_row(fact: PaymentFact) -> Row:
    return Row(fact.out_trade_no, fact.amount_fen, fact.paid_at)


def a_refund(world: World, fact: PaymentFact) -> str:
    wish = Application(fact.out_trade_no[:-2], 1, "duplicate", terminated_date=date(2020, 10, 5))
    (refund,) = apply(as_staff(world, "甲"), [wish])
    refund = verify(as_staff(world, "甲"), refund.refund_no)
    approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash)
    repay(world.env)
    return refund.refund_no


def as_staff(world: World, name: str):
    return replace(world.env, actor=name)


def balances(world: World) -> dict[str, int]:
    return {row.account: row.balance_fen for row in trial_balance(world.env) if row.balance_fen}


def breaks() -> list[tuple]:
    return list(Break.objects.order_by("kind", "number").values_list("kind", "what", "state", "suggestion"))


def uploaded(world: World, rows: list[Row], day: date = DAY) -> Statement:
    return upload(as_staff(world, "对账"), "wechat", day, [trade_bill(rows)])


def cured(world: World, cure: str, kind: str | None = None):
    found = Break.objects.get(state="open") if kind is None else Break.objects.get(state="open", kind=kind)
    digest = propose_cure(as_staff(world, "甲"), found.id, cure, "查过渠道后台")
    return approve_cure(as_staff(world, "乙"), found.id, digest)


def closed(world: World, day: date = DAY, channel: str = "wechat") -> DayClose:
    digest = propose_close(as_staff(world, "甲"), channel, day)
    return approve_close(as_staff(world, "乙"), channel, day, digest)


# ── files


def test_a_statement_is_kept_byte_for_byte_and_the_same_file_again_changes_nothing(world):
    body = trade_bill([as_row(a_payment(world))])
    first = upload(world.env, "wechat", DAY, [body[:100], body[100:]])
    again = upload(world.env, "wechat", DAY, [body])
    assert first.id == again.id
    assert body_of(Statement.objects.get()) == body
    assert (first.line_count, first.paid_fen, first.refunded_fen) == (1, 28_000, 0)
    assert StatementLine.objects.count() == 1


SPOILT = {
    "cut_off": lambda body: body[
        : body.rindex(b"\xe6\x80\xbb\xe4\xba\xa4\xe6\x98\x93\xe5\x8d\x95\xe6\x95\xb0")
    ],
    "totals_differ": lambda body: body.replace(b"`1,`0.00", b"`2,`0.00"),
    "no_header": lambda body: body.replace("商户订单号".encode(), "别的".encode(), 1),
    "row_of_wrong_width": lambda body: body.replace(b"`CNY,", b"`CNY,`,"),
    "not_an_amount": lambda body: body.replace(b"`280.00", b"`28O.00"),
    "other_currency": lambda body: body.replace(b"`CNY", b"`USD"),
    "other_merchant": lambda body: body.replace(b"`1900000001", b"`1900009999"),
    "other_day": lambda body: body.replace(b"2020-10-05", b"2020-10-06"),
    "not_an_instant": lambda body: body.replace(b" 10:00:00", b" 25:00:00"),
    "unknown_state": lambda body: body.replace(b"`SUCCESS", b"`REVOKED"),
    "more_after_the_totals": lambda body: body + b"`1,`2\r\n",
    "not_utf8": lambda body: body.replace(b"`CNY", b"`\xff\xfe"),
}


@pytest.mark.parametrize("fault", sorted(SPOILT))
def test_a_file_that_cannot_be_relied_on_is_kept_with_its_fault_and_read_not_at_all(world, fault):
    body = SPOILT[fault](trade_bill([as_row(a_payment(world))]))
    for _ in range(2):
        with pytest.raises(StatementRefused):
            upload(world.env, "wechat", DAY, [body])
    kept = Statement.objects.get()
    assert (kept.fault, kept.line_count) == (fault, None)
    assert body_of(kept) == body
    assert not StatementLine.objects.exists()
    with pytest.raises(DayNotProved):
        match(world.env, "wechat", DAY)


def test_a_right_file_after_a_wrong_one_counts(world):
    fact = a_payment(world)
    with pytest.raises(StatementRefused):
        upload(world.env, "wechat", DAY, [trade_bill([as_row(fact)])[:-40]])
    uploaded(world, [as_row(fact)])
    assert match(world.env, "wechat", DAY).breaks == 0


def test_a_statement_is_fetched_when_the_channel_has_made_it(world):
    with pytest.raises(StatementRefused):
        fetch(world.env, "wechat", DAY)
    world.channel.statements[DAY] = trade_bill([as_row(a_payment(world))])
    assert fetch(world.env, "wechat", DAY).line_count == 1
    world.channel.is_down = True
    with pytest.raises(ChannelUnavailable):
        fetch(world.env, "wechat", NEXT)


def test_a_day_without_movements_has_an_empty_statement_and_closes(world):
    upload(world.env, "wechat", DAY, [b""])
    assert closed(world.later(days=1)).figures["lines"] == 0


def test_nobody_else_sends_us_statements(world):
    with pytest.raises(NotFound):
        upload(world.env, "alipay", DAY, [b""])


# ── breaks


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


# ── two people


def test_whoever_proposed_a_cure_does_not_approve_it(world):
    uploaded(world, [Row("NOT-OURS-1", 1, MORNING)])
    match(world.env, "wechat", DAY)
    found = Break.objects.get()
    digest = propose_cure(as_staff(world, "甲"), found.id, "suspense", "查过")
    with pytest.raises(SecondPersonNeeded):
        approve_cure(as_staff(world, "甲"), found.id, digest)
    with pytest.raises(ContentChanged):
        approve_cure(as_staff(world, "乙"), found.id, "0" * 64)
    assert not Entry.objects.exists()
    approve_cure(as_staff(world, "乙"), found.id, digest)
    with pytest.raises(NotFound):
        approve_cure(as_staff(world, "丙"), found.id, digest)
    with pytest.raises(StepNotDue):
        propose_cure(as_staff(world, "甲"), found.id, "suspense", "查过")
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(("cure", "reason"), [("settle", "查过"), ("forget", "查过"), ("suspense", " ")])
def test_a_cure_that_cannot_be_is_not_proposed(world, cure, reason):
    a_payment(world)
    upload(world.env, "wechat", DAY, [b""])
    match(world.env, "wechat", DAY)
    with pytest.raises(BadInput):
        propose_cure(as_staff(world, "甲"), Break.objects.get().id, cure, reason)


# ── the day


def test_a_day_is_closed_by_two_people_and_its_money_is_on_its_way_to_the_treasury(world):
    facts = [a_payment(world) for _ in range(3)]
    refund_no = a_refund(world, facts[2])
    uploaded(
        world, [*map(as_row, facts), Row(facts[2].out_trade_no, 28_000, MORNING, refund_no, "PROCESSING")]
    )
    tomorrow = world.later(days=1)
    digest = propose_close(as_staff(tomorrow, "甲"), "wechat", DAY)
    with pytest.raises(SecondPersonNeeded):
        approve_close(as_staff(tomorrow, "甲"), "wechat", DAY, digest)
    approve_close(as_staff(tomorrow, "乙"), "wechat", DAY, digest)
    assert balances(world) == {"treasury_in_transit:wechat": 56_000, "contribution:2021:person": -56_000}
    with pytest.raises(StepNotDue):
        propose_close(as_staff(tomorrow, "甲"), "wechat", DAY)
    assert DayClose.objects.get().figures["statement_net_fen"] == 56_000


def test_nothing_closes_before_its_day_is_over_without_a_statement_or_with_a_break(world):
    fact = a_payment(world)
    with pytest.raises(DayNotProved):
        prove(world.env, "wechat", DAY)
    tomorrow = world.later(days=1)
    with pytest.raises(DayNotProved):
        prove(tomorrow.env, "wechat", DAY)
    uploaded(world, [replace(as_row(fact), fen=27_999)])
    with pytest.raises(DayNotProved):
        prove(tomorrow.env, "wechat", DAY)
    cured(tomorrow, "suspense")
    assert prove(tomorrow.env, "wechat", DAY).unexplained_fen == 0


def test_a_fen_that_nothing_explains_keeps_the_day_open(world):
    fact = a_payment(world)
    uploaded(world, [as_row(fact)])
    stray = Entry.objects.get()
    stray.id, stray.key, stray.amount_fen, stray.out_trade_no = stray.id + 10_000 * 777, "stray", 1, None
    stray.save(force_insert=True)
    with pytest.raises(DayNotProved) as told:
        prove(world.later(days=1).env, "wechat", DAY)
    assert "-0.01" in told.value.facts["problem"]


def test_figures_that_changed_between_the_two_people_are_not_closed(world):
    fact = a_payment(world)
    uploaded(world, [as_row(fact)])
    tomorrow = world.later(days=1)
    digest = propose_close(as_staff(tomorrow, "甲"), "wechat", DAY)
    other = a_payment(world.later(hours=1))
    uploaded(world, [as_row(fact), as_row(other)])
    with pytest.raises(DayNotProved):
        approve_close(as_staff(tomorrow, "乙"), "wechat", DAY, digest)
    assert not DayClose.objects.exists()


@pytest.mark.parametrize(("counted", "kind"), [(56_000, None), (56_100, "over"), (55_900, "short")])
def test_the_drawer_is_counted_against_the_books(world, counted, kind):
    for _ in range(2):
        bill = world.bill(world.person("341225", "senior", date(1955, 10, 1), "李小兰"), 2021)
        collect(world.env, [world.opening(bill)], "window_cash", "窗口一")
    count_drawer(as_staff(world, "窗口一"), DAY, counted)
    tomorrow = world.later(days=1)
    if kind:
        with pytest.raises(DayNotProved):
            prove(tomorrow.env, "window_cash", DAY)
        assert Break.objects.get().kind == kind
        cured(tomorrow, "suspense")
    closed(tomorrow, channel="window_cash")
    assert balances(world)["treasury_in_transit:window_cash"] == counted
    assert balances(world).get("suspense:window_cash", 0) == 56_000 - counted


def test_a_drawer_counted_again_counts(world):
    bill = world.bill(world.person("341225", "senior", date(1955, 10, 1), "李小兰"), 2021)
    collect(world.env, [world.opening(bill)], "window_cash", "窗口一")
    count_drawer(as_staff(world, "窗口一"), DAY, 27_000)
    assert match(world.env, "window_cash", DAY).breaks == 1
    count_drawer(as_staff(world.later(minutes=5), "窗口一"), DAY, 28_000)
    assert match(world.env, "window_cash", DAY).breaks == 0
    closed(world.later(days=1), channel="window_cash")
