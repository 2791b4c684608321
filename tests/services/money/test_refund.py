"""退费: judged by the pack, reserved at once, verified by one person and approved by another."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from canbao.basics.refusals import (
    BadInput,
    ContentChanged,
    NotFound,
    RefundNotAllowed,
    RefundTooMuch,
    RefundUnclear,
    SecondPersonNeeded,
    StepNotDue,
)
from canbao.records.models import (
    Approval,
    Bill,
    ContributionRecord,
    Coverage,
    Enrolment,
    Entry,
    OrderLine,
    Refund,
)
from canbao.services.money.ledger import check_states, trial_balance
from canbao.services.money.pay import pay
from canbao.services.money.refund import Application, apply, approve, refuse, verify
from canbao.services.money.repay import pay_out, repay
from canbao.services.money.settle import Arrival, settle
from canbao.services.people.one_way import answer
from tests.support.people.asked import suspend_from
from tests.support.world import BACK, World, make_world

FUYANG, PAID_ON = "341225", datetime(2020, 10, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> World:
    """阜阳 on 5 October 2020; its notice has both boundaries of E4."""
    return make_world(PAID_ON)


def as_staff(world: World, name: str):
    return replace(world.env, actor=name)


def a_paid_order(world: World, area: str = FUYANG, year: int = 2021, birth: date = date(1955, 10, 1)) -> str:
    bill = world.bill(world.person(area, "senior", birth, "李小兰"), year)
    opening = world.opening(bill)
    pay(world.env, opening, BACK)
    settle(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))])
    return opening.order_no


def approved(world: World, application: Application, **at_verification) -> Refund:
    (refund,) = apply(as_staff(world, "甲"), [application])
    refund = verify(as_staff(world, "甲"), refund.refund_no, **at_verification)
    return approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash)


def balances(world: World) -> dict[str, int]:
    return {row.account: row.balance_fen for row in trial_balance(world.env) if row.balance_fen}


def test_a_duplicate_terminated_on_the_boundary_goes_back_whole_and_its_cover_ends(world):
    """FY-15: terminated by 2020-12-31."""
    order_no = a_paid_order(world)
    refund = approved(world, Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 31)))
    assert (refund.state, refund.amount_fen, refund.rules) == ("approved", 28_000, ["FY-15"])
    assert balances(world) == {"channel_clearing:wechat": 28_000, "refunds_payable:wechat": -28_000}
    assert (Coverage.objects.get().state, Coverage.objects.get().previous_state) == ("cancelled", "active")
    assert (Bill.objects.get().state, Bill.objects.get().current_slot) == ("refunded", None)
    assert ContributionRecord.objects.get().refunded_at == world.env.now
    assert check_states(world.env) == []


def test_the_year_of_a_refunded_bill_can_be_assessed_and_paid_anew(world):
    order_no = a_paid_order(world)
    person_id = Bill.objects.get().person_id
    approved(world, Application(order_no, 1, "duplicate", terminated_date=date(2020, 11, 1)))
    opening = world.opening(world.bill(person_id, 2021))
    pay(world.env, opening, BACK)
    assert settle(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))]) == ["settled"]
    assert Coverage.objects.get().state == "active"
    assert balances(world)["contribution:2021:person"] == -28_000


def test_a_duplicate_suspended_after_the_boundary_is_in_principle_not_refunded_but_staff_may_with_a_reason(
    world,
):
    """FY-15, 原则上: suspended on 2021-01-01."""
    order_no = a_paid_order(world)
    (refund,) = apply(
        as_staff(world, "甲"), [Application(order_no, 1, "duplicate", terminated_date=date(2021, 1, 1))]
    )
    assert (refund.verdict, refund.amount_fen) == ("staff_decide", None)
    with pytest.raises(BadInput):
        verify(as_staff(world, "甲"), refund.refund_no, amount_fen=28_000)
    refund = verify(as_staff(world, "甲"), refund.refund_no, 28_000, "参保人当时住院，无法办理")
    assert approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash).state == "approved"


def test_what_the_class_gained_later_covers_is_not_stated_so_the_agency_names_it(world):
    """FY-12: status dated 2020-12-31; what the classes' subsidies are, the notice does not say."""
    order_no = a_paid_order(world)
    person_id = Bill.objects.get().person_id
    world.marked(person_id, "extreme_hardship", date(2020, 12, 31))
    (refund,) = apply(
        as_staff(world, "甲"), [Application(order_no, 1, "status_gained", group="extreme_hardship")]
    )
    assert (refund.verdict, refund.amount_fen, refund.evidence["status_acquired"]) == (
        "refund",
        None,
        "2020-12-31",
    )
    with pytest.raises(BadInput):
        verify(as_staff(world, "甲"), refund.refund_no)


def test_who_is_assisted_later_stays_covered_and_the_fund_bears_what_goes_back(world):
    order_no = a_paid_order(world)
    world.marked(Bill.objects.get().person_id, "extreme_hardship", date(2020, 12, 31))
    approved(world, Application(order_no, 1, "status_gained", group="extreme_hardship"), amount_fen=28_000)
    assert Coverage.objects.get().state == "active"
    assert Bill.objects.get().state == "settled"
    assert balances(world) == {
        "channel_clearing:wechat": 28_000,
        "refunds_payable:wechat": -28_000,
        "contribution:2021:medical_assistance": -28_000,
        "subsidy_receivable:2021:medical_assistance": 28_000,
    }


def test_status_gained_after_the_boundary_is_for_the_staff_to_decide(world):
    order_no = a_paid_order(world)
    wish = Application(
        order_no, 1, "status_gained", "extreme_hardship", status_acquired_date=date(2021, 1, 1)
    )
    (refund,) = apply(as_staff(world, "甲"), [wish])
    assert (refund.verdict, refund.amount_fen) == ("staff_decide", None)


def test_the_day_of_termination_is_taken_from_the_enrolment_and_missed_where_there_is_none(world):
    order_no = a_paid_order(world)
    with pytest.raises(RefundUnclear):
        apply(world.env, [Application(order_no, 1, "duplicate")])
    suspend_from(world, Bill.objects.get().person_id, date(2020, 12, 1))
    (refund,) = apply(world.env, [Application(order_no, 1, "duplicate")])
    assert refund.evidence["terminated"] == "2020-12-01"


def test_a_reason_the_pack_does_not_know_cannot_be_judged_yet(world):
    order_no = a_paid_order(world)
    with pytest.raises(RefundUnclear):
        apply(world.env, [Application(order_no, 1, "moved_house", event_date=date(2020, 11, 1))])
    assert not Refund.objects.exists()
    assert OrderLine.objects.get().refunded_fen == 0


def test_where_the_notice_names_the_case_and_no_boundary_the_agency_verifies_with_a_reason(db):
    """长治: 重复缴费等符合退费情形的，核验确认后办理 (CZ-24)."""
    world = make_world(datetime(2024, 10, 8, 2, 0, tzinfo=UTC))
    bill = world.bill(world.person("140430", "adult", date(1988, 3, 15), "吴晓峰"), 2025)
    opening = world.opening(bill)
    answer(world.env, bill.id, "no", "self")
    pay(world.env, opening, BACK)
    settle(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))])
    refund = approved(
        world, Application(opening.order_no, 1, "duplicate"), amount_fen=40_000, discretion="核验：太原已缴"
    )
    assert (refund.verdict, refund.state) == ("not_stated", "approved")


@pytest.mark.parametrize(("order_no", "line_no"), [("nonsense", 1), ("20000100000000011", 1), (None, 2)])
def test_what_was_never_paid_cannot_be_refunded(world, order_no, line_no):
    paid = a_paid_order(world)
    with pytest.raises(NotFound):
        apply(
            world.env,
            [Application(order_no or paid, line_no, "duplicate", terminated_date=date(2020, 12, 1))],
        )


def test_parts_together_never_exceed_what_was_paid(world):
    order_no = a_paid_order(world)
    part = Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1), amount_fen=15_000)
    apply(world.env, [part])
    with pytest.raises(RefundTooMuch) as told:
        apply(world.env, [part])
    assert told.value.facts == {"left": "130.00", "asked": "150.00"}
    apply(world.env, [replace(part, amount_fen=13_000)])
    assert OrderLine.objects.get().refunded_fen == 28_000
    assert Refund.objects.count() == 2


def test_more_than_the_pack_allows_is_refused_whatever_is_left(world):
    order_no = a_paid_order(world)
    wish = Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1), amount_fen=28_001)
    with pytest.raises(RefundTooMuch):
        apply(world.env, [wish])


def test_the_last_part_ends_cover_and_not_the_first(world):
    order_no = a_paid_order(world)
    part = Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1), amount_fen=14_000)
    approved(world, part)
    assert Coverage.objects.get().state == "active"
    approved(world, part)
    assert Coverage.objects.get().state == "cancelled"
    assert balances(world) == {"channel_clearing:wechat": 28_000, "refunds_payable:wechat": -28_000}


def test_a_late_full_price_goes_back_by_payer_share_the_residents_own_first(db):
    world = make_world(datetime(2025, 3, 10, 2, 0, tzinfo=UTC))
    bill = world.bill(world.person("140430", "adult", date(1988, 3, 15), "吴晓峰"), 2025)
    opening = world.opening(bill)
    answer(world.env, bill.id, "no", "self")
    pay(world.env, opening, BACK)
    settle(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))])
    part = Application(opening.order_no, 1, "duplicate")
    approved(world, part, amount_fen=50_000, discretion="核验")
    assert balances(world)["contribution:2025:fiscal"] == -57_000
    assert "contribution:2025:person" not in balances(world)
    approved(world, part, amount_fen=57_000, discretion="核验")
    assert "contribution:2025:fiscal" not in balances(world)


def test_nobody_approves_what_they_applied_for_or_verified(world):
    order_no = a_paid_order(world)
    wish = Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1))
    (refund,) = apply(as_staff(world, "甲"), [wish])
    refund = verify(as_staff(world, "乙"), refund.refund_no)
    for name in ("甲", "乙"):
        with pytest.raises(SecondPersonNeeded):
            approve(as_staff(world, name), refund.refund_no, refund.content_hash)
    assert not Entry.objects.filter(reason="refund").exists()
    approve(as_staff(world, "丙"), refund.refund_no, refund.content_hash)
    assert (Approval.objects.get().proposed_by, Approval.objects.get().decided_by) == ("乙", "丙")


@pytest.mark.parametrize(
    "edit", [{"amount_fen": 27_999}, {"route": "bank"}, {"out_trade_no": "2" * 19}, {"payee_kind": "heirs"}]
)
def test_what_was_edited_after_verification_is_not_approved(world, edit):
    order_no = a_paid_order(world)
    (refund,) = apply(
        as_staff(world, "甲"), [Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1))]
    )
    refund = verify(as_staff(world, "甲"), refund.refund_no)
    Refund.objects.update(**edit)
    with pytest.raises(ContentChanged):
        approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash)
    assert Refund.objects.get().state == "verified"


def test_a_hash_of_something_else_approves_nothing(world):
    order_no = a_paid_order(world)
    (refund,) = apply(
        as_staff(world, "甲"), [Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1))]
    )
    verify(as_staff(world, "甲"), refund.refund_no)
    with pytest.raises(ContentChanged):
        approve(as_staff(world, "乙"), refund.refund_no, "0" * 64)


def test_what_is_refused_frees_its_amount_and_leaves_everything_else(world):
    order_no = a_paid_order(world)
    wish = Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1))
    (refund,) = apply(as_staff(world, "甲"), [wish])
    refund = verify(as_staff(world, "甲"), refund.refund_no)
    refuse(as_staff(world, "乙"), refund.refund_no, "没有重复缴费")
    assert OrderLine.objects.get().refunded_fen == 0
    assert Coverage.objects.get().state == "active"
    with pytest.raises(StepNotDue):
        approve(as_staff(world, "丙"), refund.refund_no, refund.content_hash)
    apply(as_staff(world, "甲"), [wish])


def test_an_approved_refund_cannot_be_refused_or_approved_again(world):
    order_no = a_paid_order(world)
    refund = approved(world, Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1)))
    with pytest.raises(StepNotDue):
        refuse(as_staff(world, "丙"), refund.refund_no, "后悔了")
    with pytest.raises(StepNotDue):
        approve(as_staff(world, "丙"), refund.refund_no, refund.content_hash)
    assert Entry.objects.filter(reason="refund").count() == 1


def test_one_line_of_a_family_goes_back_and_the_others_stay(world):
    bills = [
        world.bill(world.person(FUYANG, "senior", date(1950 + n, 1, 1), "李小兰"), 2021) for n in range(3)
    ]
    opening = replace(world.opening(bills[0]), more_bill_ids=(bills[1].id, bills[2].id))
    pay(world.env, opening, BACK)
    settle(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))])
    refund = approved(world, Application(opening.order_no, 2, "duplicate", terminated_date=date(2020, 12, 1)))
    assert refund.bucket == bills[1].bucket
    assert dict(Bill.objects.values_list("id", "state")) == {
        bills[0].id: "settled",
        bills[1].id: "refunded",
        bills[2].id: "settled",
    }
    assert Coverage.objects.filter(state="active").count() == 2


def test_who_died_before_the_benefit_period_is_refunded_to_the_heirs_and_the_enrolment_ends(db):
    """N-11-16, from the national pack: 柳州, applied for in November, cover would begin in January."""
    world = make_world(datetime(2022, 11, 10, 2, 0, tzinfo=UTC))
    opening = world.opening(world.bill(world.person("450202", "student", date(2010, 5, 1), "韦佳琪"), 2023))
    pay(world.env, opening, BACK)
    settle(world.env, [Arrival(world.channel.take_money(f"{opening.order_no}01"))])
    (refund,) = apply(as_staff(world, "甲"), [Application(opening.order_no, 1, "death")])
    assert (refund.payee_kind, refund.route, refund.amount_fen) == ("heirs", "bank", 35_000)
    with pytest.raises(BadInput):
        verify(as_staff(world, "甲"), refund.refund_no)
    refund = verify(as_staff(world, "甲"), refund.refund_no, payee="6222020000000000000 韦大山")
    approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash)
    assert b"6222" not in bytes(Refund.objects.get().payee_sealed)
    assert (Coverage.objects.get().state, Enrolment.objects.get().state) == ("cancelled", "terminated")
    assert repay(world.env) == 1
    assert not world.channel.refunds
    pay_out(as_staff(world, "丙"), refund.refund_no, "回单 9")
    assert balances(world) == {"channel_clearing:wechat": 35_000, "treasury_in_transit:wechat": -35_000}
    assert check_states(world.env) == []


def test_nothing_is_refused_without_saying_that_the_payment_stands():
    for refusal in (RefundNotAllowed, RefundUnclear, RefundTooMuch):
        assert "没有" in refusal.charged
