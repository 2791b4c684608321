"""Closing an order: it is closed, or it is paid, or nobody can say."""

import json

import pytest

from canbao.channels.port import ChannelDown, Outcome


def test_an_unpaid_order_is_closed(channel, attempt, number):
    channel.start(attempt())

    assert channel.close(number) is True
    assert channel.query(number) == Outcome("closed")


def test_a_paid_order_stays_paid(channel, sandbox, attempt, number):
    channel.start(attempt())
    sandbox.pay(number, notify="lost")

    assert channel.close(number) is False
    assert channel.query(number).state == "paid"


def test_what_is_closed_or_never_was_counts_as_closed(channel, attempt, number):
    channel.start(attempt())
    channel.close(number)

    assert channel.close(number) is True
    assert channel.close("NEVERSEEN") is True


def test_a_payment_that_outran_the_closing_is_found_by_asking(channel, sandbox, attempt, number):
    channel.start(attempt())
    channel.close(number)
    sandbox.pay(number, even_if_closed=True, notify="lost")

    assert channel.query(number).state == "paid"
    assert channel.close(number) is False


def test_closing_asks_for_the_one_order(told, platform, scribe, keys):
    platform.answer = lambda _: scribe.reply(b"", 204)

    assert told.close("ORDER001") is True
    asked = platform.take()
    assert (asked.method, asked.path) == ("POST", "/v3/pay/transactions/out-trade-no/ORDER001/close")
    assert json.loads(asked.body) == {"mchid": keys.mchid}


@pytest.mark.parametrize("code", ["ORDERPAID", "ORDER_PAID"])
def test_paid_is_understood_in_both_spellings(told, platform, scribe, code):
    platform.answer = lambda _: scribe.reply({"code": code, "message": ""}, 400)

    assert told.close("ORDER001") is False


@pytest.mark.parametrize(("status", "code"), [(401, "SIGN_ERROR"), (403, "NO_AUTH"), (400, "PARAM_ERROR")])
def test_any_other_no_leaves_it_open_whether_it_was_closed(told, platform, scribe, status, code):
    platform.answer = lambda _: scribe.reply({"code": code, "message": ""}, status)

    with pytest.raises(ChannelDown, match=code):
        told.close("ORDER001")
