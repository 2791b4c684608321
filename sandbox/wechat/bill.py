"""The trade bill of a day: a CSV with a backquote before every value, amounts in yuan.

Paid orders count on the day they were paid, refunds on the day they were accepted.
"""

import gzip
import hashlib
import secrets
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.wechat.orders import TRADE_TYPES
from sandbox.wechat.twin import CHINA, Problem, Twin

COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,"
    "交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
    "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
).split(",")
TOTALS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
).split(",")
BOM = "\ufeff"
LINK_LIFE_S = 300
KEPT_MONTHS_DAYS = 92
TYPES = ("ALL", "SUCCESS", "REFUND")
FLAWS = ("missing", "amount", "extra")

_PAID = "SELECT * FROM wechat_order WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at, out_trade_no"
_REFUNDED = """
SELECT r.*, o.kind, o.openid, o.description, o.attach, o.transaction_id
FROM wechat_refund r JOIN wechat_order o USING (out_trade_no)
WHERE r.made_at >= ? AND r.made_at < ? ORDER BY r.made_at, out_refund_no
"""


def ask(twin: Twin, bill_date: str, bill_type: str, tar_type: str) -> dict[str, str]:
    """Make the file of a day; answer its SHA-1 (of the plain file) and the token of its link."""
    day = _day(twin, bill_date)
    if bill_type not in TYPES or tar_type not in ("", "GZIP"):
        raise Problem(400, "PARAM_ERROR", "账单类型或压缩类型不对")
    plain = write(twin, day, bill_type)
    token = secrets.token_urlsafe(24)
    content = gzip.compress(plain) if tar_type else plain
    twin.store.add("wechat_bill", token=token, content=content, made_at=twin.now())
    # The digest the platform gives: it finds a broken download, the signed answer around it a false one.
    digest = hashlib.sha1(plain, usedforsecurity=False).hexdigest()
    return {"hash_type": "SHA1", "hash_value": digest, "token": token}


def fetch(twin: Twin, token: str) -> bytes:
    """The file behind a link. Raises Problem where the link is unknown or has run out."""
    row = twin.store.one("SELECT * FROM wechat_bill WHERE token = ?", token)
    if row is None or row["made_at"] + LINK_LIFE_S < twin.now():
        raise Problem(400, "INVALID_REQUEST", "下载地址已失效，请重新申请账单")
    return bytes(row["content"])


def write(twin: Twin, day: date, bill_type: str) -> bytes:
    """The CSV of a day. Raises NO_STATEMENT_EXIST for a day without a row, as the platform does."""
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()
    span = (start, start + 86400)
    paid = twin.store.all(_PAID, *span) if bill_type != "REFUND" else []
    refunded = twin.store.all(_REFUNDED, *span) if bill_type != "SUCCESS" else []
    payments = _flawed(twin, (_payment(twin, each) for each in paid))
    rows = [*payments, *(_refund(twin, each) for each in refunded)]
    rows.sort(key=lambda row: str(row["交易时间"]))
    if not rows:
        raise Problem(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    lines = [",".join(COLUMNS), *(_line(row[name] for name in COLUMNS) for row in rows)]
    lines += [",".join(TOTALS), _line(_totals(rows))]
    return (BOM + "".join(line + "\r\n" for line in lines)).encode()


def _day(twin: Twin, bill_date: str) -> date:
    try:
        day = date.fromisoformat(bill_date)
    except ValueError:
        raise Problem(400, "PARAM_ERROR", "输入源“/query/bill_date”校验失败") from None
    today = datetime.fromtimestamp(twin.now(), CHINA).date()
    if day > today or (day == today and not twin.bills_for_today):
        raise Problem(400, "STATEMENT_CREATING", "账单生成中")
    if day < today - timedelta(days=KEPT_MONTHS_DAYS):
        raise Problem(400, "INVALID_REQUEST", "仅支持三个月内的账单")
    return day


def _payment(twin: Twin, order: sqlite3.Row) -> dict[str, Any]:
    amount = _yuan(order["amount_fen"])
    return _shared(twin, order) | {
        "交易时间": _clock(order["paid_at"]),
        "交易状态": "SUCCESS",
        "应结订单金额": amount,
        "订单金额": amount,
    }


def _refund(twin: Twin, refund: sqlite3.Row) -> dict[str, Any]:
    amount = _yuan(refund["amount_fen"])
    settled = refund["settles_at"] <= twin.now()
    return _shared(twin, refund) | {
        "交易时间": _clock(refund["made_at"]),
        "交易状态": "REFUND",
        "微信退款单号": refund["refund_id"],
        "商户退款单号": refund["out_refund_no"],
        "退款金额": amount,
        "退款类型": "ORIGINAL",
        "退款状态": refund["outcome"] if settled else "PROCESSING",
        "申请退款金额": amount,
    }


def _shared(twin: Twin, row: sqlite3.Row) -> dict[str, Any]:
    zero = _yuan(0)
    return dict.fromkeys(COLUMNS, "") | {
        "公众账号ID": twin.keys.appid,
        "商户号": twin.keys.mchid,
        "特约商户号": "0",
        "微信订单号": row["transaction_id"],
        "商户订单号": row["out_trade_no"],
        "用户标识": row["openid"],
        "交易类型": TRADE_TYPES[row["kind"]],
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "应结订单金额": zero,
        "代金券金额": zero,
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款金额": zero,
        "充值券退款金额": zero,
        "商品名称": row["description"].replace(",", "，"),
        "商户数据包": row["attach"].replace(",", "，"),
        "手续费": "0.00000",
        "费率": "0.00%",
        "订单金额": zero,
        "申请退款金额": zero,
    }


def _flawed(twin: Twin, rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Break the rows that an operator asked to be broken: what reconciliation is there to find."""
    for row in rows:
        flaw = twin.plans.look("bill", row["商户订单号"])
        if flaw == "amount":
            other = str(Decimal(row["订单金额"]) + 1)
            row |= {"应结订单金额": other, "订单金额": other}
        if flaw == "extra":
            stranger = row["商户订单号"][:-2] + "XX"
            yield row | {"微信订单号": "4299999" + row["微信订单号"][7:], "商户订单号": stranger}
        if flaw != "missing":
            yield row


def _totals(rows: list[dict[str, Any]]) -> list[str]:
    def total(column: str) -> str:
        return str(sum((Decimal(row[column]) for row in rows), Decimal(0)))

    names = ("应结订单金额", "退款金额", "充值券退款金额", "手续费", "订单金额", "申请退款金额")
    return [str(len(rows)), *(total(name) for name in names)]


def _line(values: Iterable[Any]) -> str:
    return ",".join(f"`{value}" for value in values)


def _yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def _clock(instant: float) -> str:
    return datetime.fromtimestamp(instant, CHINA).strftime("%Y-%m-%d %H:%M:%S")
