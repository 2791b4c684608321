"""Refunds: accepted at once, settled a little later, never more than was paid."""

import json
import re
import secrets
import sqlite3
from datetime import datetime
from typing import Any

from sandbox.wechat import notices, orders
from sandbox.wechat.twin import CHINA, Problem, Twin, china_text

OUT_REFUND_NO = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
SETTLES_AFTER_S = 30
OUTCOMES = ("SUCCESS", "ABNORMAL", "CLOSED")


def ask(twin: Twin, params: dict[str, Any]) -> dict[str, Any]:
    """Accept a refund, or answer again for the very same one. Raises Problem."""
    order = _order_of(twin, params)
    amount_fen = _check(order, params)
    known = _find(twin, params["out_refund_no"])
    if known is not None:
        if known["params"] != json.dumps(params, sort_keys=True):
            raise Problem(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试")
        return describe(twin, known)
    if refunded_fen(twin, order) + amount_fen > order["amount_fen"]:
        raise Problem(400, "INVALID_REQUEST", "申请退款金额超过订单可退金额")
    refund = _keep(twin, order, params, amount_fen)
    if params.get("notify_url"):
        _announce(twin, order, refund, params["notify_url"])
    return describe(twin, refund)


def get(twin: Twin, out_refund_no: str) -> dict[str, Any]:
    """What became of a refund. Raises the platform's own 404."""
    return describe(twin, _get(twin, out_refund_no))


def refunded_fen(twin: Twin, order: sqlite3.Row) -> int:
    """What of an order is already given back or on its way."""
    row = twin.store.one(
        "SELECT coalesce(sum(amount_fen), 0) AS fen FROM wechat_refund"
        " WHERE out_trade_no = ? AND outcome <> 'CLOSED'",
        order["out_trade_no"],
    )
    return int(row["fen"]) if row is not None else 0


def describe(twin: Twin, refund: sqlite3.Row) -> dict[str, Any]:
    """A refund as asking and querying answer it."""
    order = orders.get(twin, refund["out_trade_no"])
    settled = refund["settles_at"] <= twin.now()
    told = {
        "refund_id": refund["refund_id"],
        "out_refund_no": refund["out_refund_no"],
        "transaction_id": order["transaction_id"],
        "out_trade_no": order["out_trade_no"],
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": china_text(refund["made_at"]),
        "status": refund["outcome"] if settled else "PROCESSING",
        "funds_account": "AVAILABLE",
        "amount": _amount(order, refund)
        | {
            "currency": "CNY",
            "settlement_refund": refund["amount_fen"],
            "settlement_total": order["amount_fen"],
            "discount_refund": 0,
            "from": [],
        },
        "promotion_detail": [],
    }
    if settled and refund["outcome"] == "SUCCESS":
        told["success_time"] = china_text(refund["settles_at"])
    return told


def _order_of(twin: Twin, params: dict[str, Any]) -> sqlite3.Row:
    try:
        if params.get("transaction_id"):
            return orders.get_by_transaction(twin, str(params["transaction_id"]))
        return orders.get(twin, str(params.get("out_trade_no", "")))
    except Problem:
        raise Problem(404, "RESOURCE_NOT_EXISTS", "订单不存在") from None


def _check(order: sqlite3.Row, params: dict[str, Any]) -> int:
    amount, number = params.get("amount"), params.get("out_refund_no")
    if not isinstance(number, str) or OUT_REFUND_NO.fullmatch(number) is None:
        raise Problem(400, "PARAM_ERROR", "输入源“/body/out_refund_no”校验失败")
    if not isinstance(amount, dict) or amount.get("currency") != "CNY":
        raise Problem(400, "PARAM_ERROR", "输入源“/body/amount/currency”校验失败")
    refund_fen, total_fen = amount.get("refund"), amount.get("total")
    if type(refund_fen) is not int or type(total_fen) is not int or refund_fen <= 0:
        raise Problem(400, "PARAM_ERROR", "输入源“/body/amount/refund”校验失败")
    if order["state"] not in orders.PAID_STATES:
        raise Problem(400, "INVALID_REQUEST", "订单未支付，不能退款")
    if total_fen != order["amount_fen"]:
        raise Problem(400, "INVALID_REQUEST", "订单总金额与原订单不一致")
    return refund_fen


def _keep(twin: Twin, order: sqlite3.Row, params: dict[str, Any], amount_fen: int) -> sqlite3.Row:
    now = twin.now()
    day = datetime.fromtimestamp(now, CHINA).strftime("%Y%m%d")
    twin.store.add(
        "wechat_refund",
        out_refund_no=params["out_refund_no"],
        refund_id=f"503{secrets.randbelow(10**7):07}{day}{secrets.randbelow(10**11):011}",
        out_trade_no=order["out_trade_no"],
        params=json.dumps(params, sort_keys=True),
        amount_fen=amount_fen,
        outcome=twin.plans.take("refund", order["out_trade_no"]) or "SUCCESS",
        made_at=now,
        settles_at=now + SETTLES_AFTER_S / twin.speed,
    )
    twin.store.run("UPDATE wechat_order SET state = 'REFUND' WHERE out_trade_no = ?", order["out_trade_no"])
    return _get(twin, params["out_refund_no"])


def _announce(twin: Twin, order: sqlite3.Row, refund: sqlite3.Row, url: str) -> None:
    resource = {
        "mchid": twin.keys.mchid,
        "transaction_id": order["transaction_id"],
        "out_trade_no": order["out_trade_no"],
        "refund_id": refund["refund_id"],
        "out_refund_no": refund["out_refund_no"],
        "refund_status": refund["outcome"],
        "user_received_account": "支付用户零钱",
        "amount": _amount(order, refund),
    }
    if refund["outcome"] == "SUCCESS":
        resource["success_time"] = china_text(refund["settles_at"])
    notices.announce_refund(twin, order, refund, url, resource)


def _amount(order: sqlite3.Row, refund: sqlite3.Row) -> dict[str, Any]:
    return {
        "total": order["amount_fen"],
        "refund": refund["amount_fen"],
        "payer_total": order["amount_fen"],
        "payer_refund": refund["amount_fen"],
    }


def _find(twin: Twin, out_refund_no: str) -> sqlite3.Row | None:
    return twin.store.one("SELECT * FROM wechat_refund WHERE out_refund_no = ?", out_refund_no)


def _get(twin: Twin, out_refund_no: str) -> sqlite3.Row:
    refund = _find(twin, out_refund_no)
    if refund is None:
        raise Problem(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return refund
