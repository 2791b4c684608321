"""What the tax side collected at its own portals is settled like any payment, or parked in suspense; the day adds up."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from canbao.basics.refusals import BadInput, NotFound, SecondPersonNeeded, StatementRefused, StepNotDue
from canbao.records.models import (
    Bill,
    ContributionRecord,
    Coverage,
    Entry,
    Order,
    Refund,
    TaxMessage,
    TaxPayment,
)
from canbao.services.exchange.day import approve_close, propose_close
from canbao.services.exchange.match import match
from canbao.services.exchange.tax_side import place
from canbao.services.exchange.tax_side.hear import fetch_day, hear_kept, hear_notice, take_day
from canbao.services.exchange.tax_side.resolve import approve_resolution, list_parked, propose_resolution
from canbao.services.money.chase import chase
from canbao.services.money.ledger import check_states, trial_balance
from canbao.services.money.pay import start
from canbao.services.money.refund import approve, verify
from canbao.services.money.repay import repay
from canbao.services.money.settle import Arrival, settle
from canbao.services.system.audit import audit
from tests.support.outside.fake_tax_side import SIGNED, FakeTaxSide, Taken
from tests.support.world import BACK, CHIPING, IN_SEASON, World, id_number, make_world

NAME, BORN = "张小满", date(2012, 4, 16)
DAY = date(2021, 11, 10)


@pytest.fixture
def tax(world: World) -> FakeTaxSide:
    return FakeTaxSide(world.env.now)


@pytest.fixture
def world(db: None) -> World:
    return make_world(IN_SEASON)


@pytest.fixture
def told(world: World, tax: FakeTaxSide) -> World:
    """茌平 with a tax side."""
    env = replace(world.env, tax_side=tax, channels={**world.env.channels, "tax": tax})
    return replace(world, env=env)


def somebody(world: World, nth: int = 1) -> tuple[int, str]:
    """A student and their number; the world hands numbers out by odd places."""
    return world.person(CHIPING, "student", BORN, NAME), id_number(CHIPING, BORN, 2 * nth - 1)


def hear(world: World, tax: FakeTaxSide, *rows: Taken) -> None:
    assert hear_notice(world.env, SIGNED, tax.notice(*rows))


def states() -> list[tuple[str, str | None]]:
    return list(TaxPayment.objects.order_by("tax_receipt_no").values_list("state", "reason"))


def balances(world: World) -> dict[str, int]:
    return {row.account: row.balance_fen for row in trial_balance(world.env) if row.balance_fen}


def next_day(world: World, tax: FakeTaxSide) -> World:
    tax.now = world.env.now + timedelta(days=1)
    return replace(world, env=world.env.at(tax.now))


def staff(world: World, name: str):
    return replace(world.env, actor=name)


def sound(world: World) -> None:
    assert [str(breach) for breach in audit(world.env.now)] == []
    assert check_states(world.env) == []


def test_a_payment_at_a_portal_settles_the_bill_with_cover_receipt_and_the_tax_receipts_number(told, tax):
    person, number = somebody(told)
    one = tax.pay(number, NAME, 28_000, 2022, CHIPING)

    hear(told, tax, one)

    assert states() == [("settled", None)]
    record = ContributionRecord.objects.get()
    assert (record.person_id, record.channel, record.channel_txn_no) == (person, "tax", one.tax_receipt_no)
    assert record.receipt_no
    assert Coverage.objects.get().state == "active"
    assert balances(told) == {"channel_clearing:tax": 28_000, "contribution:2022:person": -28_000}
    sound(told)


def test_told_twice_by_wire_and_once_more_in_the_days_file_it_is_booked_once(told, tax):
    _, number = somebody(told)
    one = tax.pay(number, NAME, 28_000, 2022, CHIPING)
    for _ in range(2):
        hear(told, tax, one)
    hear(told, tax, replace(one, portal="e_tax"), one)
    morning = next_day(told, tax)
    for _ in range(2):
        fetch_day(morning.env, DAY)

    assert Entry.objects.count() == TaxPayment.objects.count() == 1
    sound(told)


def test_the_days_file_alone_tells_what_no_notice_told_and_the_day_closes_to_the_fen(told, tax):
    for nth in (1, 2, 3):
        _, number = somebody(told, nth)
        tax.pay(number, NAME, 28_000, 2022, CHIPING)
    tax.pay(id_number(CHIPING, BORN, 901), "无人", 28_000, 2022, CHIPING)
    morning = next_day(told, tax)

    heard = fetch_day(morning.env, DAY)

    assert (heard.paid, heard.statement.paid_fen) == (4, 4 * 28_000)
    assert [state for state, _ in states()] == ["settled"] * 3 + ["parked"]
    matched = match(morning.env, "tax", DAY)
    assert (matched.breaks, matched.unexplained_fen) == (0, 0)
    digest = propose_close(staff(morning, "甲"), "tax", DAY)
    approve_close(staff(morning, "乙"), "tax", DAY, digest)
    assert balances(morning)["treasury_in_transit:tax"] == 4 * 28_000
    assert balances(morning)["suspense:tax"] == -28_000
    sound(morning)


def test_a_day_that_is_not_over_or_whose_file_does_not_add_up_is_refused_and_kept(told, tax):
    _, number = somebody(told)
    tax.pay(number, NAME, 28_000, 2022, CHIPING)
    with pytest.raises(StatementRefused):
        fetch_day(told.env, DAY)
    body = tax.day_file(DAY)
    for wrong in (body.replace(b"280.00,0.00", b"281.00,0.00"), body[: body.index("合计".encode())], b"x"):
        for _ in range(2):
            with pytest.raises(StatementRefused):
                take_day(told.env, DAY, wrong)
    with pytest.raises(StatementRefused):
        take_day(told.env, DAY + timedelta(days=1), body)
    assert not TaxPayment.objects.exists()
    assert TaxMessage.objects.exclude(fault=None).count() == 4


def test_paid_on_our_page_and_at_the_portal_the_second_is_owed_back_and_goes_back_the_way_it_came(told, tax):
    person, number = somebody(told)
    order = told.order(told.bill(person))
    start(told.env, order, BACK)
    settle(told.env, [Arrival(told.channel.take_money(f"{order.order_no}01"))])
    one = tax.pay(number, NAME, 28_000, 2022, CHIPING)

    hear(told, tax, one)

    assert states() == [("surplus", None)]
    assert balances(told)["overpayment:tax"] == -28_000
    repay(told.env)
    refund = Refund.objects.get()
    assert refund.state == "verified"
    approve(staff(told, "乙"), refund.refund_no, refund.content_hash)
    repay(told.env)
    assert Refund.objects.get().state == "paid"
    assert tax.refunded == {refund.refund_no: one.tax_receipt_no}
    assert "channel_clearing:tax" not in balances(told)
    fetch_day(next_day(told, tax).env, DAY)
    assert match(told.env, "tax", DAY).breaks == 0
    sound(told)


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


def test_paid_at_the_portal_while_our_order_is_open_our_payment_is_owed_back_when_it_comes(told, tax):
    person, number = somebody(told)
    order = told.order(told.bill(person))
    start(told.env, order, BACK)
    hear(told, tax, tax.pay(number, NAME, 28_000, 2022, CHIPING))
    assert states() == [("settled", None)]

    (result,) = settle(told.env, [Arrival(told.channel.take_money(f"{order.order_no}01"))])

    assert result == "surplus"
    assert balances(told)["overpayment:wechat"] == -28_000
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
    with pytest.raises(NotFound):
        propose_resolution(staff(told, "甲"), row.number, "attach", "原因", 10_001)


def test_paid_in_time_and_told_after_the_period_ended_it_is_what_was_owed_on_the_day_of_payment(told, tax):
    """CP-05: 茌平 ends on 31 December; nobody had looked before, so there is no bill yet."""
    _, number = somebody(told)
    tax.pay(number, NAME, 28_000, 2022, CHIPING)
    tax.now = told.env.now + timedelta(days=60)
    later = replace(told, env=told.env.at(tax.now))

    fetch_day(later.env, DAY)

    assert states() == [("settled", None)]
    sound(later)


def test_the_same_tax_receipt_that_says_something_else_changes_nothing_and_is_marked(told, tax):
    _, number = somebody(told)
    one = tax.pay(number, NAME, 28_000, 2022, CHIPING)
    hear(told, tax, one)
    hear(told, tax, replace(one, amount_fen=99_900))
    assert states() == [("settled", None)]
    assert TaxPayment.objects.get().told_otherwise_at
    assert balances(told)["channel_clearing:tax"] == 28_000


def test_a_wrong_sum_told_first_is_put_right_by_the_days_file_and_the_day_adds_up(told, tax):
    _, number = somebody(told)
    one = tax.pay(number, NAME, 28_000, 2022, CHIPING)
    hear(told, tax, replace(one, amount_fen=28_100))
    assert states() == [("parked", "amount_differs")]
    assert balances(told)["suspense:tax"] == -28_100
    morning = next_day(told, tax)

    for _ in range(2):
        fetch_day(morning.env, DAY)

    assert states() == [("settled", None)]
    assert balances(morning) == {"channel_clearing:tax": 28_000, "contribution:2022:person": -28_000}
    matched = match(morning.env, "tax", DAY)
    assert (matched.breaks, matched.unexplained_fen) == (0, 0)
    sound(morning)


def test_what_was_settled_is_not_corrected_by_a_file_the_day_shows_the_difference(told, tax):
    _, number = somebody(told)
    one = tax.pay(number, NAME, 28_000, 2022, CHIPING)
    hear(told, tax, one)
    one.amount_fen = 30_000
    morning = next_day(told, tax)
    fetch_day(morning.env, DAY)

    assert states() == [("settled", None)]
    assert match(morning.env, "tax", DAY).breaks == 1
    sound(morning)


def test_what_nobody_signed_is_kept_as_rejected_and_books_nothing_until_it_is_signed(told, tax):
    _, number = somebody(told)
    body = tax.notice(tax.pay(number, NAME, 28_000, 2022, CHIPING))
    assert not hear_notice(told.env, {"X-Signature": "no"}, body)
    assert TaxMessage.objects.get().fault == "not_signed"
    hear_kept(told.env)
    assert not TaxPayment.objects.exists()

    assert hear_notice(told.env, SIGNED, body)
    assert states() == [("settled", None)]
    assert not hear_notice(told.env, {"X-Signature": "no"}, body)
    assert TaxMessage.objects.get().heard_at


def test_a_notice_whose_sum_is_not_its_own_is_kept_and_used_in_no_part(told, tax):
    _, number = somebody(told)
    body = tax.notice(tax.pay(number, NAME, 28_000, 2022, CHIPING)).replace(
        b'"280.00", "data"', b'"1.00", "data"'
    )
    assert hear_notice(told.env, SIGNED, body)
    assert TaxMessage.objects.get().fault == "totals_differ"
    assert not TaxPayment.objects.exists()


def test_a_crash_between_order_and_settling_is_finished_by_the_job_even_after_the_order_ran_out(
    told, tax, monkeypatch
):
    _, number = somebody(told)
    one = tax.pay(number, NAME, 28_000, 2022, CHIPING)
    with monkeypatch.context() as broken:
        broken.setattr(place, "finish", lambda *_: None)
        hear(told, tax, one)
    assert states() == [("placed", None)]
    later = told.later(hours=2)
    chase(later.env)
    assert Order.objects.get().state == "expired"

    hear_kept(later.env)

    assert states() == [("settled", None)]
    assert balances(later) == {"channel_clearing:tax": 28_000, "contribution:2022:person": -28_000}
    sound(later)


def test_no_name_and_no_number_lies_open_in_what_is_kept(told, tax):
    _, number = somebody(told)
    hear(told, tax, tax.pay(number, "无名", 28_000, 2022, CHIPING))
    fetch_day(next_day(told, tax).env, DAY)
    for row in [*TaxMessage.objects.values(), *TaxPayment.objects.values()]:
        kept = b"".join(
            bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row.values()
        )
        assert number.encode() not in kept
        assert "无名".encode() not in kept
