"""Opening an order: a link for the payer, the same one for the same request, a word for a refusal."""

import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from canbao.channels.port import ChannelDown, ChannelRefused


def test_an_order_gives_a_link_that_leads_to_the_payer_and_back(channel, attempt):
    link = channel.start(attempt())

    query = parse_qs(urlsplit(link).query)
    page = httpx.get(link, trust_env=False)
    assert query["redirect_url"] == [attempt().return_url]
    assert {"prepay_id", "package"} < set(query)
    assert (page.status_code, "¥380.00" in page.text) == (200, True)


def test_the_same_request_finds_the_same_order(channel, attempt):
    assert channel.start(attempt()) == channel.start(attempt())
    assert channel.start(attempt()) == channel.start(attempt(payer_ip="203.0.113.8"))


def test_an_order_says_on_the_wire_what_it_must_and_nothing_else(told, platform, scribe, keys, attempt):
    platform.answer = lambda _: scribe.reply({"h5_url": "https://wx.tenpay.com/pay?prepay_id=wx1"})

    link = told.start(attempt())

    asked = platform.take()
    wire = json.loads(asked.body)
    expires = wire.pop("time_expire")
    assert (asked.method, asked.path) == ("POST", "/v3/pay/transactions/h5")
    assert wire == {
        "appid": keys.appid,
        "mchid": keys.mchid,
        "description": "城乡居民基本医疗保险费",
        "out_trade_no": attempt().out_trade_no,
        "notify_url": attempt().notify_url,
        "amount": {"total": 38000, "currency": "CNY"},
        "scene_info": {"payer_client_ip": "203.0.113.7", "h5_info": {"type": "Wap"}},
    }
    assert expires.endswith("+08:00")
    assert "." not in expires
    assert link.startswith(
        "https://wx.tenpay.com/pay?prepay_id=wx1&redirect_url=https%3A%2F%2Fcanbao.example%2F"
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_fen": 100}, "OUT_TRADE_NO_USED"),
        ({"amount_fen": 0}, "PARAM_ERROR"),
        ({"subject": "长" * 128}, "PARAM_ERROR"),
    ],
)
def test_a_definite_no_is_told_with_the_channels_own_word(channel, attempt, changes, code):
    channel.start(attempt())

    with pytest.raises(ChannelRefused) as refused:
        channel.start(attempt(**changes))

    assert refused.value.code == code


def test_a_paid_order_cannot_be_opened_again(channel, sandbox, attempt, number):
    channel.start(attempt())
    sandbox.pay(number)

    with pytest.raises(ChannelRefused, match="ORDERPAID"):
        channel.start(attempt())


def test_an_order_whose_answer_was_lost_is_found_by_the_same_request(channel, sandbox, attempt, number):
    sandbox.tell("behaviour", fault="forged_answer", out_trade_no=number)

    with pytest.raises(ChannelDown):
        channel.start(attempt())

    assert channel.query(number).state == "unpaid"
    assert "prepay_id" in channel.start(attempt())


@pytest.mark.parametrize("h5_url", [None, 5, "", "javascript:alert(1)", "weixin://wxpay?x=1"])
def test_an_answer_without_a_link_of_the_web_is_no_answer(told, platform, scribe, attempt, h5_url):
    platform.answer = lambda _: scribe.reply({"h5_url": h5_url})

    with pytest.raises(ChannelDown):
        told.start(attempt())


def test_a_code_is_for_whoever_scans_it_and_the_same_request_is_the_same_code(
    channel, attempt, sandbox, number
):
    code = channel.start_code(attempt())

    assert code.startswith("weixin://wxpay/bizpayurl?pr=")
    assert channel.start_code(attempt()) == code
    sandbox.pay(number)
    assert channel.query(number).fact.amount_fen == attempt().amount_fen


def test_a_link_and_a_code_cannot_share_a_number(channel, attempt):
    channel.start_code(attempt())

    with pytest.raises(ChannelRefused, match="OUT_TRADE_NO_USED"):
        channel.start(attempt())


@pytest.mark.parametrize("code_url", [None, 5, "", "javascript:alert(1)", "https://wx.tenpay.com/x"])
def test_an_answer_without_a_code_is_no_answer(told, platform, scribe, attempt, code_url):
    platform.answer = lambda _: scribe.reply({"code_url": code_url})

    with pytest.raises(ChannelDown):
        told.start_code(attempt())
