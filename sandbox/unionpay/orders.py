"""Orders: made when a payer opens the signed link, paid by the payer, closed by time or word."""

import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.unionpay.twin import CHINA, Problem, Twin, clock, instant_of

DEFAULT_LIFE_S = 86400
Asked = Mapping[str, Any]


def open_order(twin: Twin, asked: Asked) -> sqlite3.Row:
    """The order behind a link: made at the first look, found again at the next. Raises Problem."""
    number, amount = str(asked.get("merOrderId", "")), asked.get("totalAmount")
    if not number.startswith(twin.keys.source) or not 6 <= len(number) <= 32:
        raise Problem("INVALID_REQUEST", "merOrderId 不合规则")
    if type(amount) is not int or amount <= 0 or asked.get("instMid") != "H5DEFAULT":
        raise Problem("INVALID_REQUEST", "totalAmount 或 instMid 不对")
    known = find(twin, number)
    expires_at = (
        instant_of(str(asked["expireTime"])) if asked.get("expireTime") else twin.now() + DEFAULT_LIFE_S
    )
    if known is None and expires_at <= twin.now():
        raise Problem("OPERATION_NOT_ALLOWED", "订单已过期")
    if known is None:
        _make(twin, number, amount, asked, expires_at)
    elif known["amount_fen"] != amount:
        raise Problem("DUP_ORDER", "订单号重复")
    return get(twin, number)


def _make(twin: Twin, number: str, amount: int, asked: Asked, expires_at: float) -> None:
    twin.store.add(
        "unionpay_order",
        out_trade_no=number,
        seq_id=serial(),
        target_order_id=f"{datetime.fromtimestamp(twin.now(), CHINA):%Y%m%d}{secrets.randbelow(10**14):014}",
        subject=str(asked.get("orderDesc") or ""),
        amount_fen=amount,
        notify_url=str(asked.get("notifyUrl") or ""),
        return_url=str(asked.get("returnUrl") or ""),
        state="WAIT_BUYER_PAY",
        made_at=twin.now(),
        expires_at=expires_at,
    )


def serial() -> str:
    """平台流水号: eleven digits and an N."""
    return f"{secrets.randbelow(10**11):011}N"


def find(twin: Twin, number: str) -> sqlite3.Row | None:
    """The order of a merchant's number, or None."""
    return twin.store.one("SELECT * FROM unionpay_order WHERE out_trade_no = ?", number)


def get(twin: Twin, number: str) -> sqlite3.Row:
    """The order of a merchant's number. Raises the platform's own no."""
    order = find(twin, number)
    if order is None:
        raise Problem("NO_ORDER", "无法找到指定的订单")
    return order


def newest_first(twin: Twin) -> list[sqlite3.Row]:
    """Every order."""
    return twin.store.all("SELECT * FROM unionpay_order ORDER BY made_at DESC, out_trade_no")


def state_of(twin: Twin, order: sqlite3.Row) -> str:
    """The state now: an order whose time is over is closed without anybody's word."""
    if order["state"] == "WAIT_BUYER_PAY" and order["expires_at"] <= twin.now():
        return "TRADE_CLOSED"
    return str(order["state"])


def charge(twin: Twin, number: str, even_if_closed: bool = False) -> bool:
    """Take the payer's money, once. False: the order could no longer be paid."""
    order = get(twin, number)
    is_late = even_if_closed and state_of(twin, order) == "TRADE_CLOSED" and order["paid_at"] is None
    if state_of(twin, order) != "WAIT_BUYER_PAY" and not is_late:
        return False
    twin.store.run(
        "UPDATE unionpay_order SET state = 'TRADE_SUCCESS', paid_at = ? WHERE out_trade_no = ?",
        twin.now(),
        number,
    )
    return True


def close(twin: Twin, asked: Asked) -> dict[str, Any]:
    """Close an unpaid order. Raises Problem: paid, closed already, never opened."""
    order = get(twin, str(asked.get("merOrderId", "")))
    if state_of(twin, order) != "WAIT_BUYER_PAY":
        raise Problem("OPERATION_NOT_ALLOWED", "订单状态不允许关闭")
    twin.store.run(
        "UPDATE unionpay_order SET state = 'TRADE_CLOSED' WHERE out_trade_no = ?", order["out_trade_no"]
    )
    return query(twin, asked)


def query(twin: Twin, asked: Asked) -> dict[str, Any]:
    """The order as a query answers it."""
    order = get(twin, str(asked.get("merOrderId", "")))
    told = {
        "merOrderId": order["out_trade_no"],
        "seqId": order["seq_id"],
        "settleRefId": order["seq_id"],
        "status": state_of(twin, order),
        "targetOrderId": order["target_order_id"],
        "targetSys": "UAC",
        "totalAmount": order["amount_fen"],
        "createTime": clock(order["made_at"]),
    }
    return told | ({"payTime": clock(order["paid_at"])} if order["paid_at"] else {})
