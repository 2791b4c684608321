"""Orders: placed by the merchant, paid by a payer, closed by either time or word."""

import hashlib
import json
import re
import secrets
import sqlite3
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sandbox.wechat.twin import CHINA, Problem, Twin, china_text

Params = dict[str, Any]

OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
DESCRIPTION_CHARS = 127
DEFAULT_LIFE_S = 7 * 86400
TRADE_TYPES = {"h5": "MWEB", "jsapi": "JSAPI", "native": "NATIVE"}
STATE_WORDS = {
    "NOTPAY": "订单未支付",
    "SUCCESS": "支付成功",
    "REFUND": "订单发生过退款，退款详情请查询退款单",
    "CLOSED": "订单已关闭",
    "PAYERROR": "支付失败",
}
PAID_STATES = ("SUCCESS", "REFUND")


def place(twin: Twin, kind: str, params: Params) -> sqlite3.Row:
    """Accept an order, or find it again if the very same one was placed and still waits."""
    check(twin, kind, params)
    known = find(twin, params["out_trade_no"])
    if known is not None:
        return _again(twin, known, kind, params)
    now = twin.now()
    twin.store.add(
        "wechat_order",
        out_trade_no=params["out_trade_no"],
        prepay_id="wx" + datetime.fromtimestamp(now, CHINA).strftime("%d%H%M%S") + secrets.token_hex(13),
        kind=kind,
        params=_fingerprint(kind, params),
        description=params["description"],
        attach=params.get("attach") or "",
        notify_url=params["notify_url"],
        amount_fen=params["amount"]["total"],
        openid=_inner(params, "payer", "openid") or "o" + secrets.token_urlsafe(20)[:27],
        state="NOTPAY",
        made_at=now,
        expires_at=_expiry(params, now),
    )
    return get(twin, params["out_trade_no"])


def _again(twin: Twin, known: sqlite3.Row, kind: str, params: Params) -> sqlite3.Row:
    state = state_of(twin, known)
    if state in PAID_STATES:
        raise Problem(400, "ORDERPAID", "该订单已支付")
    if known["params"] != _fingerprint(kind, params):
        raise Problem(403, "OUT_TRADE_NO_USED", "商户订单号重复")
    if state == "CLOSED":
        raise Problem(400, "ORDER_CLOSED", "该订单已关闭")
    return known


def find(twin: Twin, out_trade_no: str) -> sqlite3.Row | None:
    """The order of a merchant's number, or None."""
    return twin.store.one("SELECT * FROM wechat_order WHERE out_trade_no = ?", out_trade_no)


def get(twin: Twin, out_trade_no: str) -> sqlite3.Row:
    """The order of a merchant's number. Raises the platform's own 404."""
    order = find(twin, out_trade_no)
    if order is None:
        raise Problem(404, "ORDER_NOT_EXIST", "订单不存在")
    return order


def get_by_transaction(twin: Twin, transaction_id: str) -> sqlite3.Row:
    """The paid order of a WeChat number. Raises the platform's own 404."""
    order = twin.store.one("SELECT * FROM wechat_order WHERE transaction_id = ?", transaction_id)
    if order is None:
        raise Problem(404, "ORDER_NOT_EXIST", "订单不存在")
    return order


def find_by_prepay(twin: Twin, prepay_id: str) -> sqlite3.Row | None:
    """The order a payer's link belongs to, or None."""
    return twin.store.one("SELECT * FROM wechat_order WHERE prepay_id = ?", prepay_id)


def state_of(twin: Twin, order: sqlite3.Row) -> str:
    """The trade state now: an unpaid order whose time is over is closed without anybody's word."""
    if order["state"] == "NOTPAY" and order["expires_at"] <= twin.now():
        return "CLOSED"
    return str(order["state"])


def close(twin: Twin, out_trade_no: str) -> None:
    """Close an unpaid order. Raises ORDERPAID, ORDER_CLOSED, ORDER_NOT_EXIST."""
    order = get(twin, out_trade_no)
    state = state_of(twin, order)
    if state in PAID_STATES:
        raise Problem(400, "ORDERPAID", "该订单已支付，不能关闭")
    if state == "CLOSED":
        raise Problem(400, "ORDER_CLOSED", "该订单已关闭")
    twin.store.run("UPDATE wechat_order SET state = 'CLOSED' WHERE out_trade_no = ?", out_trade_no)


def charge(twin: Twin, out_trade_no: str, even_if_closed: bool = False) -> bool:
    """Take the payer's money, once. False: the order could no longer be paid.

    `even_if_closed` plays the payment that was on its way while the merchant closed the order.
    """
    order = get(twin, out_trade_no)
    state = state_of(twin, order)
    if state != "NOTPAY" and not (even_if_closed and state not in PAID_STATES):
        return False
    now = twin.now()
    day = datetime.fromtimestamp(now, CHINA).strftime("%Y%m%d")
    transaction_id = f"42000{secrets.randbelow(10**5):05}{day}{secrets.randbelow(10**10):010}"
    twin.store.run(
        "UPDATE wechat_order SET state = 'SUCCESS', transaction_id = ?, paid_at = ? WHERE out_trade_no = ?",
        transaction_id, now, out_trade_no,
    )  # fmt: skip
    return True


def fail(twin: Twin, out_trade_no: str) -> None:
    """Mark an unpaid order PAYERROR: no H5 order ends so in truth, a payment-code order does."""
    twin.store.run(
        "UPDATE wechat_order SET state = 'PAYERROR' WHERE out_trade_no = ? AND state = 'NOTPAY'", out_trade_no
    )


def describe(twin: Twin, order: sqlite3.Row) -> dict[str, Any]:
    """The transaction as a query answers it and a notice carries it."""
    state = state_of(twin, order)
    told = {
        "appid": twin.keys.appid,
        "mchid": twin.keys.mchid,
        "out_trade_no": order["out_trade_no"],
        "trade_state": state,
        "trade_state_desc": STATE_WORDS[state],
        "attach": order["attach"],
        "amount": {"total": order["amount_fen"], "currency": "CNY"},
    }
    if order["transaction_id"] is None:
        return told | {"promotion_detail": [], "payer": {}}
    paid = {"payer_total": order["amount_fen"], "payer_currency": "CNY"}
    return told | {
        "amount": told["amount"] | paid,
        "transaction_id": order["transaction_id"],
        "trade_type": TRADE_TYPES[order["kind"]],
        "bank_type": "OTHERS",
        "success_time": china_text(order["paid_at"]),
        "payer": {"openid": order["openid"]},
    }


def yuan(order: sqlite3.Row) -> str:
    """The amount of an order as people read it: `280.00`."""
    return f"{order['amount_fen'] // 100}.{order['amount_fen'] % 100:02d}"


def package_of(order: sqlite3.Row) -> str:
    """The second number in a payer's link: always the same for one order."""
    return str(int(hashlib.sha256(order["prepay_id"].encode()).hexdigest()[:8], 16))


def check(twin: Twin, kind: str, params: Params) -> None:
    """Refuse an order as the platform would. Raises Problem."""
    if params.get("mchid") != twin.keys.mchid:
        raise Problem(400, "MCH_NOT_EXISTS", "商户号不存在")
    if params.get("appid") != twin.keys.appid:
        raise Problem(400, "APPID_MCHID_NOT_MATCH", "AppID和mch_id不匹配")
    amount, scene = params.get("amount"), params.get("scene_info")
    rules = {
        "description": _is_text(params.get("description"), DESCRIPTION_CHARS),
        "out_trade_no": _is_text(params.get("out_trade_no"), 32)
        and OUT_TRADE_NO.fullmatch(params["out_trade_no"]) is not None,
        "notify_url": _is_notify_url(params.get("notify_url")),
        "attach": params.get("attach") is None or _is_text(params["attach"], 128),
        "amount/total": isinstance(amount, dict) and type(amount.get("total")) is int and amount["total"] > 0,
        "amount/currency": isinstance(amount, dict) and amount.get("currency", "CNY") == "CNY",
        "payer/openid": kind != "jsapi" or _is_text(_inner(params, "payer", "openid"), 128),
        "scene_info/payer_client_ip": kind != "h5"
        or _is_text(_inner(params, "scene_info", "payer_client_ip"), 45),
        "scene_info/h5_info/type": kind != "h5"
        or (isinstance(scene, dict) and _inner(scene, "h5_info", "type") in ("iOS", "Android", "Wap")),
        "time_expire": _is_time(params.get("time_expire")),
    }  # fmt: skip
    for field, holds in rules.items():
        if not holds:
            where = {"field": f"/body/{field}", "issue": "输入不合规则", "location": "body"}
            raise Problem(400, "PARAM_ERROR", f"输入源“/body/{field}”校验失败", where)
    if _expiry(params, twin.now()) <= twin.now():
        raise Problem(400, "INVALID_REQUEST", "time_expire 时间过短")


def _fingerprint(kind: str, params: Params) -> str:
    """What must agree when an order is placed again: everything but where the payer sits."""
    same = {name: value for name, value in params.items() if name != "scene_info"}
    return kind + json.dumps(same, sort_keys=True)


def _expiry(params: Params, now: float) -> float:
    given = params.get("time_expire")
    return datetime.fromisoformat(given).timestamp() if given else now + DEFAULT_LIFE_S


def _inner(params: Params, outer: str, name: str) -> Any:
    held = params.get(outer)
    return held.get(name) if isinstance(held, dict) else None


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest


def _is_notify_url(value: Any) -> bool:
    if not _is_text(value, 255):
        return False
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.query


def _is_time(value: Any) -> bool:
    if value is None:
        return True
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
