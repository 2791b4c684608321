"""差错处理与日终: what two people agree on, and a day that closes to the fen."""

from dataclasses import replace
from datetime import date

import pytest

from canbao.basics.refusals import (
    BadInput,
    ContentChanged,
    DayNotProved,
    NotFound,
    SecondPersonNeeded,
    StepNotDue,
)
from canbao.records.models import Break, DayClose, Entry
from canbao.services.exchange.cure import approve_cure, propose_cure
from canbao.services.exchange.day import approve_close, propose_close, prove
from canbao.services.exchange.match import match
from canbao.services.exchange.statement import count_drawer, upload
from canbao.services.money.collect import collect
from tests.support.reconciling import (
    DAY,
    MORNING,
    a_payment,
    a_refund,
    as_row,
    as_staff,
    balances,
    closed,
    cured,
    uploaded,
)
from tests.support.trade_bill import Row


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
        collect(world.env, [world.opening(bill)], "cash", "窗口一")
    count_drawer(as_staff(world, "窗口一"), DAY, counted)
    tomorrow = world.later(days=1)
    if kind:
        with pytest.raises(DayNotProved):
            prove(tomorrow.env, "cash", DAY)
        assert Break.objects.get().kind == kind
        cured(tomorrow, "suspense")
    closed(tomorrow, channel="cash")
    assert balances(world)["treasury_in_transit:cash"] == counted
    assert balances(world).get("suspense:cash", 0) == 56_000 - counted


def test_a_drawer_counted_again_counts(world):
    bill = world.bill(world.person("341225", "senior", date(1955, 10, 1), "李小兰"), 2021)
    collect(world.env, [world.opening(bill)], "cash", "窗口一")
    count_drawer(as_staff(world, "窗口一"), DAY, 27_000)
    assert match(world.env, "cash", DAY).breaks == 1
    count_drawer(as_staff(world.later(minutes=5), "窗口一"), DAY, 28_000)
    assert match(world.env, "cash", DAY).breaks == 0
    closed(world.later(days=1), channel="cash")
