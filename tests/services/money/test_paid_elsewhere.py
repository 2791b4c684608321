"""Somebody whose year was paid for in an earlier system is asked for nothing, by no way of paying (FY-14)."""

from datetime import date

import pytest

from canbao.basics.refusals import AlreadyPaid
from canbao.channels.bank import HeldByBank
from canbao.records.models import Attempt, Bill, DeductionLine, Entry, Order, Person
from canbao.services.exchange.deduct import Signing, make_batch, sign
from canbao.services.exchange.partner import Partner, find_bill
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.money.assess import assess
from canbao.services.money.check import check
from canbao.services.money.collect import collect
from canbao.services.money.open import open_orders
from canbao.services.money.pay import pay, resume
from canbao.services.people.open_season import open_season
from tests.support.world import BACK, CHIPING, CHIPING_YEAR


def paid_elsewhere(world, person_id: int) -> None:
    take_over(world.env, [PastYear(person_id, CHIPING_YEAR, "140403", "student", 28_000)])


WAYS = {
    "opening": lambda world, opening: open_orders(world.env, [opening]),
    "paying": lambda world, opening: pay(world.env, opening, BACK),
    "cash": lambda world, opening: collect(world.env, [opening], "cash", "0007"),
    "the check page": lambda world, opening: check(world.env, opening.bill_id),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_bill_left_from_before_is_not_taken_money_for(world, way):
    person = world.person()
    opening = world.opening(world.bill(person))
    paid_elsewhere(world, person)

    with pytest.raises(AlreadyPaid) as refused:
        WAYS[way](world, opening)

    assert refused.value.facts == {"benefit_year": "2022", "area": "长治市潞州区", "paid_date": "以前"}
    assert not any(table.objects.exists() for table in (Order, Attempt, Entry))


def test_an_order_open_already_is_not_gone_on_with(world):
    person = world.person()
    order = world.order(world.bill(person))
    paid_elsewhere(world, person)

    with pytest.raises(AlreadyPaid):
        resume(world.env, order.token, BACK)

    assert not Attempt.objects.exists()


def test_assessing_makes_no_bill_and_withdraws_the_one_that_waits(world):
    before, after = world.person(birth=date(2011, 2, 3)), world.person()
    world.bill(before)
    for person in (before, after):
        paid_elsewhere(world, person)

    assessed = assess(world.env, [before, after], CHIPING_YEAR)

    assert [(one.bill, one.is_covered) for one in assessed] == [(None, True), (None, True)]
    assert [bill.state for bill in Bill.objects.all()] == ["superseded"]


def test_a_season_counts_them_apart_and_bills_only_the_others(world):
    world.person(birth=date(2011, 2, 3))
    paid_elsewhere(world, world.person())

    opened = open_season(world.env, CHIPING, CHIPING_YEAR)

    assert (opened.people, opened.covered, dict(opened.bills), dict(opened.unassessed)) == (
        2,
        1,
        {"payable": 1},
        {},
    )


def test_a_bank_is_not_sent_their_bill(world):
    world.env.channels["bank_batch"] = HeldByBank("示范协议")
    person = world.person()
    world.bill(person)
    agreed = date(2021, 9, 1)
    sign(world.env, [Signing(person, "示范", "6222000000000000", "张小满", "XY1", agreed, agreed)])
    paid_elsewhere(world, person)

    batch = make_batch(world.env, "示范", "B1", "371500", CHIPING_YEAR)

    assert (batch.line_count, DeductionLine.objects.count(), Order.objects.count()) == (0, 0, 0)


def test_a_partner_is_told_they_have_paid(world):
    person = world.person()
    world.bill(person)
    paid_elsewhere(world, person)
    row = Person.objects.get(id=person)
    number = world.env.sealer.open(bytes(row.number_sealed), f"person:number:{person}")

    with pytest.raises(AlreadyPaid):
        find_bill(
            world.env,
            Partner("某行", "bank_counter"),
            {"area_code": CHIPING, "name": "张小满", "number": number, "consent": "yes"},
        )
