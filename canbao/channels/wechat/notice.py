"""Judging a callback: who signed it, when, and what it says.

Everything is judged against the instant it was received, so that a job may judge kept bytes hours
later. Nothing here speaks to the network: a forged callback costs one signature check.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from wechatpayv3.utils import aes_decrypt, load_public_key, rsa_verify

from canbao.channels.port import Judgement, PaymentFact, RefundFact
from canbao.channels.strict import Unreadable, read_text
from canbao.channels.wechat.facts import (
    OtherMerchant,
    check_merchant,
    read_fact,
    read_refund,
)
from canbao.channels.wechat.keys import WeChatKeys

SCHEME = "WECHATPAY2-SHA256-RSA2048"
FRESH_WITHIN = timedelta(minutes=5)
PAYMENT_EVENT = "TRANSACTION.SUCCESS"
REFUND_EVENTS = {f"REFUND.{status}": status for status in ("SUCCESS", "ABNORMAL", "CLOSED")}

_TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}")
# No space and no newline: a nonce must not be able to swallow lines of the signed text.
_NONCE = re.compile(r"[!-~]{1,64}")


class Rejected(Exception):
    """Not to be believed, with the machine word of the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Judge:
    """Holds the platform's public key; judges one callback after another."""

    def __init__(self, keys: WeChatKeys) -> None:
        self._keys = keys
        self._public_key = load_public_key(keys.platform_public_key)

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        """Never raises. Reasons: ok, not_a_payment (both authentic); bad_signature, unknown_serial,
        stale, unreadable, other_merchant (not authentic).
        """
        try:
            self._check_signature(headers, body, received_at)
            fact = self._read(body, received_at)
        except Rejected as rejected:
            return Judgement(False, rejected.reason)
        except OtherMerchant:
            return Judgement(False, "other_merchant")
        except Exception:  # noqa: BLE001 (whatever a hostile or broken body provokes: not believed, never a crash)
            return Judgement(False, "unreadable")
        if isinstance(fact, RefundFact):
            return Judgement(True, "ok", refund=fact)
        return Judgement(True, "ok" if fact is not None else "not_a_payment", fact)

    def _check_signature(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> None:
        told = {name.lower(): value for name, value in headers.items()}
        timestamp, nonce, signature, serial, scheme = (
            told.get(f"wechatpay-{name}", "")
            for name in ("timestamp", "nonce", "signature", "serial", "signature-type")
        )
        if scheme != SCHEME or not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
            raise Rejected("bad_signature")
        if serial != self._keys.platform_public_key_id:
            raise Rejected("unknown_serial")
        if not _is_canonical_base64(signature) or not self._is_signed(timestamp, nonce, body, signature):
            raise Rejected("bad_signature")
        if abs(received_at.timestamp() - int(timestamp)) > FRESH_WITHIN.total_seconds():
            raise Rejected("stale")

    def _is_signed(self, timestamp: str, nonce: str, body: bytes, signature: str) -> bool:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return bool(rsa_verify(timestamp, nonce, text, signature, self._public_key))

    def _read(self, body: bytes, received_at: datetime) -> PaymentFact | RefundFact | None:
        notice = json.loads(body)
        resource = self._open(notice["resource"])
        if notice["resource_type"] != "encrypt-resource":
            raise Unreadable("resource_type")
        if notice["event_type"] in REFUND_EVENTS:
            return self._read_refund(resource, REFUND_EVENTS[notice["event_type"]], received_at)
        if notice["event_type"] != PAYMENT_EVENT:
            check_merchant(resource, self._keys)
            return None
        if resource.get("trade_state") != "SUCCESS":
            raise Unreadable("trade_state")
        return read_fact(resource, self._keys, notice_id=read_text(notice, "id"))

    def _read_refund(self, resource: Mapping[str, Any], status: str, received_at: datetime) -> RefundFact:
        check_merchant(resource, self._keys)
        if resource.get("refund_status") != status:
            raise Unreadable("refund_status")
        return read_refund(resource, "refund_status", received_at)

    def _open(self, sealed: Mapping[str, Any]) -> Mapping[str, Any]:
        """Decrypt a resource. Raises Unreadable, and whatever the SDK raises on odd input."""
        if sealed["algorithm"] != "AEAD_AES_256_GCM":
            raise Unreadable("algorithm")
        plain = aes_decrypt(
            nonce=sealed["nonce"],
            ciphertext=sealed["ciphertext"],
            associated_data=sealed.get("associated_data") or "",
            apiv3_key=self._keys.apiv3_key,
        )
        if plain is None:
            raise Unreadable("ciphertext")
        resource = json.loads(plain)
        if not isinstance(resource, dict):
            raise Unreadable("resource")
        return resource


def _is_canonical_base64(signature: str) -> bool:
    """The SDK skips characters that are not base64, so many texts would pass as one signature.

    The probe signatures WECHATPAY/SIGNTEST/… need no case of their own: nobody made them.
    """
    try:
        return base64.b64encode(base64.b64decode(signature, validate=True)).decode() == signature
    except (binascii.Error, ValueError):
        return False
