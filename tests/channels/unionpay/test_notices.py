"""Notices: what is theirs, what is a payment, and what is neither."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest


def notice(tell, mailbox, paid, manner="normal"):
    tell("notify", paid.out_trade_no, notify=manner)
    return mailbox.take()


def judged(unionpay, knock, body=None):
    return unionpay.judge(knock.headers, knock.body if body is None else body, datetime.now(UTC))


def test_a_notice_is_the_payment_that_a_query_tells(unionpay, paid, tell, mailbox):
    judgement = judged(unionpay, notice(tell, mailbox, paid))

    asked = unionpay.query(paid.out_trade_no).fact
    assert judgement.authentic
    assert judgement.fact.notice_id
    assert (judgement.fact.out_trade_no, judgement.fact.amount_fen, judgement.fact.paid_at) == (
        asked.out_trade_no,
        asked.amount_fen,
        asked.paid_at,
    )
    assert judgement.fact.channel_txn_no == asked.channel_txn_no


def test_a_forged_notice_is_nobodys(unionpay, paid, tell, mailbox):
    judgement = judged(unionpay, notice(tell, mailbox, paid, "forged"))

    assert (judgement.authentic, judgement.reason, judgement.fact) == (False, "bad_signature", None)


def test_no_byte_of_what_is_said_can_be_changed(unionpay, paid, tell, mailbox):
    knock = notice(tell, mailbox, paid)
    told = dict(parse_qsl(knock.body.decode(), keep_blank_values=True))
    assert judged(unionpay, knock, urlencode(told).encode()).authentic
    for name, value in told.items():
        changed = urlencode(told | {name: f"{value}0"}).encode()
        assert not judged(unionpay, knock, changed).authentic, name


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b"a=1&a=2", b"a", b"sign=1&signType=SHA256"])
def test_what_is_no_notice_is_refused_without_a_word(unionpay, paid, tell, mailbox, body):
    assert not judged(unionpay, notice(tell, mailbox, paid), body).authentic


def test_a_notice_to_another_merchant_or_of_another_state_pays_nothing(
    unionpay, unionpay_keys, paid, tell, mailbox
):
    import hashlib  # noqa: PLC0415 (one test alone)

    told = dict(parse_qsl(notice(tell, mailbox, paid).body.decode()))

    def signed(**changed):
        said = {name: value for name, value in (told | changed).items() if name != "sign"}
        text = "&".join(f"{name}={said[name]}" for name in sorted(said)) + unionpay_keys.notice_key
        body = urlencode(said | {"sign": hashlib.sha256(text.encode()).hexdigest()}).encode()
        return unionpay.judge({}, body, datetime.now(UTC))

    assert signed().fact.amount_fen == 38000
    assert (signed(mid="898000000000000").authentic, signed(tid="00000000").reason) == (
        False,
        "other_merchant",
    )
    assert (signed(status="TRADE_REFUND").authentic, signed(status="TRADE_REFUND").fact) == (True, None)
    assert signed(merOrderId="ZZZZ" + told["merOrderId"][4:]).reason == "unreadable"
    assert (signed(totalAmount="380.00").reason, signed(totalAmount="-1").fact) == ("unreadable", None)


def test_the_courier_comes_again_until_it_hears_success(unionpay, paid, tell, mailbox):
    notice(tell, mailbox, paid)
    again = mailbox.take()

    assert judged(unionpay, again).fact.out_trade_no == paid.out_trade_no
    assert unionpay.acknowledge(accepted=True) == (200, "text/plain", b"SUCCESS")
    assert unionpay.acknowledge(accepted=False)[0] == 401
