"""Trades: made when a payer opens the signed link, paid by the payer, closed by time, word or full refund."""

import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.alipay.twin import CHINA, Twin, clock, failed, fen, yuan

DEFAULT_LIFE_S = 15 * 86400
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
Params = Mapping[str, Any]


def open_trade(twin: Twin, asked: Params, notify_url: str, return_url: str) -> sqlite3.Row:
    """The trade behind a link: made at the first look, found again at the next. Raises Problem."""
    number, amount_fen = str(asked.get("out_trade_no", "")), fen(asked.get("total_amount"))
    if (
        not (0 < len(number) <= 64)
        or not asked.get("subject")
        or asked.get("product_code") != "QUICK_WAP_WAY"
    ):
        raise failed("ACQ.INVALID_PARAMETER", "参数无效")
    expires_at = _expiry(twin, asked)
    known = find(twin, number)
    if known is None and expires_at <= twin.now():
        raise failed("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
    if known is None:
        _make(twin, number, str(asked["subject"]), amount_fen, notify_url, return_url, expires_at)
    elif known["amount_fen"] != amount_fen:
        raise failed("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
    return get(twin, number)


def _make(
    twin: Twin,
    number: str,
    subject: str,
    amount_fen: int,
    notify_url: str,
    return_url: str,
    expires_at: float,
) -> None:
    day = datetime.fromtimestamp(twin.now(), CHINA).strftime("%Y%m%d")
    twin.store.add(
        "alipay_trade",
        out_trade_no=number,
        trade_no=f"{day}22001{secrets.randbelow(10**15):015}",
        subject=subject,
        amount_fen=amount_fen,
        notify_url=notify_url,
        return_url=return_url,
        buyer_id=f"2088{secrets.randbelow(10**12):012}",
        state="WAIT_BUYER_PAY",
        made_at=twin.now(),
        expires_at=expires_at,
    )


def _expiry(twin: Twin, asked: Params) -> float:
    told = asked.get("time_expire")
    if not told:
        return twin.now() + DEFAULT_LIFE_S
    try:
        return datetime.strptime(str(told), "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).timestamp()
    except ValueError:
        raise failed("ACQ.INVALID_PARAMETER", "time_expire 格式不对") from None


def find(twin: Twin, out_trade_no: str) -> sqlite3.Row | None:
    """The trade of a merchant's number, or None."""
    return twin.store.one("SELECT * FROM alipay_trade WHERE out_trade_no = ?", out_trade_no)


def get(twin: Twin, out_trade_no: str) -> sqlite3.Row:
    """The trade of a merchant's number. Raises the gateway's own no."""
    trade = find(twin, out_trade_no)
    if trade is None:
        raise failed("ACQ.TRADE_NOT_EXIST", "交易不存在")
    return trade


def state_of(twin: Twin, trade: sqlite3.Row) -> str:
    """The state now: a trade whose time is over is closed without anybody's word."""
    if trade["state"] == "WAIT_BUYER_PAY" and trade["expires_at"] <= twin.now():
        return "TRADE_CLOSED"
    return str(trade["state"])


def charge(twin: Twin, out_trade_no: str, even_if_closed: bool = False) -> bool:
    """Take the payer's money, once. False: the trade could no longer be paid."""
    trade = get(twin, out_trade_no)
    state = state_of(twin, trade)
    is_late = even_if_closed and state == "TRADE_CLOSED" and trade["paid_at"] is None
    if state != "WAIT_BUYER_PAY" and not is_late:
        return False
    twin.store.run(
        "UPDATE alipay_trade SET state = 'TRADE_SUCCESS', paid_at = ? WHERE out_trade_no = ?",
        twin.now(), out_trade_no,
    )  # fmt: skip
    return True


def close(twin: Twin, asked: Params) -> dict[str, str]:
    """Close an unpaid trade. Raises Problem: paid, closed already, never opened."""
    trade = get(twin, str(asked.get("out_trade_no", "")))
    if state_of(twin, trade) != "WAIT_BUYER_PAY":
        raise failed("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    twin.store.run(
        "UPDATE alipay_trade SET state = 'TRADE_CLOSED', closed_at = ? WHERE out_trade_no = ?",
        twin.now(), trade["out_trade_no"],
    )  # fmt: skip
    return {"trade_no": trade["trade_no"], "out_trade_no": trade["out_trade_no"]}


def query(twin: Twin, asked: Params) -> dict[str, str]:
    """The trade as a query answers it."""
    trade = get(twin, str(asked.get("out_trade_no", "")))
    told = {
        "buyer_logon_id": "138******00",
        "buyer_user_id": trade["buyer_id"],
        "out_trade_no": trade["out_trade_no"],
        "total_amount": yuan(trade["amount_fen"]),
        "trade_no": trade["trade_no"],
        "trade_status": state_of(twin, trade),
    }
    return told | ({"send_pay_date": clock(trade["paid_at"])} if trade["paid_at"] else {})


def refund(twin: Twin, asked: Params) -> dict[str, Any]:
    """Give back at once; the same request again changes nothing (`fund_change` N)."""
    trade = get(twin, str(asked.get("out_trade_no", "")))
    number, amount_fen = (
        str(asked.get("out_request_no") or trade["out_trade_no"]),
        fen(asked.get("refund_amount")),
    )
    known = find_refund(twin, number)
    if known is not None and (known["out_trade_no"], known["amount_fen"]) != (
        trade["out_trade_no"],
        amount_fen,
    ):
        raise failed("ACQ.DISCORDANT_REPEAT_REQUEST", "请求信息不一致")
    if known is None:
        _refuse_refund(twin, trade, amount_fen)
        twin.store.add(
            "alipay_refund",
            out_request_no=number,
            out_trade_no=trade["out_trade_no"],
            amount_fen=amount_fen,
            made_at=twin.now(),
        )
        if refunded_fen(twin, trade) == trade["amount_fen"]:
            twin.store.run(
                "UPDATE alipay_trade SET state = 'TRADE_CLOSED', closed_at = ? WHERE out_trade_no = ?",
                twin.now(), trade["out_trade_no"],
            )  # fmt: skip
    return {
        "buyer_logon_id": "138******00",
        "fund_change": "N" if known is not None else "Y",
        "out_trade_no": trade["out_trade_no"],
        "refund_fee": yuan(refunded_fen(twin, trade)),
        "trade_no": trade["trade_no"],
    }


def _refuse_refund(twin: Twin, trade: sqlite3.Row, amount_fen: int) -> None:
    planned = twin.plans.take("refund", trade["out_trade_no"])
    if planned == "busy":
        raise failed("ACQ.SYSTEM_ERROR", "系统错误")
    if planned == "frozen":
        raise failed("ACQ.REASON_TRADE_REFUND_FEE_ERR", "收款账户不能退款")
    if trade["state"] == "TRADE_FINISHED":
        raise failed("ACQ.TRADE_HAS_FINISHED", "交易已完结")
    if trade["paid_at"] is None:
        raise failed("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    if refunded_fen(twin, trade) + amount_fen > trade["amount_fen"]:
        raise failed("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")


def query_refund(twin: Twin, asked: Params) -> dict[str, str]:
    """What became of one refund; without `refund_status` where there is none."""
    trade = get(twin, str(asked.get("out_trade_no", "")))
    found = find_refund(twin, str(asked.get("out_request_no", "")))
    told = {"out_trade_no": trade["out_trade_no"], "trade_no": trade["trade_no"]}
    if found is None or found["out_trade_no"] != trade["out_trade_no"]:
        return told
    told |= {
        "out_request_no": found["out_request_no"],
        "refund_amount": yuan(found["amount_fen"]),
        "refund_status": "REFUND_SUCCESS",
        "total_amount": yuan(trade["amount_fen"]),
    }
    wants_time = "gmt_refund_pay" in (asked.get("query_options") or ())
    return told | ({"gmt_refund_pay": clock(found["made_at"])} if wants_time else {})


def find_refund(twin: Twin, out_request_no: str) -> sqlite3.Row | None:
    """The refund of a merchant's number, or None."""
    return twin.store.one("SELECT * FROM alipay_refund WHERE out_request_no = ?", out_request_no)


def refunded_fen(twin: Twin, trade: sqlite3.Row) -> int:
    """How much of a trade has been given back."""
    rows = twin.store.all(
        "SELECT amount_fen FROM alipay_refund WHERE out_trade_no = ?", trade["out_trade_no"]
    )
    return sum(row["amount_fen"] for row in rows)


def newest_first(twin: Twin) -> list[sqlite3.Row]:
    """Every trade."""
    return twin.store.all("SELECT * FROM alipay_trade ORDER BY made_at DESC, out_trade_no")
