"""Who signed a callback, and when: nothing that was not signed exactly so is authentic."""

import base64
from datetime import UTC, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from sandbox.wechat.seal import SCHEME, probing, sign, spoilt
from tests.channels.scribe import NOW

SIGNED_HEADERS = [
    f"Wechatpay-{name}" for name in ("Timestamp", "Nonce", "Signature", "Serial", "Signature-Type")
]
NONSENSE = st.text(st.characters(codec="utf-8"), max_size=400)


def reason(judge, headers, body, at=NOW):
    judgement = judge(headers, body, at)
    assert judgement.fact is None
    assert judgement.authentic is False
    return judgement.reason


def test_a_true_notice_is_authentic(judge, scribe):
    judgement = judge(*scribe.paid(), NOW)

    assert (judgement.authentic, judgement.reason) == (True, "ok")
    assert judgement.fact.out_trade_no == "ORDER001"


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title])
def test_headers_are_found_however_they_are_spelled(judge, scribe, spell):
    headers, body = scribe.paid()

    assert judge({spell(name): value for name, value in headers.items()}, body, NOW).authentic


@pytest.mark.parametrize("spoil", [spoilt, probing])
def test_a_signature_that_nobody_made_is_refused(judge, scribe, spoil):
    headers, body = scribe.paid()

    assert reason(judge, spoil(headers), body) == "bad_signature"


def test_the_merchants_own_key_is_not_the_platforms(judge, scribe, keys):
    headers, body = scribe.paid()
    own = load_pem_private_key(keys.merchant_private_key.encode(), None)
    mine = sign(own, headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"], body)

    assert reason(judge, headers | {"Wechatpay-Signature": mine}, body) == "bad_signature"


@given(data=st.data())
def test_no_byte_of_the_body_can_be_changed(judge, scribe, data):
    headers, body = scribe.paid()
    place = data.draw(st.integers(0, len(body) - 1))
    changed = bytearray(body)
    changed[place] ^= data.draw(st.integers(1, 255))

    assert judge(headers, body, NOW).authentic
    assert reason(judge, headers, bytes(changed)) == "bad_signature"


@given(data=st.data(), name=st.sampled_from(SIGNED_HEADERS))
def test_no_character_of_a_signed_header_can_be_changed(judge, scribe, data, name):
    headers, body = scribe.paid()
    value = headers[name]
    place = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda found: found != value[place]))

    changed = headers | {name: value[:place] + other + value[place + 1 :]}

    assert reason(judge, changed, body) == (
        "unknown_serial" if name == "Wechatpay-Serial" else "bad_signature"
    )


@given(data=st.data(), name=st.sampled_from(SIGNED_HEADERS))
def test_nothing_can_be_added_to_or_taken_from_a_signed_header(judge, scribe, data, name):
    headers, body = scribe.paid()
    value = headers[name]
    changed = data.draw(
        st.integers(0, len(value) - 1).map(lambda end: value[:end])
        | st.tuples(st.integers(0, len(value)), st.text(min_size=1, max_size=3)).map(
            lambda added: value[: added[0]] + added[1] + value[added[0] :]
        )
    )

    assert reason(judge, headers | {name: changed}, body) in ("bad_signature", "unknown_serial")


@pytest.mark.parametrize("name", SIGNED_HEADERS)
def test_without_one_of_its_headers_it_is_refused(judge, scribe, name):
    headers, body = scribe.paid()
    del headers[name]

    assert reason(judge, headers, body) in ("bad_signature", "unknown_serial")


def test_one_signature_has_one_spelling(judge, scribe):
    """Base64 leaves four bits free at the end of 256 bytes: sixteen spellings of one signature."""
    headers, body = scribe.paid()
    signature = headers["Wechatpay-Signature"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = signature[:-3] + alphabet[alphabet.index(signature[-3]) ^ 1] + "=="

    assert base64.b64decode(other) == base64.b64decode(signature)
    assert reason(judge, headers | {"Wechatpay-Signature": other}, body) == "bad_signature"
    assert reason(judge, headers | {"Wechatpay-Signature": signature + "\n"}, body) == "bad_signature"


def test_a_nonce_cannot_swallow_the_next_line(judge, scribe, keys):
    """`a\\nb` signed as a nonce and `b` at the head of a body are the same signed text."""
    headers, body = scribe.paid()
    at = headers["Wechatpay-Timestamp"]
    headers["Wechatpay-Signature"] = sign(scribe.keys.platform_key, at, "nonce\n" + body.decode(), b"")

    assert reason(judge, headers | {"Wechatpay-Nonce": "nonce\n" + body.decode()}, b"") == "bad_signature"


@pytest.mark.parametrize(
    ("off", "is_fresh"),
    [(0, True), (300, True), (-300, True), (300.5, False), (301, False), (-301, False), (-86400, False)],
)
def test_a_notice_is_fresh_for_five_minutes_either_way(judge, scribe, off, is_fresh):
    received_at = NOW + timedelta(seconds=off)
    headers, body = scribe.paid()

    judgement = judge(headers, body, received_at)

    assert judgement.authentic is is_fresh
    assert judgement.reason == ("ok" if is_fresh else "stale")
    assert judge(headers, body, received_at.astimezone(UTC)) == judgement


def test_a_kept_notice_is_judged_by_when_it_came_not_by_when_one_looks(judge, scribe):
    old = NOW - timedelta(days=400)
    headers, body = scribe.letter(scribe.notice(scribe.transaction()), at=old)

    assert judge(headers, body, old).authentic
    assert reason(judge, headers, body, NOW) == "stale"


@pytest.mark.parametrize(
    "serial", ["", "PUB_KEY_ID_0", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "pub_key_id", "é"]
)
def test_another_key_is_not_asked_for(told, platform, scribe, serial):
    headers, body = scribe.paid()

    assert reason(told.judge, headers | {"Wechatpay-Serial": serial}, body) == "unknown_serial"
    assert platform.knocks == [], "one forged callback must not become one call of ours"


@given(headers=st.dictionaries(st.sampled_from(SIGNED_HEADERS) | NONSENSE, NONSENSE), body=st.binary())
def test_nonsense_is_refused_and_nothing_breaks(judge, headers, body):
    assert reason(judge, headers, body) in ("bad_signature", "unknown_serial")


@given(fields=st.fixed_dictionaries(dict.fromkeys(SIGNED_HEADERS[:3], NONSENSE)), body=st.binary())
def test_nonsense_under_the_right_names_is_refused_too(judge, keys, fields, body):
    named = {"Wechatpay-Serial": keys.platform_public_key_id, "Wechatpay-Signature-Type": SCHEME}

    assert reason(judge, fields | named, body) == "bad_signature"


@given(body=st.binary())
def test_a_signed_body_of_any_bytes_breaks_nothing(judge, scribe, body):
    assert reason(judge, *scribe.letter(body)) in ("bad_signature", "unreadable")


def test_what_is_acknowledged_ends_the_retries_and_what_is_not_keeps_them(told):
    assert told.acknowledge(True) == (200, "application/json", b'{"code":"SUCCESS"}')
    assert told.acknowledge(False)[0] == 401
