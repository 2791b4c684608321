"""告知, step by step: a refund from its application to the account, a posting by the treasury, a hold that is lifted."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canbao.records.models import Attempt, Bill, Message, OrderLine, Refund
from canbao.services.exchange.outbox.send import send
from canbao.services.exchange.treasury import receive_postings, remit
from canbao.services.money.pay import pay
from canbao.services.money.refund import Application, apply, approve, refuse, verify
from canbao.services.money.repay import repay, settle_refunds
from canbao.services.money.settle import Arrival, settle
from canbao.services.notify.consent import Wish, agree
from canbao.services.notify.tell import tell
from sandbox.treasury.answer import answer
from tests.support.fake_authority import FakeAuthority
from tests.support.reconciling import DAY, MORNING, a_payment, as_row, as_staff, closed, uploaded
from tests.support.world import BACK, World, make_world

YANHU = "140802"


@pytest.fixture
def fuyang(db: None) -> World:
    """阜阳 on the morning of 5 October 2020."""
    return make_world(MORNING)


def a_paid_line(world: World) -> OrderLine:
    """Somebody who paid and then asked, on the page of the order, to be told."""
    fact = a_payment(world)
    line = OrderLine.objects.get(order_no=fact.out_trade_no[:17])
    bill = Bill.objects.get(id=line.bill_id)
    wish = Wish(bill.person_id, bill.benefit_year, "sms", "13800138000", "order", "self", line.order_no)
    agree(world.later(seconds=1).env, [wish])
    return line


def told(world: World) -> list[str]:
    tell(world.env)
    return list(Message.objects.order_by("id").values_list("kind", flat=True))


def applied(world: World, line: OrderLine) -> Refund:
    wish = Application(line.order_no, 1, "duplicate", terminated_date=date(2020, 10, 5))
    return apply(as_staff(world, "甲"), [wish])[0]


def test_each_step_of_a_refund_is_told_as_it_is_taken(fuyang):
    line, soon = a_paid_line(fuyang), fuyang.later(minutes=1)
    refund = applied(soon, line)
    assert told(soon.later(minutes=1)) == ["refund_applied"]
    refund = verify(as_staff(soon, "甲"), refund.refund_no)
    assert told(soon.later(minutes=2)) == ["refund_applied"], "looking into it is no news"
    approve(as_staff(soon, "乙"), refund.refund_no, refund.content_hash)
    assert told(soon.later(minutes=3)) == ["refund_applied", "refund_approved"]
    later = soon.later(minutes=4)
    repay(later.env)
    settle_refunds(later.env, [later.channel.end_refund(refund.refund_no)])
    assert told(later.later(minutes=5)) == ["refund_applied", "refund_approved", "refund_paid"]
    assert "amount" not in {name for row in Message.objects.all() for name in row.values}


def test_a_refund_that_is_refused_is_told_too(fuyang):
    line, soon = a_paid_line(fuyang), fuyang.later(minutes=1)
    refuse(as_staff(soon, "甲"), applied(soon, line).refund_no, "资料不全")
    assert sorted(told(soon.later(minutes=1))) == ["refund_applied", "refund_refused"]


def test_a_payment_too_many_is_told_to_whoever_holds_the_order(fuyang):
    """Two attempts at one order both brought money: the second is owed back, under no person's name."""

    bill = fuyang.bill(fuyang.person("341225", "senior", date(1955, 10, 1), "李小兰"), 2021)
    opening = fuyang.opening(bill)
    wish = Wish(bill.person_id, 2021, "sms", "13800138000", "order", "self", opening.order_no)
    agree(fuyang.env, [wish])
    pay(fuyang.env, opening, BACK)
    first = f"{opening.order_no}01"
    fact = fuyang.channel.take_money(first)
    fuyang.channel.asked[f"{opening.order_no}02"] = fuyang.channel.asked[first]

    attempt = Attempt.objects.get(out_trade_no=first)
    attempt.id, attempt.out_trade_no = fuyang.env.new_id("attempt", attempt.id), f"{opening.order_no}02"
    attempt.save(force_insert=True)
    settle(fuyang.env, [Arrival(fact), Arrival(fuyang.channel.take_money(f"{opening.order_no}02"))])
    assert Refund.objects.get().person_id is None
    assert sorted(told(fuyang.later(minutes=1))) == ["paid", "refund_applied"]


def test_what_the_treasury_posts_is_told_once(fuyang):
    line = a_paid_line(fuyang)
    fact = fuyang.channel.paid[f"{line.order_no}01"]
    uploaded(fuyang, [as_row(fact)])
    evening = fuyang.later(days=1)
    closed(evening)
    handed_in = "".join(remit(as_staff(evening, "甲"), "wechat", DAY))
    posting = answer(handed_in, date(2020, 10, 13)).encode()
    receive_postings(as_staff(evening, "甲"), [posting])
    receive_postings(as_staff(evening, "甲"), [posting])
    assert told(evening.later(minutes=1)) == ["posted"]


def test_a_hold_that_is_lifted_is_told_and_one_that_stays_is_not(db):
    """运城: an assisted person's bill waits until tax has it (E-1022)."""
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))
    world = replace(world, env=replace(world.env, authorities={"tax": FakeAuthority()}))
    person = world.person(YANHU, "adult", date(1988, 3, 15), "李明")
    world.marked(person, "minimum_living_allowance", date(2021, 12, 1), pushed=False)
    agree(world.env, [Wish(person, 2022, "sms", "13800138000", "question", "self")])
    assert world.bill(person, 2022).hold_code == "E-1022"
    assert told(world.later(minutes=1)) == []
    soon = world.later(minutes=2)
    send(soon.env)
    assert told(soon.later(minutes=1)) == ["released"]
    assert Message.objects.get().values["result"] == "要缴40.00元"


def test_where_nobody_consented_nothing_is_written_however_much_was_paid(fuyang):
    for _ in range(3):
        a_payment(fuyang)
    tell(fuyang.env)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        tell(fuyang.later(minutes=1).env)
    written = [
        query["sql"]
        for query in asked
        if query["sql"].startswith("INSERT") and "message_cursor" not in query["sql"]
    ]
    assert written == []
    assert sum("message_consent c" in query["sql"] for query in asked) <= 2, (
        "one statement for all, and the daily look"
    )
