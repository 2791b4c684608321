"""转告医保: what was paid, what goes back and who is covered, read from the journals and told once."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canbao.basics.refusals import BadInput, StepNotDue
from canbao.records.models import Bill, ContributionRecord, Event, Order, OutboxRow
from canbao.services.exchange.outbox.look import refusals, retry, settle
from canbao.services.exchange.outbox.relay import relay
from canbao.services.exchange.outbox.send import send
from canbao.services.exchange.treasury import receive_postings, remit
from canbao.services.money.ledger import check_states
from canbao.services.money.pay import pay
from canbao.services.money.refund import Application, apply, approve, verify
from canbao.services.money.settle import Arrival
from canbao.services.money.settle import settle as settle_payment
from sandbox.treasury.answer import answer
from tests.support.fake_authority import FakeMedical
from tests.support.reconciling import DAY, as_row, as_staff, closed, uploaded
from tests.support.world import BACK, World, make_world

FUYANG = "341225"


@pytest.fixture
def medical() -> FakeMedical:
    return FakeMedical()


@pytest.fixture
def world(db: None, medical: FakeMedical) -> World:
    """阜阳 on 5 October 2020, connected to medical insurance."""
    world = make_world(datetime(2020, 10, 5, 2, 0, tzinfo=UTC))
    return replace(world, env=replace(world.env, authorities={"medical": medical}))


def paid(world: World, person: int | None = None) -> Order:
    opening = world.opening(
        world.bill(person or world.person(FUYANG, "senior", date(1955, 10, 1), "李小兰"), 2021)
    )
    pay(world.env, opening, BACK)
    settle_payment(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))])
    return Order.objects.get(order_no=opening.order_no)


def back(world: World, order: Order, amount_fen: int | None = None) -> str:
    wish = Application(
        order.order_no, 1, "duplicate", terminated_date=date(2020, 12, 1), amount_fen=amount_fen
    )
    (refund,) = apply(replace(world.env, actor="甲"), [wish])
    refund = verify(replace(world.env, actor="甲"), refund.refund_no)
    return approve(replace(world.env, actor="乙"), refund.refund_no, refund.content_hash).refund_no


def rows() -> list[tuple[str, str, str]]:
    return list(OutboxRow.objects.order_by("person", "turn").values_list("kind", "action", "state"))


def tell_all(world: World) -> int:
    told = 0
    while now := send(world.env):
        told += now
    return told


def test_what_was_paid_and_who_is_covered_is_told_in_that_order(world, medical):
    paid(world)
    assert relay(world.env) == 0, "a moment later, so that what was committed meanwhile is not missed"
    world = world.later(seconds=30)
    assert relay(world.env) == 2
    assert tell_all(world) == 2
    assert [batch.kind for batch in medical.batches] == ["collection", "coverage"]
    (detail,), (cover,) = medical.details.values(), medical.covers.values()
    bill = Bill.objects.get()
    assert (detail.amount_fen, detail.parts, detail.channel, detail.detail_no) == (
        28_000, {"person": 28_000}, "wechat", str(bill.id)
    )  # fmt: skip
    assert (cover.cover_from_date, cover.cover_until_date, cover.amount_fen) == (
        bill.cover_from_date, bill.cover_until_date, 0
    )  # fmt: skip
    assert medical.batches[0].sum_fen == 28_000
    assert check_states(world.env) == []


def test_however_often_the_journals_are_read_it_is_told_once(world, medical):
    back(world, paid(world), 10_000)
    for pause in (30, 1_000, 80_000):
        world = world.later(seconds=pause)
        relay(world.env)
        tell_all(world)
    assert relay(world.later(days=3).env) == 0
    assert rows() == [
        ("collection", "put", "accepted"), ("coverage", "put", "accepted"), ("collection", "cancel", "accepted"),
    ]  # fmt: skip


def test_a_part_given_back_reverses_its_own_amount_and_leaves_the_cover(world, medical):
    order = paid(world)
    number = back(world, order, 10_000)
    world = world.later(seconds=30)
    relay(world.env)
    tell_all(world)
    reversal = medical.details[number]
    assert (reversal.is_cancel, reversal.amount_fen, reversal.origin_no) == (
        True,
        10_000,
        str(Bill.objects.get().id),
    )
    assert len(medical.covers) == 1
    assert [batch.sum_fen for batch in medical.batches if batch.kind == "collection"] == [28_000, -10_000]


def test_a_whole_refund_ends_the_cover_that_was_told(world, medical):
    order = paid(world)
    world = world.later(seconds=30)
    relay(world.env)
    tell_all(world)
    back(world, order)
    world = world.later(seconds=30)
    assert relay(world.env) == 2
    tell_all(world)
    assert medical.covers == {}
    assert [row.is_cancel for row in medical.details.values()] == [False, True]


def test_a_cover_that_ended_before_anybody_was_told_is_not_told(world, medical):
    back(world, paid(world))
    world = world.later(seconds=30)
    relay(world.env)
    tell_all(world)
    assert rows() == [
        ("collection", "put", "accepted"), ("coverage", "put", "withdrawn"), ("collection", "cancel", "accepted"),
    ]  # fmt: skip
    assert medical.covers == {}


def test_the_year_paid_anew_is_told_anew(world, medical):
    order = paid(world)
    person = Bill.objects.get().person_id
    back(world, order)
    paid(world, person)
    world = world.later(seconds=30)
    relay(world.env)
    tell_all(world)
    assert [row.bill_id for row in medical.covers.values()] == [Bill.objects.get(state="settled").id]
    assert len(medical.details) == 3


def test_who_is_not_connected_is_told_nothing_and_later_everything(world, medical):
    paid(world)
    alone = replace(world.later(days=200), env=replace(world.later(days=200).env, authorities={}))
    assert relay(alone.env) == 0
    assert not OutboxRow.objects.exists()
    assert relay(world.later(days=201).env) == 2


def test_a_lost_answer_or_row_costs_nothing(world, medical):
    for _ in range(3):
        paid(world)
    world = world.later(seconds=30)
    relay(world.env)
    medical.silent, medical.lose = 1, {Bill.objects.first().id}
    assert tell_all(world) == 0
    medical.lose = set()
    world = world.later(seconds=61)
    assert tell_all(world) == 6
    assert (len(medical.details), len(medical.covers)) == (3, 3)


def test_a_refusal_is_told_again_or_settled_by_hand_and_says_how(world, medical):
    paid(world)
    bill_id = Bill.objects.get().id
    world = world.later(seconds=30)
    relay(world.env)
    medical.refuse = {bill_id: "人员不存在"}
    tell_all(world)
    detail, cover = sorted(refusals(world.env, "medical"), key=lambda one: one.row.kind)
    assert {one.row.can_retry for one in (detail, cover)} == {True}
    medical.refuse = {}
    assert retry(world.env, "medical", [detail.row.id]) == 1
    tell_all(world)
    with pytest.raises(BadInput):
        settle(world.env, "medical", cover.row.id, " ")
    settle(world.env, "medical", cover.row.id, "医保已人工录入")
    assert refusals(world.env, "medical") == []
    assert Event.objects.get(name="OutboxRowSettled").details == {"how": "医保已人工录入"}
    for late in (cover, detail):
        with pytest.raises(StepNotDue):
            settle(world.env, "medical", late.row.id, "再说一遍")
    assert (list(medical.details), medical.covers) == ([str(bill_id)], {})
    assert relay(world.later(days=2).env) == 0
    assert check_states(world.env) == []


def test_a_cover_put_down_over_there_by_hand_is_taken_back_like_any_other(world, medical):
    order = paid(world)
    world = world.later(seconds=30)
    relay(world.env)
    medical.refuse = {Bill.objects.get().id: "不收"}
    tell_all(world)
    for one in refusals(world.env, "medical"):
        settle(world.env, "medical", one.row.id, "医保已人工录入")
    back(world, order)
    world = world.later(seconds=30)
    relay(world.env)
    assert ("coverage", "cancel", "waiting") in rows()


def posted(world: World, order: Order, *more: Order) -> World:
    """The next day the day is closed, handed in, and confirmed by the treasury."""
    facts = [world.channel.paid[f"{one.order_no}01"] for one in (order, *more)]
    uploaded(world, [as_row(fact) for fact in facts])
    evening = world.later(days=1)
    closed(evening)
    handed_in = "".join(remit(as_staff(evening, "甲"), "wechat", DAY))
    receive_postings(as_staff(evening, "甲"), [answer(handed_in, date(2020, 10, 13)).encode()])
    return evening


def told(world: World, **later: float) -> World:
    world = world.later(**later)
    relay(world.env)
    tell_all(world)
    return world


def test_the_treasurys_word_that_comes_after_a_detail_is_told_after_it_and_once(world, medical):
    order = paid(world)
    world = told(world, seconds=30)
    assert (medical.batches[0].rows[0].posted_date, medical.postings) == (None, [])
    world = posted(world, order)
    for pause in (30, 1_000, 80_000):
        world = told(world, seconds=pause)
    assert rows() == [
        ("collection", "put", "accepted"), ("coverage", "put", "accepted"), ("posting", "put", "accepted"),
    ]  # fmt: skip
    (word,) = medical.postings
    record = ContributionRecord.objects.get()
    assert (word.detail_no, word.amount_fen, word.posted_date, word.tax_receipt_no) == (
        str(record.bill_id), 28_000, date(2020, 10, 13), record.tax_receipt_no
    )  # fmt: skip
    assert check_states(world.env) == []


def test_a_detail_that_waits_for_its_first_batch_brings_the_treasurys_word_itself(world, medical):
    order = paid(world)
    told(posted(world, order), seconds=30)
    (detail,) = medical.details.values()
    assert (detail.posted_date, medical.postings) == (date(2020, 10, 13), [])


def test_the_treasurys_word_waits_for_a_detail_that_was_sent_and_not_answered(world, medical):
    order = paid(world)
    medical.lose = {Bill.objects.get().id}
    world = posted(told(world, seconds=30), order)
    relay(world.later(seconds=30).env)
    assert rows()[-1] == ("posting", "put", "waiting")
    medical.lose = set()
    told(world, seconds=60)
    assert [batch.kind for batch in medical.batches[-3:]] == ["collection", "coverage", "posting"]
    assert len(medical.postings) == 1


def test_the_money_path_has_no_statement_more_for_being_connected(world):
    """Telling reads the journals (0029, 0037)."""

    def statements(world: World) -> int:
        opening = world.opening(world.bill(world.person(FUYANG, "senior", date(1955, 10, 1)), 2021))
        pay(world.env, opening, BACK)
        fact = world.channel.take_money(f"{opening.order_no}01")
        with CaptureQueriesContext(connection) as seen:
            settle_payment(world.env, [Arrival(fact)])
        return len(seen)

    statements(world)
    assert statements(world) == statements(replace(world, env=replace(world.env, authorities={})))
    assert not OutboxRow.objects.exists()
