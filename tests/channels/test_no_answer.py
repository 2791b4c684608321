"""No definite answer is never taken for one: lost, late, unsigned, forged, or nobody's word."""

import time
from dataclasses import replace

import pytest

from canbao.channels.port import ChannelDown
from canbao.channels.wechat import WeChatPay, read_keys
from sandbox.wechat.seal import spoilt
from tests.channels.door import Reply

CALLS = {
    "start": lambda channel, attempt: channel.start(attempt()),
    "query": lambda channel, _: channel.query("ORDER001"),
    "close": lambda channel, _: channel.close("ORDER001"),
}
GOOD = {"h5_url": "https://wx.tenpay.com/pay?x=1"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(params=CALLS)
def ask(request, attempt):
    """Any of the three calls."""
    return lambda channel: CALLS[request.param](channel, attempt)


def unsigned(_scribe):
    return Reply(200, JSON, b'{"h5_url": "https://wx.tenpay.com/pay?x=1"}')


def unsigned_204(_scribe):
    return Reply(204)


def forged(scribe):
    reply = scribe.reply(GOOD)
    return replace(reply, headers=spoilt(reply.headers))


def altered(scribe):
    return replace(scribe.reply(GOOD), body=b'{"h5_url": "https://wx.tenpay.com/pay?x=2"}')


def strange_key(scribe):
    reply = scribe.reply(GOOD)
    return replace(reply, headers=reply.headers | {"Wechatpay-Serial": "PUB_KEY_ID_0"})


def strange_certificate(scribe):
    reply = scribe.reply(GOOD)
    return replace(
        reply, headers=reply.headers | {"Wechatpay-Serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"}
    )


REPLIES = [
    unsigned,
    unsigned_204,
    forged,
    altered,
    strange_key,
    strange_certificate,
    lambda scribe: scribe.reply(b""),
    lambda scribe: scribe.reply(b"[]"),
    lambda scribe: scribe.reply(b"not json"),
    lambda scribe: scribe.reply({"code": "SYSTEM_ERROR", "message": "系统异常"}, 500),
    lambda scribe: scribe.reply({"code": "ORDER_NOT_EXIST", "message": "a 5xx says nothing"}, 503),
    lambda _: Reply(502, {"Content-Type": "text/html"}, b"<html>502 Bad Gateway</html>"),
    lambda scribe: scribe.reply({"code": "FREQUENCY_LIMITED", "message": "频率限制"}, 429),
    lambda scribe: scribe.reply({"code": "ORDER_NOT_EXIST", "message": "too early"}, 425),
    lambda _: Reply(404, {"Content-Type": "text/html"}, b"<html>404</html>"),
    lambda _: Reply(403, JSON, b'{"message": "blocked"}'),
    lambda _: Reply(400, JSON, b'{"code": 7}'),
    lambda _: Reply(400, JSON, b"[]"),
    lambda _: Reply(304),
]


@pytest.mark.parametrize("reply", REPLIES)
def test_an_answer_that_cannot_be_relied_on_is_none(ask, told, platform, scribe, reply):
    platform.answer = lambda _: reply(scribe)

    with pytest.raises(ChannelDown):
        ask(told)

    assert len(platform.knocks) == 1, "nothing is asked twice, and no certificate is fetched"


def test_an_answer_that_comes_too_late_is_none(ask, keys, platform, scribe):
    hasty = WeChatPay(replace(keys, base_url=platform.url), timeout_s=0.2)

    def dawdle(_):
        time.sleep(2)
        return scribe.reply(GOOD)

    platform.answer = dawdle
    began = time.monotonic()

    with pytest.raises(ChannelDown):
        ask(hasty)

    assert time.monotonic() - began < 1.5


def test_where_nobody_listens_there_is_no_answer(ask, keys):
    with pytest.raises(ChannelDown):
        ask(WeChatPay(keys))


@pytest.mark.parametrize("fault", ["down", "gateway", "forged_answer"])
def test_the_sandboxs_own_faults_are_no_answer(channel, sandbox, attempt, number, fault):
    channel.start(attempt())
    sandbox.tell("behaviour", fault=fault, out_trade_no=number)

    with pytest.raises(ChannelDown):
        channel.query(number)
    assert channel.query(number).state == "unpaid"


@pytest.mark.parametrize(("fault", "is_there"), [("silence", False), ("silence_after", True)])
def test_silence_leaves_it_open_whether_the_order_exists(channel, sandbox, attempt, number, fault, is_there):
    hasty = WeChatPay(read_keys(sandbox.merchant_file), timeout_s=1)
    sandbox.tell("behaviour", fault=fault, out_trade_no=number)

    with pytest.raises(ChannelDown):
        hasty.start(attempt())

    assert (number in sandbox.orders()) is is_there
    assert channel.query(number).state == "unpaid"
