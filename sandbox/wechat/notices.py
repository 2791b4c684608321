"""Notices to the merchant: what stands in them, and how each attempt is signed."""

import json
import sqlite3
import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.journeys import DEFAULT_DELAY_S, journeys
from sandbox.wechat import orders, seal
from sandbox.wechat.twin import NAME, Twin, china_text

# The pauses between one attempt and the next, in seconds: 24 h 4 min in all.
RETRY_AFTER_S = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
STALE_BY_S = 3600


def announce_payment(
    twin: Twin, out_trade_no: str, manner: str, delay_s: float = DEFAULT_DELAY_S
) -> list[int]:
    """Post the notice of a payment in the manner asked; return the ids of its deliveries."""
    order = orders.get(twin, out_trade_no)
    resource = orders.describe(twin, order)
    if manner == "wrong_amount":
        other = order["amount_fen"] + 100
        resource["amount"] = resource["amount"] | {"total": other, "payer_total": other}
    body = notice_body(twin, "TRANSACTION.SUCCESS", "支付成功", "transaction", resource)
    return [_post(twin, order, body, **each) for each in journeys(manner, delay_s, twin.speed)]


def announce_refund(
    twin: Twin, order: sqlite3.Row, refund: sqlite3.Row, url: str, resource: Mapping[str, Any]
) -> int:
    """Post the notice of how a refund ends; it leaves when the refund settles."""
    outcome = refund["outcome"]
    summary = {"SUCCESS": "退款成功", "ABNORMAL": "退款异常", "CLOSED": "退款关闭"}[outcome]
    body = notice_body(twin, f"REFUND.{outcome}", summary, "refund", resource)
    settles_in_s = max(0.0, refund["settles_at"] - twin.now())
    return twin.courier.post(NAME, order["out_trade_no"], url, body, after_s=settles_in_s)


def notice_body(
    twin: Twin, event_type: str, summary: str, original_type: str, resource: Mapping[str, Any]
) -> bytes:
    """The JSON of a notice. Its id stays the same over all its attempts."""
    told = {
        "id": str(uuid.uuid4()),
        "create_time": china_text(twin.now()),
        "resource_type": "encrypt-resource",
        "event_type": event_type,
        "summary": summary,
        "resource": seal.sealed(twin.keys.apiv3_key, original_type, resource),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def dress(twin: Twin, delivery: sqlite3.Row) -> dict[str, str]:
    """The headers of one attempt: signed anew each time, or spoilt in the manner asked."""
    manner = delivery["manner"]
    written_at = int(twin.now()) - (STALE_BY_S if manner == "stale" else 0)
    headers = seal.platform_headers(twin.keys, delivery["body"], written_at)
    if manner == "forged":
        return seal.spoilt(headers)
    return seal.probing(headers) if manner == "signtest" else headers


def _post(twin: Twin, order: sqlite3.Row, body: bytes, **journey: Any) -> int:
    return twin.courier.post(NAME, order["out_trade_no"], order["notify_url"], body, **journey)
