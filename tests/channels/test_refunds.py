"""Refunds through the SDK against the sandbox, over HTTP: one number, one refund, however often it is asked."""

from dataclasses import replace
from time import monotonic, sleep

import pytest

from canbao.channels.port import ChannelDown, ChannelRefused, RefundRequest
from tests.channels.door import Reply


@pytest.fixture
def paid(channel, sandbox, attempt, number) -> RefundRequest:
    """An order of 380 yuan that was paid, and the wish to have all of it back."""
    channel.start(attempt())
    sandbox.pay(number)
    return RefundRequest(f"TF{number}", number, 38000, 38000, "http://127.0.0.1:9/notify", "退费")


def test_a_refund_is_taken_up_and_the_same_again_is_the_same(channel, paid):
    first, again = channel.refund(paid), channel.refund(paid)

    assert first == again
    assert (first.refund_no, first.amount_fen, first.state, first.said) == (
        paid.refund_no,
        38000,
        "accepted",
        "PROCESSING",
    )
    assert (
        channel.query_refund(paid.refund_no, paid.out_trade_no).channel_refund_no == first.channel_refund_no
    )


@pytest.mark.parametrize(
    ("outcome", "state"), [("SUCCESS", "paid"), ("ABNORMAL", "abnormal"), ("CLOSED", "abnormal")]
)
def test_how_it_ended_is_what_the_platform_says(channel, sandbox, paid, outcome, state):
    sandbox.tell("behaviour", refund=outcome, out_trade_no=paid.out_trade_no)
    channel.refund(paid)

    ended = _when_settled(channel, paid)

    assert (ended.state, ended.said, ended.paid_at is not None) == (state, outcome, outcome == "SUCCESS")


def _when_settled(channel, asked):
    give_up_at = monotonic() + 20
    while (fact := channel.query_refund(asked.refund_no, asked.out_trade_no)).state == "accepted":
        assert monotonic() < give_up_at
        sleep(0.1)
    return fact


def test_more_than_was_paid_is_refused_by_the_platform_too(channel, paid):
    channel.refund(replace(paid, amount_fen=30000))

    with pytest.raises(ChannelRefused) as told:
        channel.refund(replace(paid, refund_no=f"{paid.refund_no}B", amount_fen=8001))
    assert told.value.code == "INVALID_REQUEST"


def test_a_refund_that_was_never_asked_for_is_not_known(channel):
    assert channel.query_refund("TFNEVER", "ORDER") is None


def test_an_answer_about_another_refund_is_no_answer(told, platform, scribe):
    resource = {
        "out_refund_no": "OTHER", "refund_id": "5031", "status": "PROCESSING", "amount": {"refund": 1},
        "create_time": "2024-11-05T10:00:00+08:00",
    }  # fmt: skip
    platform.answer = lambda _: scribe.reply(resource)

    with pytest.raises(ChannelDown):
        told.query_refund("MINE", "ORDER")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_platform_in_trouble_leaves_the_outcome_open(told, platform, status):
    platform.answer = lambda _: Reply(
        status, {"Content-Type": "application/json"}, b'{"code":"SYSTEM_ERROR"}'
    )

    with pytest.raises(ChannelDown):
        told.refund(RefundRequest("TF1", "ORDER1", 1, 1, "http://127.0.0.1:9/", "退费"))
