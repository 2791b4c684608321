"""转告税务: what was paid here and what goes back is told to the tax side too, but not what it collected itself."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canbao.records.models import Bill, Order, OutboxRow
from canbao.services.exchange.outbox.look import refusals, retry, settle, standing
from canbao.services.exchange.outbox.relay import relay
from canbao.services.exchange.outbox.send import send
from canbao.services.money.ledger import check_states
from canbao.services.money.pay import pay
from canbao.services.money.refund import Application, apply, approve, verify
from canbao.services.money.settle import Arrival
from canbao.services.money.settle import settle as settle_payment
from tests.support.fake_authority import FakeAuthority, FakeMedical
from tests.support.outside.collecting import hear
from tests.support.outside.fake_tax_side import FakeTaxSide
from tests.support.world import BACK, World, id_number, make_world

FUYANG, YUNCHENG = "341225", "140802"
BORN = date(1955, 10, 1)


@pytest.fixture
def tax() -> FakeAuthority:
    return FakeAuthority()


@pytest.fixture
def medical() -> FakeMedical:
    return FakeMedical()


@pytest.fixture
def world(db: None, tax: FakeAuthority, medical: FakeMedical) -> World:
    """阜阳 on 5 October 2020, connected to both."""
    return connected(make_world(datetime(2020, 10, 5, 2, 0, tzinfo=UTC)), tax, medical)


def connected(world: World, *others: FakeAuthority) -> World:
    return replace(world, env=replace(world.env, authorities={one.name: one for one in others}))


def paid(world: World, bill: Bill | None = None) -> Order:
    opening = world.opening(bill or world.bill(world.person(FUYANG, "senior", BORN, "李小兰"), 2021))
    pay(world.env, opening, BACK)
    settle_payment(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))])
    return Order.objects.get(order_no=opening.order_no)


def back(world: World, order: Order, amount_fen: int | None = None) -> str:
    ends = date(order.opened_at.year, 12, 31)
    (refund,) = apply(
        replace(world.env, actor="甲"),
        [Application(order.order_no, 1, "duplicate", terminated_date=ends, amount_fen=amount_fen)],
    )
    refund = verify(replace(world.env, actor="甲"), refund.refund_no)
    return approve(replace(world.env, actor="乙"), refund.refund_no, refund.content_hash).refund_no


def told(world: World, **later: float) -> World:
    """A moment later the journals are read, and all that waits goes."""
    world = world.later(**(later or {"seconds": 30}))
    relay(world.env)
    while send(world.env):
        pass
    return world


def rows(target: str = "tax") -> list[tuple[str, str, str]]:
    found = OutboxRow.objects.filter(target=target).order_by("person", "turn")
    return list(found.values_list("kind", "action", "state"))


def test_a_payment_and_what_goes_back_of_it_are_told_to_both_and_cover_to_one(world, tax, medical):
    order = paid(world)
    number = back(world, order, 10_000)
    told(world)
    assert rows() == [("collection", "put", "accepted"), ("collection", "cancel", "accepted")]
    detail, reversal = tax.details.values()
    bill = Bill.objects.get()
    assert (detail.amount_fen, detail.detail_no, detail.channel) == (28_000, str(bill.id), "wechat")
    assert (reversal.amount_fen, reversal.detail_no, reversal.origin_no) == (10_000, number, str(bill.id))
    assert [(len(one.rows), one.sum_fen, one.kind) for one in tax.batches] == [
        (1, 28_000, "collection"), (1, -10_000, "collection"),
    ]  # fmt: skip
    assert medical.details.keys() == tax.details.keys()
    assert set(medical.covers) == {bill.id}
    assert check_states(world.env) == []


def test_what_the_tax_side_collected_itself_is_told_to_medical_insurance_alone(world, tax, medical):
    side = FakeTaxSide(world.env.now)
    channels = {**world.env.channels, "tax": side}
    world = replace(world, env=replace(world.env, tax_side=side, channels=channels))
    world.bill(world.person(FUYANG, "senior", BORN, "李小兰"), 2021)
    hear(world, side, side.pay(id_number(FUYANG, BORN, 1), "李小兰", 28_000, 2021, FUYANG))
    bill = Bill.objects.get(state="settled")
    world = told(world)
    assert (rows(), set(medical.covers)) == ([], {bill.id})
    back(world, Order.objects.get())
    told(world)
    assert (rows(), medical.covers) == ([], {})


def test_a_bill_that_a_fund_bears_alone_brings_no_money_and_is_no_news_to_tax(db, tax, medical):
    world = connected(make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC)), tax, medical)
    person = world.person(YUNCHENG, "adult", date(1988, 3, 15))
    bill = world.bill(world.marked(person, "extreme_hardship", date(2021, 1, 1), pushed=False), 2022)
    world.order(bill)
    told(world)
    assert (rows(), list(medical.details)) == ([], [str(bill.id)])


def test_of_an_assisted_person_first_the_figure_then_the_money_is_told(db, tax, medical):
    world = connected(make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC)), tax, medical)
    person = world.person(YUNCHENG, "adult", date(1988, 3, 15))
    bill = world.bill(world.marked(person, "minimum_living_allowance", date(2021, 12, 1), pushed=False), 2022)
    send(world.env)
    bill = world.bill(person, 2022)
    paid(world, bill)
    told(world)
    assert rows() == [("assessment", "put", "accepted"), ("collection", "put", "accepted")]
    assert [batch.kind for batch in tax.batches] == ["assessment", "collection"]
    assert tax.details[str(bill.id)].amount_fen == 4_000


def test_read_again_or_lost_or_connected_late_it_is_told_once(world, tax, medical):
    order = paid(world)
    tax.silent, tax.lose = 1, {Bill.objects.get().id}
    world = told(world)
    assert rows() == [("collection", "put", "waiting")]
    tax.lose = set()
    for pause in (1_000, 80_000):
        world = told(world, seconds=pause)
    assert rows() == [("collection", "put", "accepted")]
    OutboxRow.objects.filter(target="tax").delete()
    alone = connected(world, medical)
    back(alone, order)
    alone = told(alone, days=30)
    assert rows() == []
    told(connected(alone, FakeAuthority(), medical), days=31)
    assert ("collection", "cancel", "accepted") in rows()


def test_a_refusal_is_shown_told_again_or_settled_by_hand(world, tax, medical):
    for _ in range(2):
        paid(world)
    tax.refuse = dict.fromkeys(Bill.objects.values_list("id", flat=True), "人员不存在")
    world = told(world)
    first, second = refusals(world.env, "tax")
    assert first.row.can_retry
    settle(world.env, "tax", second.row.id, "税务已人工录入")
    tax.refuse = {}
    assert retry(world.env, "tax", [first.row.id]) == 1
    told(world)
    assert refusals(world.env, "tax") == []
    assert {row["state"]: row["n"] for row in standing(world.env, "tax").rows} == {
        "accepted": 1, "refused": 1, "settled": 1,
    }  # fmt: skip
    assert refusals(world.env, "medical") == []


def test_the_money_path_has_no_statement_more_for_tax_being_connected(world):
    """Telling reads the journals (0029, 0037)."""

    def statements(world: World) -> int:
        opening = world.opening(world.bill(world.person(FUYANG, "senior", BORN), 2021))
        pay(world.env, opening, BACK)
        fact = world.channel.take_money(f"{opening.order_no}01")
        with CaptureQueriesContext(connection) as seen:
            settle_payment(world.env, [Arrival(fact)])
        return len(seen)

    statements(world)
    assert statements(world) == statements(connected(world))
    assert not OutboxRow.objects.exists()
