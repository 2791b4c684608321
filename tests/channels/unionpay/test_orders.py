"""An order from its link to its end, over HTTP."""

import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from canbao.channels.port import ChannelDown, ChannelRefused, Outcome, RefundRequest
from tests.channels.door import Reply


def content_of(link):
    return json.loads(parse_qs(urlsplit(link).query)["content"][0])


def test_a_link_leads_to_the_payer_and_says_nothing_personal(unionpay, unionpay_keys, attempt):
    request = attempt()
    link = unionpay.start(request)

    page = httpx.get(link, trust_env=False, follow_redirects=True)
    assert (page.status_code, "¥380.00" in page.text, unionpay.merchant in page.text) == (200, True, True)
    asked = content_of(link)
    assert asked["merOrderId"] == f"{unionpay_keys.source}{request.out_trade_no}"
    assert (asked["totalAmount"], asked["orderDesc"]) == (38000, "城乡居民基本医疗保险费")
    assert (asked["notifyUrl"], asked["returnUrl"]) == (request.notify_url, request.return_url)
    assert unionpay_keys.app_key not in link


@pytest.mark.parametrize(
    ("old", "new"), [("38000", "38001"), ("nonce=", "nonce=0"), ("timestamp=20", "timestamp=21")]
)
def test_a_link_that_somebody_changed_opens_nothing(unionpay, attempt, number, old, new):
    link = unionpay.start(attempt())
    assert old in link

    assert "BAD_SIGN" in httpx.get(link.replace(old, new), trust_env=False, follow_redirects=True).text
    assert unionpay.query(number) == Outcome("unpaid")


def test_an_order_nobody_opened_is_unpaid_and_counts_as_closed(unionpay, number):
    assert unionpay.query(number) == Outcome("unpaid")
    assert unionpay.close(number) is True


def test_an_open_order_can_be_closed_once_and_for_all(unionpay, opened, tell):
    number = opened.out_trade_no
    assert unionpay.query(number) == Outcome("unpaid")
    assert unionpay.close(number) is True
    assert unionpay.close(number) is True
    assert unionpay.query(number) == Outcome("closed")
    with pytest.raises(httpx.HTTPStatusError):
        tell("pay", number)


def test_a_paid_order_is_told_in_fen_with_their_serial_and_the_minute(unionpay, paid):
    outcome = unionpay.query(paid.out_trade_no)

    assert outcome.state == "paid"
    assert (outcome.fact.out_trade_no, outcome.fact.amount_fen) == (paid.out_trade_no, 38000)
    assert (outcome.fact.currency, outcome.fact.merchant) == ("CNY", unionpay.merchant)
    assert outcome.fact.channel_txn_no.endswith("N")
    assert outcome.fact.paid_at.utcoffset().total_seconds() == 8 * 3600
    assert unionpay.close(paid.out_trade_no) is False


@pytest.mark.parametrize("fault", ["gateway", "busy", "other_merchant"])
def test_no_definite_answer_is_no_answer(unionpay, opened, tell, fault):
    tell("behaviour", opened.out_trade_no, fault=fault)

    with pytest.raises(ChannelDown):
        unionpay.query(opened.out_trade_no)
    assert unionpay.query(opened.out_trade_no) == Outcome("unpaid")


def test_silence_is_no_answer(elsewhere, number):
    with pytest.raises(ChannelDown):
        elsewhere.query(number)


@pytest.mark.parametrize(
    "changed",
    [
        {"merOrderId": "3194SOMEBODYELSE"},
        {"status": "UNKNOWN"},
        {"status": None},
        {"totalAmount": 0},
        {"totalAmount": 380.0},
        {"totalAmount": True},
        {"totalAmount": None},
        {"seqId": ""},
        {"payTime": "昨天"},
        {"mid": "898000000000000"},
        {"errCode": None},
        {"errCode": "ORDER_PROCESSING"},
    ],
)
def test_an_answer_that_is_not_as_documented_is_no_answer(
    elsewhere, unionpay_keys, platform, number, changed
):
    told = {
        "errCode": "SUCCESS", "mid": unionpay_keys.mid, "merOrderId": f"{unionpay_keys.source}{number}",
        "status": "TRADE_SUCCESS", "totalAmount": 38000, "seqId": "1N", "payTime": "2022-11-05 08:30:00",
    }  # fmt: skip
    platform.answer = lambda _: Reply(body=json.dumps(told | changed).encode())
    with pytest.raises(ChannelDown):
        elsewhere.query(number)
    platform.answer = lambda _: Reply(body=json.dumps(told).encode())
    assert elsewhere.query(number).fact.amount_fen == 38000


def test_what_can_be_neither_closed_nor_is_paid_is_not_known(elsewhere, unionpay_keys, platform, number):
    told = {"errCode": "SUCCESS", "mid": unionpay_keys.mid, "merOrderId": f"{unionpay_keys.source}{number}"}
    platform.answer = lambda knock: Reply(
        body=json.dumps(
            {"errCode": "OPERATION_NOT_ALLOWED"}
            if knock.path.endswith("/close")
            else told | {"status": "WAIT_BUYER_PAY"}
        ).encode()
    )
    with pytest.raises(ChannelDown):
        elsewhere.close(number)


def test_a_definite_no_carries_their_own_word(unionpay, opened):
    with pytest.raises(ChannelRefused) as told:
        unionpay.refund(RefundRequest("TF1", opened.out_trade_no, 100, 38000, "http://127.0.0.1:9/", "退费"))
    assert told.value.code == "OPERATION_NOT_ALLOWED"


def test_a_call_of_long_ago_is_no_call(unionpay_keys, number):
    from datetime import UTC, datetime  # noqa: PLC0415 (one test alone)

    from canbao.channels.unionpay import Stamp, UnionPay  # noqa: PLC0415

    late = UnionPay(unionpay_keys, lambda: Stamp(datetime(2022, 11, 5, tzinfo=UTC), "0"))
    with pytest.raises(ChannelDown):
        late.query(number)
