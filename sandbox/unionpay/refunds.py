"""Refunds: taken up when asked, done at once or a little later; the same pair of numbers again is the same refund."""

import sqlite3
from typing import Any

from sandbox.unionpay import orders
from sandbox.unionpay.orders import Asked
from sandbox.unionpay.twin import Problem, Twin, clock

SETTLES_AFTER_S = 30
# busy: no word about the refund · frozen: a definite no · processing: done half a minute later · fail: it comes back
OUTCOMES = ("busy", "frozen", "processing", "fail")


def ask(twin: Twin, asked: Asked) -> dict[str, Any]:
    """Give back, or tell of the very same refund again. Raises Problem."""
    order = orders.get(twin, str(asked.get("merOrderId", "")))
    number, amount = str(asked.get("refundOrderId", "")), asked.get("refundAmount")
    if not number.startswith(twin.keys.source) or type(amount) is not int or amount <= 0:
        raise Problem("INVALID_REQUEST", "refundOrderId 或 refundAmount 不对")
    known = _find(twin, number)
    if known is not None and (known["out_trade_no"], known["amount_fen"]) != (order["out_trade_no"], amount):
        raise Problem("DUP_ORDER", "退货单号重复")
    if known is None:
        _make(twin, order, number, amount)
    return _told(twin, _get(twin, number))


def query(twin: Twin, asked: Asked) -> dict[str, Any]:
    """What became of a refund, asked for by its own number. Raises Problem."""
    return _told(twin, _get(twin, str(asked.get("merOrderId", ""))))


def refunded_fen(twin: Twin, order: sqlite3.Row) -> int:
    """What of an order is already given back or on its way."""
    rows = twin.store.all(
        "SELECT amount_fen FROM unionpay_refund WHERE outcome = 'SUCCESS' AND out_trade_no = ?",
        order["out_trade_no"],
    )
    return sum(row["amount_fen"] for row in rows)


def _make(twin: Twin, order: sqlite3.Row, number: str, amount: int) -> None:
    planned = twin.plans.take("refund", order["out_trade_no"])
    if planned == "busy":
        raise Problem("INTERNAL_ERROR", "系统繁忙")
    if planned == "frozen" or order["paid_at"] is None:
        raise Problem("OPERATION_NOT_ALLOWED", "不允许退货")
    if refunded_fen(twin, order) + amount > order["amount_fen"]:
        raise Problem("AMOUNT_EXCEEDED", "退货金额超限")
    twin.store.add(
        "unionpay_refund",
        refund_order_id=number,
        out_trade_no=order["out_trade_no"],
        seq_id=orders.serial(),
        amount_fen=amount,
        outcome="FAIL" if planned == "fail" else "SUCCESS",
        made_at=twin.now(),
        settles_at=twin.now() + (SETTLES_AFTER_S / twin.speed if planned in ("processing", "fail") else 0),
    )
    twin.store.run(
        "UPDATE unionpay_order SET state = 'TRADE_REFUND' WHERE out_trade_no = ?", order["out_trade_no"]
    )


def _told(twin: Twin, refund: sqlite3.Row) -> dict[str, Any]:
    order = orders.get(twin, refund["out_trade_no"])
    return {
        "merOrderId": order["out_trade_no"],
        "payTime": clock(refund["made_at"]),
        "refundAmount": refund["amount_fen"],
        "refundOrderId": refund["refund_order_id"],
        "refundStatus": refund["outcome"] if refund["settles_at"] <= twin.now() else "PROCESSING",
        "seqId": refund["seq_id"],
        "status": order["state"],
        "totalAmount": order["amount_fen"],
    }


def _find(twin: Twin, number: str) -> sqlite3.Row | None:
    return twin.store.one("SELECT * FROM unionpay_refund WHERE refund_order_id = ?", number)


def _get(twin: Twin, number: str) -> sqlite3.Row:
    refund = _find(twin, number)
    if refund is None:
        raise Problem("NO_ORDER", "无法找到指定的订单")
    return refund
