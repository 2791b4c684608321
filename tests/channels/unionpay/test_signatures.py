"""The three signatures against values worked out by hand from the public description, and every changed byte."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from canbao.channels.unionpay.sign import Stamp, authorization, is_theirs, link_query, signature

# openssl dgst -sha256, then `openssl dgst -sha256 -hmac KEY -binary | base64` over id, time, nonce and digest.
STAMP = Stamp(datetime(2022, 11, 5, 0, 30, tzinfo=UTC), "0123456789abcdef")
BODY = b'{"merOrderId":"31942438000000031901","totalAmount":38000}'
SIGNED = "rG9IxSWiDJ0X2OKcWVgAlaUGugUhQdBS5OC+WxA5PRw="
TOLD = {"a": "1", "blank": "", "mid": "898000000000001", "signType": "SHA256", "z": "1"}
DIGEST = "231b9bcb00db8ced1611b108ff14d1e19b62ddb5c9cfa77b3124a45a94faa405"


def test_a_call_is_signed_over_application_time_nonce_and_the_digest_of_its_body():
    assert STAMP.compact == "20221105083000"
    assert signature("app", "key", STAMP, BODY) == SIGNED
    assert authorization("app", "key", STAMP, BODY) == (
        f'OPEN-BODY-SIG AppId="app", Timestamp="20221105083000", Nonce="0123456789abcdef", Signature="{SIGNED}"'
    )


def test_a_link_carries_the_same_signature_with_its_content():
    told = parse_qs(link_query("app", "key", STAMP, BODY.decode()))
    assert told["signature"] == [SIGNED]
    assert told["content"] == [BODY.decode()]
    assert told["authorization"] == ["OPEN-FORM-PARAM"]


@pytest.mark.parametrize("spoil", [DIGEST.lower, DIGEST.upper])
def test_a_notice_is_signed_over_what_is_not_blank_in_either_case(spoil):
    assert is_theirs(TOLD | {"sign": spoil()}, "secret")


@pytest.mark.parametrize(
    "changed",
    [
        {"a": "2"},
        {"blank": "x"},
        {"b": "2"},
        {"sign": ""},
        {"sign": "é" * 64},
        {"signType": "MD5"},
        {"a": "1&mid=898000000000001", "mid": ""},  # reads alike, and was not said
    ],
)
def test_any_other_word_is_not_theirs(changed):
    assert not is_theirs(TOLD | {"sign": DIGEST} | changed, "secret")
    assert not is_theirs(TOLD | {"sign": DIGEST}, "other")
