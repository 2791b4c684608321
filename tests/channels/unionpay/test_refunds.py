"""Giving back: in parts, never twice and never too much, at once or later."""

from dataclasses import replace
from time import sleep

import pytest

from canbao.channels.port import ChannelDown, ChannelRefused, RefundRequest


@pytest.fixture
def back(paid):
    number = f"TF{paid.out_trade_no}"
    return RefundRequest(number, paid.out_trade_no, 12345, 38000, "http://127.0.0.1:9/", "退费")


def test_a_refund_is_paid_when_it_answers_so(unionpay, back):
    fact = unionpay.refund(back)

    assert (fact.refund_no, fact.amount_fen, fact.state, fact.said) == (
        back.refund_no,
        12345,
        "paid",
        "SUCCESS",
    )
    assert fact.paid_at == fact.accepted_at
    assert unionpay.query_refund(back.refund_no, back.out_trade_no) == fact


def test_the_same_request_again_is_the_same_refund(unionpay, back):
    first = unionpay.refund(back)

    assert unionpay.refund(back) == first
    with pytest.raises(ChannelRefused):
        unionpay.refund(replace(back, amount_fen=1))


def test_two_parts_are_two_refunds_and_more_than_was_paid_is_refused(unionpay, back):
    unionpay.refund(back)
    other = replace(back, refund_no=f"{back.refund_no}B", amount_fen=38000 - 12345)

    assert unionpay.refund(other).amount_fen == 38000 - 12345
    assert unionpay.query(back.out_trade_no).state == "refunded"
    with pytest.raises(ChannelRefused):
        unionpay.refund(replace(back, refund_no=f"{back.refund_no}C", amount_fen=1))


@pytest.mark.parametrize(("planned", "ends"), [("processing", "paid"), ("fail", "abnormal")])
def test_what_is_under_way_ends_one_way_or_the_other(unionpay, back, tell, planned, ends):
    tell("behaviour", back.out_trade_no, refund=planned)
    assert unionpay.refund(back).state == "accepted"
    for _ in range(100):  # half a minute at the sandbox's speed
        if (found := unionpay.query_refund(back.refund_no, back.out_trade_no)).state != "accepted":
            break
        sleep(0.05)
    assert found.state == ends


def test_a_busy_platform_says_nothing_about_the_refund(unionpay, back, tell):
    tell("behaviour", back.out_trade_no, refund="busy")

    with pytest.raises(ChannelDown):
        unionpay.refund(back)
    assert unionpay.query_refund(back.refund_no, back.out_trade_no) is None
    assert unionpay.refund(back).state == "paid"


def test_a_refund_nobody_asked_for_is_not_known(unionpay):
    assert unionpay.query_refund("TFNEVER", "NEVER") is None
