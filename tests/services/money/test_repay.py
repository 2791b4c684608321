"""付还: whatever the channel says, however often and in whatever order, the money leaves once."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import get_args

import pytest

from canbao.basics import accounts
from canbao.basics.refusals import BadInput, ChannelUnavailable, NotFound, SecondPersonNeeded, StepNotDue
from canbao.channels.offline import OfflineChannel
from canbao.channels.port import NO_REFUND, RefundRequest
from canbao.policy.format.vocabulary import ChannelName
from canbao.records.models import Attempt, Callback, Entry, Order, OrderLine, Refund
from canbao.records.money.refunds import new_refund_no
from canbao.services.exchange.receive import receive, settle_kept
from canbao.services.money.collect import collect
from canbao.services.money.ledger import check_states, trial_balance
from canbao.services.money.pay import start
from canbao.services.money.refund import Application, approve, refuse, verify
from canbao.services.money.repay import approve_route, pay_out, repay, reroute, settle_refunds
from canbao.services.money.settle import Arrival, settle
from tests.support.one_bucket import one_bucket
from tests.support.world import BACK, IN_SEASON, World, make_world

from tests.services.money.test_refund import FUYANG, PAID_ON, a_paid_order, approved, as_staff  # isort: skip

SENT = {}
RETURNED = {"channel_clearing:wechat": 28_000, "refunds_payable:second_route": -28_000}


@pytest.fixture
def world(db: None) -> World:
    return make_world(PAID_ON)


def owed(world: World, **wish) -> Refund:
    return approved(
        world, Application(a_paid_order(world), 1, "duplicate", terminated_date=date(2020, 12, 1), **wish)
    )


def balances(world: World) -> dict[str, int]:
    return {row.account: row.balance_fen for row in trial_balance(world.env) if row.balance_fen}


def state(world: World) -> str:
    return Refund.objects.get().state


def test_the_job_sends_it_asks_after_it_and_the_books_are_empty_again(world):
    refund = owed(world)
    assert repay(world.env) == 1
    assert state(world) == "accepted"
    assert balances(world) == SENT
    world.channel.end_refund(refund.refund_no)
    later = world.later(minutes=1)
    repay(later.env)
    found = Refund.objects.get()
    assert (found.state, found.paid_at, found.query_at) == ("paid", world.env.now, None)
    assert repay(world.later(days=1).env) == 0
    assert check_states(world.env) == []


def test_a_lost_answer_is_asked_for_with_the_same_number(world):
    owed(world)
    world.channel.forgets_answers = True
    repay(world.env)
    assert state(world) == "approved"
    world.channel.forgets_answers = False
    repay(world.later(minutes=2).env)
    assert state(world) == "accepted"
    assert (world.channel.refunds_asked, len(world.channel.refunds)) == (2, 1)
    assert Entry.objects.filter(key__startswith="refund_sent:").count() == 1


def test_a_channel_that_stays_silent_is_asked_a_limited_number_of_times(world):
    owed(world)
    world.channel.is_down = True
    Refund.objects.update(query_count=59)
    repay(world.env)
    assert Refund.objects.get().query_at is None
    assert state(world) == "approved"
    assert balances(world) == {"channel_clearing:wechat": 28_000, "refunds_payable:wechat": -28_000}


def test_a_refusal_of_the_channel_is_kept_beside_the_refund_and_books_nothing(world):
    refund = owed(world)
    Refund.objects.update(refund_no=refund.refund_no)
    world.channel.paid[refund.out_trade_no] = replace(world.channel.paid[refund.out_trade_no], amount_fen=1)
    repay(world.env)
    assert (state(world), Refund.objects.get().channel_said) == ("approved", "INVALID_REQUEST")


def test_its_notice_is_kept_and_settles_it(world):
    refund = owed(world)
    repay(world.env)
    headers, body = world.channel.refund_callback(world.channel.end_refund(refund.refund_no))
    for _ in range(3):
        assert receive(world.env, "wechat", refund.refund_no, headers, body).accepted
    assert state(world) == "paid"
    assert set(Callback.objects.values_list("state", "reason")) == {
        ("settled", "paid"),
        ("settled", "repeated"),
    }
    assert balances(world) == SENT


def test_a_notice_kept_before_a_crash_is_settled_by_the_job(world):
    refund = owed(world)
    repay(world.env)
    fact = world.channel.end_refund(refund.refund_no)
    headers, body = world.channel.refund_callback(fact)
    (id_,) = world.env.new_ids("callback", [refund.bucket])
    Callback.objects.create(
        id=id_, channel="wechat", out_trade_no=refund.refund_no, body=body, received_at=world.env.now, state="kept",
        headers={name.lower(): value for name, value in headers.items()},
    )  # fmt: skip
    assert settle_kept(world.env) == 1
    assert state(world) == "paid"


def test_a_notice_at_the_address_of_another_refund_is_rejected(world):
    first, second = owed(world), owed(world)
    repay(world.env)
    headers, body = world.channel.refund_callback(world.channel.end_refund(first.refund_no))
    assert not receive(world.env, "wechat", second.refund_no, headers, body).accepted


@pytest.mark.parametrize("number", ["TF123", "TF20000100000000018", "TFXXXXXXXXXXXXXXXXX"])
def test_an_address_that_is_no_refund_keeps_nothing(world, number):
    with pytest.raises(NotFound):
        receive(world.env, "wechat", number, {}, b"{}")
    assert not Callback.objects.exists()


@pytest.mark.parametrize("order", list(permutations(["accepted", "paid", "paid"])))
def test_the_order_of_what_is_told_does_not_matter(world, order):
    refund = owed(world)
    world.channel.forgets_answers = True
    repay(world.env)
    accepted = world.channel.refunds[refund.refund_no]
    told = {"accepted": accepted, "paid": world.channel.end_refund(refund.refund_no)}
    for word in order:
        settle_refunds(world.env, [told[word]])
    assert state(world) == "paid"
    assert balances(world) == SENT
    assert Entry.objects.exclude(refund_no=None).count() == 2


def test_what_is_told_of_another_amount_or_of_no_refund_books_nothing(world):
    refund = owed(world)
    world.channel.forgets_answers = True
    repay(world.env)
    fact = world.channel.end_refund(refund.refund_no)
    strange = replace(fact, refund_no=new_refund_no(2020, 1, 77))
    assert settle_refunds(world.env, [replace(fact, amount_fen=1), strange]) == [
        "amount_differs",
        "unknown_refund",
    ]
    assert state(world) == "approved"


@pytest.mark.parametrize("said", ["ABNORMAL", "CLOSED"])
def test_an_account_that_cannot_be_reached_makes_it_payable_on_a_second_route_by_two_people(world, said):
    refund = owed(world)
    repay(world.env)
    settle_refunds(world.env, [world.channel.end_refund(refund.refund_no, said)])
    assert (state(world), balances(world)) == ("abnormal", RETURNED)
    digest = reroute(as_staff(world, "甲"), refund.refund_no, "cash", "李小兰 本人")
    with pytest.raises(SecondPersonNeeded):
        approve_route(as_staff(world, "甲"), refund.refund_no, digest)
    approve_route(as_staff(world, "乙"), refund.refund_no, digest)
    pay_out(as_staff(world, "窗口一"), refund.refund_no, "收据0001")
    assert state(world) == "paid"
    assert balances(world) == {"channel_clearing:wechat": 28_000, "channel_clearing:cash": -28_000}
    with pytest.raises(StepNotDue):
        pay_out(as_staff(world, "窗口一"), refund.refund_no, "收据0002")
    assert check_states(world.env) == []


def test_a_bank_transfer_leaves_what_is_on_its_way_to_the_treasury(world):
    refund = owed(world)
    repay(world.env)
    settle_refunds(world.env, [world.channel.end_refund(refund.refund_no, "ABNORMAL")])
    digest = reroute(as_staff(world, "甲"), refund.refund_no, "bank", "6222020000000000000 李小兰")
    found = approve_route(as_staff(world, "乙"), refund.refund_no, digest)
    assert b"6222" not in bytes(found.payee_sealed)
    with pytest.raises(BadInput):
        pay_out(as_staff(world, "丙"), refund.refund_no, " ")
    pay_out(as_staff(world, "丙"), refund.refund_no, "回单 77")
    assert balances(world) == {"channel_clearing:wechat": 28_000, "treasury_in_transit:wechat": -28_000}


def test_only_what_could_not_be_delivered_is_rerouted(world):
    refund = owed(world)
    with pytest.raises(StepNotDue):
        reroute(as_staff(world, "甲"), refund.refund_no, "bank", "别人的账户")


def test_what_the_channel_refuses_for_good_goes_the_second_route_once_it_knows_nothing_of_it(world):
    """Its time limit, for instance; the job would ask for ever."""
    refund = owed(world)
    whole = world.channel.paid.pop(refund.out_trade_no)
    world.channel.paid[refund.out_trade_no] = replace(whole, amount_fen=1)
    repay(world.env)
    world.channel.is_down = True
    with pytest.raises(ChannelUnavailable):
        reroute(as_staff(world, "甲"), refund.refund_no, "cash", "李小兰 本人")
    world.channel.is_down = False
    digest = reroute(as_staff(world, "甲"), refund.refund_no, "cash", "李小兰 本人")
    approve_route(as_staff(world, "乙"), refund.refund_no, digest)
    assert repay(world.later(days=2).env) == 0
    pay_out(as_staff(world, "丙"), refund.refund_no, "收据")
    assert balances(world) == {"channel_clearing:wechat": 28_000, "channel_clearing:cash": -28_000}
    assert check_states(world.env) == []


def test_a_channel_that_gives_nothing_back_leaves_it_at_once_to_whoever_chooses_the_other_way(
    world, monkeypatch
):
    """A bank's batch (LZ-18), a card terminal: found by the simulation, where nobody was ever told to choose."""
    owed(world)
    monkeypatch.setattr(world.channel, "refund", OfflineChannel("示范协议").refund)
    repay(world.env)
    assert (state(world), Refund.objects.get().channel_said) == ("abnormal", NO_REFUND)
    assert check_states(world.env) == []


def test_what_the_channel_has_after_all_is_not_rerouted(world):
    refund = owed(world)
    world.channel.forgets_answers = True
    repay(world.env)
    Refund.objects.update(channel_said="SYSTEM_ODD")
    with pytest.raises(StepNotDue):
        reroute(as_staff(world, "甲"), refund.refund_no, "cash", "李小兰 本人")
    assert (state(world), balances(world)) == ("accepted", SENT)


def test_a_channel_that_pays_after_all_is_booked_as_having_paid(world):
    refund = owed(world)
    repay(world.env)
    settle_refunds(world.env, [world.channel.end_refund(refund.refund_no, "ABNORMAL")])
    settle_refunds(world.env, [world.channel.end_refund(refund.refund_no, "SUCCESS")])
    assert (state(world), balances(world)) == ("paid", SENT)


def test_a_channel_that_pays_after_the_second_route_did_leaves_a_sum_to_be_explained_once(world):
    refund = owed(world)
    repay(world.env)
    settle_refunds(world.env, [world.channel.end_refund(refund.refund_no, "ABNORMAL")])
    digest = reroute(as_staff(world, "甲"), refund.refund_no, "cash", "李小兰 本人")
    approve_route(as_staff(world, "乙"), refund.refund_no, digest)
    fact = world.channel.end_refund(refund.refund_no, "SUCCESS")
    assert settle_refunds(world.env, [fact]) == settle_refunds(world.env, [fact]) == ["paid_twice"]
    assert balances(world)["suspense:wechat"] == 28_000


def test_cash_goes_back_as_cash_at_the_window(world):
    opening = world.opening(world.bill(world.person(FUYANG, "senior", date(1955, 10, 1), "李小兰"), 2021))
    collect(world.env, [opening], "cash", "窗口一")
    refund = approved(world, Application(opening.order_no, 1, "duplicate", terminated_date=date(2020, 12, 1)))
    repay(world.env)
    assert (refund.route, state(world)) == ("cash", "approved")
    pay_out(as_staff(world, "窗口一"), refund.refund_no, "收据0001")
    assert (state(world), balances(world)) == ("paid", SENT)


def test_cash_is_the_channel_that_packs_call_cash():
    """Else what an agent took would be in no drawer, and could never go back."""
    assert accounts.CASH in get_args(ChannelName)


def test_a_refund_through_the_channel_is_not_handed_out_at_the_window(world):
    refund = owed(world)
    with pytest.raises(StepNotDue):
        pay_out(as_staff(world, "窗口一"), refund.refund_no, "收据0001")


def test_parts_go_back_under_numbers_of_their_own(world):
    order_no = a_paid_order(world)
    part = Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1), amount_fen=14_000)
    for _ in range(2):
        approved(world, part)
    repay(world.env)
    assert len(world.channel.refunds) == 2
    assert balances(world) == SENT


def paid_twice(world: World, area: str = "371503", year: int = 2022) -> Order:
    order = world.order(world.bill(world.person(area), year))
    start(world.env, order, BACK)
    Attempt.objects.update(state="failed")
    start(world.env, order, BACK)
    for no in ("01", "02"):
        settle(world.env, [Arrival(world.channel.take_money(order.order_no + no))])
    return order


def test_what_was_paid_twice_is_opened_with_its_booking_verified_by_rule_and_approved_by_a_person(db):
    world = make_world(IN_SEASON)
    order = paid_twice(world)
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_fen, refund.line_no) == ("surplus", 28_000, None)
    assert Attempt.objects.get(out_trade_no=refund.out_trade_no).refunded_fen == 28_000
    repay(world.env)
    refund.refresh_from_db()
    assert refund.state == "verified"
    approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash)
    later = world.later(minutes=5)
    repay(later.env)
    settle_refunds(later.env, [world.channel.end_refund(refund.refund_no)])
    assert balances(world) == {"channel_clearing:wechat": 28_000, "contribution:2022:person": -28_000}
    assert OrderLine.objects.get(order_no=order.order_no).state == "settled"
    assert check_states(world.env) == []


def test_where_nothing_is_refunded_online_a_surplus_waits_for_the_agency(world):
    """FY-14."""
    bill = world.bill(world.person(FUYANG, "senior", date(1955, 10, 1), "李小兰"), 2021)
    order = world.order(bill)
    start(world.env, order, BACK)
    Attempt.objects.update(state="failed")
    start(world.env, order, BACK)
    for no in ("01", "02"):
        settle(world.env, [Arrival(world.channel.take_money(order.order_no + no))])
    for minutes in (0, 5):
        repay(world.later(minutes=minutes).env)
    assert (state(world), Refund.objects.get().query_at) == ("applied", None)
    refund = verify(as_staff(world, "甲"), Refund.objects.get().refund_no)
    assert approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash).state == "approved"


def test_a_surplus_that_is_not_owed_after_all_is_free_again(world):
    bill = world.bill(world.person(FUYANG, "senior", date(1955, 10, 1), "李小兰"), 2021)
    order = world.order(bill)
    start(world.env, order, BACK)
    Attempt.objects.update(state="failed")
    start(world.env, order, BACK)
    for no in ("01", "02"):
        settle(world.env, [Arrival(world.channel.take_money(order.order_no + no))])
    refuse(as_staff(world, "甲"), Refund.objects.get().refund_no, "已由银行退回")
    assert set(Attempt.objects.values_list("refunded_fen", flat=True)) == {0}


def test_a_refund_of_one_person_stays_in_one_bucket(world):
    order_no = a_paid_order(world)
    with one_bucket() as seen:
        refund = approved(world, Application(order_no, 1, "duplicate", terminated_date=date(2020, 12, 1)))
        fact = world.channel.refund(_request(refund))
        settle_refunds(world.env, [fact])
        receive(world.env, "wechat", refund.refund_no, *world.channel.refund_callback(fact))
    assert seen == {refund.bucket}


def _request(refund: Refund):
    return RefundRequest(refund.refund_no, refund.out_trade_no, 28_000, 28_000, "https://x.example", "退费")


def test_a_refund_is_booked_on_the_day_its_channel_took_it_up_not_on_the_day_we_heard(world):
    """Its statement shows it on that day; the lost answer of late evening would else leave two days uneven."""
    owed(world)
    world.channel.forgets_answers = True
    repay(world.env)
    world.channel.forgets_answers = False
    taken_up = world.channel.now

    later = world.later(days=1).env
    repay(later)

    sent = Entry.objects.get(reason="refund_sent")
    assert (sent.occurred_at, sent.booked_at) == (taken_up, later.now)
    assert taken_up < later.now
