"""Asking what became of an order: every state of WeChat's has one of ours, and money is read strictly."""

from datetime import UTC, datetime, timedelta

import pytest

from canbao.channels.port import ChannelDown, ChannelRefused, Outcome, PaymentFact


def test_an_order_that_nobody_knows_was_not_paid(channel):
    assert channel.query("NEVERSEEN") == Outcome("unpaid")


def test_an_order_that_waits_was_not_paid(channel, attempt, number):
    channel.start(attempt())

    assert channel.query(number) == Outcome("unpaid")


def test_a_paid_order_tells_the_money(channel, sandbox, keys, attempt, number):
    channel.start(attempt())
    sandbox.pay(number, notify="lost")

    outcome = channel.query(number)

    assert outcome.state == "paid"
    assert (outcome.fact.out_trade_no, outcome.fact.amount_fen, outcome.fact.currency) == (
        number,
        38000,
        "CNY",
    )
    assert (outcome.fact.channel, outcome.fact.merchant) == ("wechat", keys.mchid)
    assert outcome.fact.channel_txn_no.startswith("42000")
    assert abs(outcome.fact.paid_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert outcome.fact.notice_id is None


def test_an_order_that_failed_or_was_closed_says_so(channel, sandbox, attempt, number):
    channel.start(attempt())
    sandbox.pay(number, outcome="payerror")
    assert channel.query(number) == Outcome("failed")

    channel.close(number)
    assert channel.query(number) == Outcome("closed")


@pytest.mark.parametrize(
    ("trade_state", "state"),
    [
        ("NOTPAY", "unpaid"),
        ("USERPAYING", "unpaid"),
        ("ACCEPT", "unpaid"),
        ("CLOSED", "closed"),
        ("REVOKED", "closed"),
        ("PAYERROR", "failed"),
        ("REFUND", "refunded"),
        ("SUCCESS", "paid"),
    ],
)
def test_every_state_of_wechat_has_one_of_ours(told, platform, scribe, trade_state, state):
    platform.answer = lambda _: scribe.reply(scribe.transaction(trade_state=trade_state))

    outcome = told.query("ORDER001")

    assert (outcome.state, outcome.fact is not None) == (state, state == "paid")


def test_a_payment_is_read_from_an_answer_field_by_field(told, platform, scribe, keys):
    platform.answer = lambda _: scribe.reply(scribe.transaction())

    assert told.query("ORDER001").fact == PaymentFact(
        channel="wechat",
        out_trade_no="ORDER001",
        channel_txn_no="4200001234202411050123456789",
        amount_fen=38000,
        currency="CNY",
        merchant=keys.mchid,
        paid_at=datetime(2024, 11, 5, 1, 59, 58, tzinfo=UTC),
    )
    asked = platform.take()
    assert (asked.method, asked.path) == (
        "GET",
        f"/v3/pay/transactions/out-trade-no/ORDER001?mchid={keys.mchid}",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"out_trade_no": "ORDER002"},
        {"mchid": "1900000000"},
        {"mchid": None},
        {"appid": "wx0000"},
        {"trade_state": "PAID"},
        {"trade_state": None},
        {"amount": {"total": "38000", "currency": "CNY"}},
        {"amount": None},
        {"success_time": "2024-11-05T09:59:58"},
        {"transaction_id": None},
    ],
)
def test_a_signed_answer_that_does_not_fit_is_no_answer(told, platform, scribe, changes):
    platform.answer = lambda _: scribe.reply(scribe.transaction(**changes))

    with pytest.raises(ChannelDown):
        told.query("ORDER001")


@pytest.mark.parametrize("trade_state", ["NOTPAY", "CLOSED", "REFUND"])
@pytest.mark.parametrize("changes", [{"out_trade_no": "ORDER002"}, {"mchid": "1900000000"}])
def test_an_answer_about_somebody_else_is_none_whether_paid_or_not(
    told, platform, scribe, trade_state, changes
):
    platform.answer = lambda _: scribe.reply(scribe.transaction(trade_state=trade_state, **changes))

    with pytest.raises(ChannelDown):
        told.query("ORDER001")


def test_a_no_that_is_not_about_the_order_is_passed_on(told, platform, scribe):
    platform.answer = lambda _: scribe.reply({"code": "SIGN_ERROR", "message": "错误的签名"}, 401)

    with pytest.raises(ChannelRefused) as refused:
        told.query("ORDER001")

    assert refused.value.code == "SIGN_ERROR"
