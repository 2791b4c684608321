"""Notices: what is Alipay's, what is a payment, and what is neither."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest


def notice(sandbox, mailbox, paid, manner="normal"):
    sandbox.tell("alipay/notify", out_trade_no=paid.out_trade_no, notify=manner)
    return mailbox.take()


def judged(alipay, knock, body=None):
    return alipay.judge(knock.headers, knock.body if body is None else body, datetime.now(UTC))


def test_a_notice_is_the_payment_that_a_query_tells(alipay, paid, sandbox, mailbox):
    judgement = judged(alipay, notice(sandbox, mailbox, paid))

    asked = alipay.query(paid.out_trade_no).fact
    assert judgement.authentic
    assert judgement.fact.notice_id
    assert (judgement.fact.out_trade_no, judgement.fact.amount_fen, judgement.fact.paid_at) == (
        asked.out_trade_no,
        asked.amount_fen,
        asked.paid_at,
    )


def test_a_forged_notice_is_nobodys(alipay, paid, sandbox, mailbox):
    judgement = judged(alipay, notice(sandbox, mailbox, paid, "forged"))

    assert (judgement.authentic, judgement.reason, judgement.fact) == (False, "bad_signature", None)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told | {"total_amount": "0.01"},
        lambda told: {name: value for name, value in told.items() if name != "body"},
        lambda told: told | {"body": "x"},
        lambda told: told | {"sign_type": "RSA"},
        lambda told: told | {"sign": ""},
    ],
)
def test_every_parameter_is_signed_blanks_included(alipay, paid, sandbox, mailbox, change):
    knock = notice(sandbox, mailbox, paid)
    told = dict(parse_qsl(knock.body.decode(), keep_blank_values=True))
    assert told["body"] == ""

    assert not judged(alipay, knock, urlencode(change(told)).encode()).authentic


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b"a=1&a=2", b"a"])
def test_what_is_no_form_is_refused_without_a_word(alipay, paid, sandbox, mailbox, body):
    assert not judged(alipay, notice(sandbox, mailbox, paid), body).authentic


def test_the_courier_comes_again_until_it_hears_success(alipay, paid, sandbox, mailbox):
    notice(sandbox, mailbox, paid)
    again = mailbox.take()

    assert judged(alipay, again).fact.out_trade_no == paid.out_trade_no
    assert alipay.acknowledge(accepted=True) == (200, "text/plain", b"success")
    assert alipay.acknowledge(accepted=False)[0] == 401
