"""A trade from its link to its end, over HTTP with the real SDK."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from canbao.channels.port import ChannelDown, ChannelRefused, Outcome


def test_a_link_leads_to_the_payer_and_says_nothing_personal(alipay, attempt):
    link = alipay.start(attempt())

    asked = parse_qs(urlsplit(link).query)
    page = httpx.get(link, trust_env=False)
    assert (page.status_code, "¥380.00" in page.text) == (200, True)
    assert asked["notify_url"] == [attempt().notify_url]
    assert asked["return_url"] == [attempt().return_url]
    assert "城乡居民基本医疗保险费" in asked["biz_content"][0].encode().decode("unicode_escape")


def test_a_link_that_somebody_changed_opens_nothing(alipay, attempt):
    link = alipay.start(attempt()).replace("380.00", "3.80")

    assert "isv.invalid-signature" in httpx.get(link, trust_env=False).text


def test_a_trade_nobody_opened_is_unpaid_and_counts_as_closed(alipay, number):
    assert alipay.query(number) == Outcome("unpaid")
    assert alipay.close(number) is True


def test_an_open_trade_can_be_closed_once_and_for_all(alipay, opened, sandbox):
    number = opened.out_trade_no
    assert alipay.query(number) == Outcome("unpaid")
    assert alipay.close(number) is True
    assert alipay.close(number) is True
    assert alipay.query(number) == Outcome("closed")
    with pytest.raises(httpx.HTTPStatusError):
        sandbox.tell("alipay/pay", out_trade_no=number)


def test_a_paid_trade_is_told_in_fen_with_alipays_number_and_the_minute(alipay, paid):
    outcome = alipay.query(paid.out_trade_no)

    assert outcome.state == "paid"
    assert (outcome.fact.amount_fen, outcome.fact.currency) == (38000, "CNY")
    assert outcome.fact.merchant == alipay.merchant
    assert outcome.fact.channel_txn_no.isdigit()
    assert outcome.fact.paid_at.utcoffset().total_seconds() == 8 * 3600
    assert alipay.close(paid.out_trade_no) is False


@pytest.mark.parametrize("fault", ["gateway", "busy", "forged_answer"])
def test_no_definite_answer_is_no_answer(alipay, opened, sandbox, fault):
    sandbox.tell("alipay/behaviour", fault=fault, out_trade_no=opened.out_trade_no)

    with pytest.raises(ChannelDown):
        alipay.query(opened.out_trade_no)
    assert alipay.query(opened.out_trade_no) == Outcome("unpaid")


def test_silence_is_no_answer(elsewhere, number):
    with pytest.raises(ChannelDown):
        elsewhere.query(number)


def test_a_definite_no_carries_alipays_own_word(alipay, opened):
    with pytest.raises(ChannelRefused) as told:
        alipay.refund(_refund(opened))
    assert told.value.code == "ACQ.TRADE_STATUS_ERROR"


def _refund(request):
    from canbao.channels.port import RefundRequest  # noqa: PLC0415 (one test alone)

    return RefundRequest("TF1", request.out_trade_no, 100, 38000, "http://127.0.0.1:9/", "退费")
