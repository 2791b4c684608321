"""What the tax side collected at its own portals is heard once and settled like any payment; the day adds up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from canbao.basics.refusals import AlreadyPaid, StatementRefused
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
from canbao.services.exchange.cure import approve_cure, propose_cure
from canbao.services.exchange.day import approve_close, propose_close
from canbao.services.exchange.match import list_breaks, match
from canbao.services.exchange.tax_side import place
from canbao.services.exchange.tax_side.hear import fetch_day, hear_kept, hear_notice, take_day
from canbao.services.exchange.tax_side.let_go import let_go
from canbao.services.money.chase import chase
from canbao.services.money.pay import start
from canbao.services.money.refund import approve
from canbao.services.money.repay import repay
from canbao.services.money.settle import Arrival, settle
from tests.support.outside.collecting import (
    BORN,
    DAY,
    NAME,
    balances,
    hear,
    next_day,
    somebody,
    sound,
    staff,
    states,
)
from tests.support.outside.fake_tax_side import SIGNED
from tests.support.world import BACK, CHIPING, id_number


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


def test_an_order_of_ours_that_is_still_open_is_closed_at_its_channel_so_that_nobody_pays_twice(told, tax):
    person, number = somebody(told)
    order = told.order(told.bill(person))
    start(told.env, order, BACK)
    hear(told, tax, tax.pay(number, NAME, 28_000, 2022, CHIPING))

    told.channel.is_down = True
    assert let_go(told.env) == 0
    told.channel.is_down = False
    assert let_go(told.env) == 0, "asked again in a minute"
    assert let_go(told.later(minutes=2).env) == 1

    order.refresh_from_db()
    assert order.state == "cancelled"
    assert told.channel.closed == {f"{order.order_no}01"}
    assert let_go(told.later(minutes=5).env) == 0
    with pytest.raises(AlreadyPaid):
        told.order(Bill.objects.get())
    sound(told)


def test_who_paid_here_before_the_order_was_let_go_has_it_back(told, tax):
    person, number = somebody(told)
    order = told.order(told.bill(person))
    start(told.env, order, BACK)
    hear(told, tax, tax.pay(number, NAME, 28_000, 2022, CHIPING))
    told.channel.take_money(f"{order.order_no}01")

    let_go(told.env)

    assert balances(told)["overpayment:wechat"] == -28_000
    sound(told)


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
    (found,) = list_breaks(morning.env, "tax", DAY)
    digest = propose_cure(staff(morning, "甲"), found.id, "suspense", "税务多收了 20 元")
    approve_cure(staff(morning, "乙"), found.id, digest)
    matched = match(morning.env, "tax", DAY)
    assert (matched.breaks, matched.unexplained_fen) == (0, 0)
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
