"""What of the tax side's payments fits nothing lies in suspense, until it fits, or two people attach it or give it back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from canbao.basics.refusals import BadInput, SecondPersonNeeded, StepNotDue
from canbao.records.models import (
    Bill,
    Order,
    Refund,
    TaxPayment,
)
from canbao.services.exchange.match import match
from canbao.services.exchange.outbox.send import send
from canbao.services.exchange.tax_side.hear import fetch_day, hear_kept
from canbao.services.exchange.tax_side.resolve import approve_resolution, list_parked, propose_resolution
from canbao.services.money.refund import approve, verify
from canbao.services.money.repay import repay
from tests.support.fake_authority import FakeAuthority
from tests.support.outside.collecting import (
    BORN,
    DAY,
    FUNAN,
    NAME,
    balances,
    hear,
    next_day,
    somebody,
    sound,
    staff,
    states,
)
from tests.support.outside.fake_tax_side import FakeTaxSide
from tests.support.world import CHIPING, World, id_number, make_world


def test_a_second_payment_of_another_sum_waits_for_people_since_a_sum_may_be_told_wrongly(told, tax):
    _, number = somebody(told)
    hear(told, tax, tax.pay(number, NAME, 28_000, 2022, CHIPING))
    second = tax.pay(number, NAME, 28_000, 2022, CHIPING)
    hear(told, tax, replace(second, amount_fen=1))
    assert states()[1] == ("parked", "paid_otherwise")

    fetch_day(next_day(told, tax).env, DAY)

    assert states()[1] == ("surplus", None)
    assert balances(told)["overpayment:tax"] == -28_000
    sound(told)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"number": id_number(CHIPING, BORN, 901)}, "unknown_person"),
        ({"name": "张大满"}, "name_differs"),
        ({"amount_fen": 27_999}, "amount_differs"),
        ({"kind": "2"}, "wrong_kind"),
        ({"agency": "341225"}, "other_place"),
        ({"year": 2035}, "no_figure"),
        ({"at": timedelta(hours=1)}, "time_unfit"),
    ],
)
def test_what_cannot_be_placed_is_parked_with_its_reason_its_money_in_suspense(told, tax, wrong, reason):
    _, number = somebody(told)
    if "at" in wrong:
        wrong = {"at": tax.now + wrong["at"]}
    fields = {"number": number, "name": NAME, "amount_fen": 28_000, "year": 2022, "agency": CHIPING, **wrong}
    one = tax.pay(**fields)

    hear(told, tax, one)

    assert states() == [("parked", reason)]
    assert balances(told) == {
        "channel_clearing:tax": one.amount_fen,
        "suspense:tax": -one.amount_fen,
    }
    (shown,) = list_parked(told.env)
    assert shown.why
    assert shown.what_to_do
    assert number not in str(shown)
    assert not Order.objects.exists()
    sound(told)


def fuyang(tax: FakeTaxSide, now: datetime) -> tuple[World, str]:
    """阜阳, where nothing is collected for 2021 after 31 December 2020 (FY-03); and somebody's number there."""
    world = make_world(datetime(2020, 12, 31, 4, 0, tzinfo=UTC))
    world.person(FUNAN, "senior", date(1955, 10, 1), NAME)
    channels = {**world.env.channels, "tax": tax}
    env = replace(world.env.at(now), tax_side=tax, channels=channels)
    return replace(world, env=env), id_number(FUNAN, date(1955, 10, 1), 1)


def test_paid_when_the_year_was_closed_it_is_parked(db):
    tax = FakeTaxSide(datetime(2021, 1, 1, 4, 0, tzinfo=UTC))
    world, number = fuyang(tax, tax.now)
    hear(world, tax, tax.pay(number, NAME, 28_000, 2021, FUNAN))
    assert states() == [("parked", "year_closed")]
    sound(world)


def test_a_special_payment_whose_acceptance_is_still_on_its_way_heals_by_itself(db, tax):
    """SX-10: the tax side had the figure, and its word on it was lost."""
    authority = FakeAuthority(silent=1)
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))
    channels = {**world.env.channels, "tax": tax}
    world = replace(
        world, env=replace(world.env, authorities={"tax": authority}, tax_side=tax, channels=channels)
    )
    person = world.marked(
        world.person("140802", "adult", BORN, NAME),
        "minimum_living_allowance",
        date(2021, 12, 1),
        pushed=False,
    )
    assert world.bill(person, 2022).hold_code
    send(world.env)
    tax.now = world.env.now
    hear(world, tax, tax.pay(id_number("140802", BORN, 1), NAME, 4_000, 2022, "140802", kind="2"))
    assert states() == [("parked", "push_pending")]
    sound(world)

    later = world.later(hours=2)
    send(later.env)
    hear_kept(later.env)

    assert states() == [("settled", None)]
    assert Bill.objects.get(state="settled").amount_fen == 4_000
    sound(later)


def test_two_people_attach_a_parked_payment_to_a_person_and_the_closed_day_stays_what_it_was(told, tax):
    person, number = somebody(told)
    hear(told, tax, tax.pay(number, "张小漫", 28_000, 2022, CHIPING))
    morning = next_day(told, tax)
    fetch_day(morning.env, DAY)
    before = match(morning.env, "tax", DAY)
    row = TaxPayment.objects.get()

    digest = propose_resolution(staff(morning, "甲"), row.number, "attach", "核对过身份证", person)
    with pytest.raises(SecondPersonNeeded):
        approve_resolution(staff(morning, "甲"), row.number, digest)
    done = approve_resolution(staff(morning, "乙"), row.tax_receipt_no, digest)

    assert done.state == "settled"
    assert balances(morning) == {"channel_clearing:tax": 28_000, "contribution:2022:person": -28_000}
    assert replace(match(morning.env, "tax", DAY)) == before
    assert Bill.objects.get().state == "settled"
    with pytest.raises(StepNotDue):
        propose_resolution(staff(morning, "甲"), row.number, "give_back", "又一次")
    sound(morning)


def test_two_people_give_a_parked_payment_back_and_it_returns_by_the_tax_side(told, tax):
    one = tax.pay(id_number(CHIPING, BORN, 901), "无人", 28_000, 2022, CHIPING)
    hear(told, tax, one)
    row = TaxPayment.objects.get()
    digest = propose_resolution(staff(told, "甲"), row.number, "give_back", "不是我们的人")

    assert approve_resolution(staff(told, "乙"), row.number, digest).state == "surplus"

    refund = Refund.objects.get()
    assert (refund.state, refund.amount_fen, refund.line_no) == ("applied", 28_000, None)
    refund = verify(staff(told, "甲"), refund.refund_no)
    approve(staff(told, "乙"), refund.refund_no, refund.content_hash)
    repay(told.env)
    assert Refund.objects.get().state == "paid"
    assert balances(told) == {}
    sound(told)


def test_nobody_attaches_a_payment_to_somebody_who_does_not_owe_it(told, tax):
    person, _ = somebody(told)
    hear(told, tax, tax.pay(id_number(CHIPING, BORN, 901), "无人", 27_000, 2022, CHIPING))
    row = TaxPayment.objects.get()
    with pytest.raises(BadInput):
        propose_resolution(staff(told, "甲"), row.number, "attach", "原因", person)
    with pytest.raises(BadInput):
        propose_resolution(staff(told, "甲"), row.number, "attach", " ", person)
    with pytest.raises(BadInput):
        propose_resolution(staff(told, "甲"), row.number, "attach", "原因", 10_001)


def test_paid_in_time_and_told_after_the_period_ended_it_is_what_was_owed_on_the_day_of_payment(db):
    """FY-03: nobody had looked before, so there is no bill yet."""
    tax = FakeTaxSide(datetime(2020, 12, 31, 15, 0, tzinfo=UTC))  # an hour before midnight there
    world, number = fuyang(tax, tax.now)
    tax.pay(number, NAME, 28_000, 2021, FUNAN)
    tax.now += timedelta(days=2)
    later = replace(world, env=world.env.at(tax.now))

    fetch_day(later.env, date(2020, 12, 31))

    assert states() == [("settled", None)]
    sound(later)
