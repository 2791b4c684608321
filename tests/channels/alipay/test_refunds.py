"""Giving back: at once, in parts, never twice and never too much."""

from dataclasses import replace

import pytest

from canbao.channels.port import ChannelDown, ChannelRefused, RefundRequest


@pytest.fixture
def back(paid):
    number = f"TF{paid.out_trade_no}"
    return RefundRequest(number, paid.out_trade_no, 12345, 38000, "http://127.0.0.1:9/", "退费")


def test_a_refund_is_paid_when_it_answers(alipay, back):
    fact = alipay.refund(back)

    assert (fact.refund_no, fact.amount_fen, fact.state) == (back.refund_no, 12345, "paid")
    assert fact.paid_at == fact.accepted_at
    assert alipay.query_refund(back.refund_no, back.out_trade_no) == fact


def test_the_same_request_again_is_the_same_refund(alipay, back):
    first = alipay.refund(back)

    assert alipay.refund(back) == first
    with pytest.raises(ChannelRefused):
        alipay.refund(replace(back, amount_fen=1))


def test_two_parts_are_two_refunds_and_more_than_was_paid_is_refused(alipay, back):
    alipay.refund(back)
    other = replace(back, refund_no=f"{back.refund_no}B", amount_fen=38000 - 12345)

    assert alipay.refund(other).amount_fen == 38000 - 12345
    assert alipay.query(back.out_trade_no).state == "refunded"
    with pytest.raises(ChannelRefused):
        alipay.refund(replace(back, refund_no=f"{back.refund_no}C", amount_fen=1))


def test_a_busy_gateway_says_nothing_about_the_refund(alipay, back, sandbox):
    sandbox.tell("alipay/behaviour", refund="busy", out_trade_no=back.out_trade_no)

    with pytest.raises(ChannelDown):
        alipay.refund(back)
    assert alipay.query_refund(back.refund_no, back.out_trade_no) is None
    assert alipay.refund(back).state == "paid"


def test_a_refund_of_a_trade_nobody_knows_is_not_known(alipay):
    assert alipay.query_refund("TFNEVER", "NEVER") is None
