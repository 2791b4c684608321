"""A code of Alipay for a whole village, over HTTP with the real SDK."""

import httpx
import pytest

from canbao.channels.port import ChannelDown, ChannelRefused, CodeChannel, Outcome


def test_a_code_opens_the_payers_page_and_the_trade_comes_to_be_when_it_is_scanned(alipay, attempt, number):
    assert isinstance(alipay, CodeChannel)
    code = alipay.start_code(attempt())
    assert alipay.query(number) == Outcome("unpaid")
    page = httpx.get(code, trust_env=False)
    assert (page.status_code, "¥380.00" in page.text) == (200, True)


def test_what_was_paid_by_a_code_is_known_and_the_code_is_not_given_again(alipay, attempt, sandbox, number):
    httpx.get(alipay.start_code(attempt()), trust_env=False)
    sandbox.tell("alipay/pay", out_trade_no=number, notify="lost")
    told = alipay.query(number)
    assert (told.state, told.fact.amount_fen, told.fact.out_trade_no) == ("paid", 38_000, number)
    with pytest.raises(ChannelRefused, match="TRADE_HAS_SUCCESS"):
        alipay.start_code(attempt())


def test_the_same_request_is_the_same_code_and_another_amount_is_refused(alipay, attempt):
    assert alipay.start_code(attempt()) == alipay.start_code(attempt())
    with pytest.raises(ChannelRefused, match="CONTEXT_INCONSISTENT"):
        alipay.start_code(attempt(amount_fen=100))


def test_an_answer_nobody_signed_holds_no_code(alipay, attempt, sandbox, number):
    sandbox.tell("alipay/behaviour", fault="forged_answer", out_trade_no=number)
    with pytest.raises(ChannelDown):
        alipay.start_code(attempt())
