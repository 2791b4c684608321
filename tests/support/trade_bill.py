"""A WeChat trade bill as the platform writes it, from what a test wants on it; and ways to spoil one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from canbao.basics.days import CHINA
from canbao.basics.money import yuan_text
from sandbox.wechat.bill import BOM, COLUMNS, TOTALS

MERCHANT = "1900000001"


@dataclass(frozen=True)
class Row:
    """One payment, or a refund where `refund_no` is there."""

    number: str
    fen: int
    at: datetime
    refund_no: str | None = None
    status: str = "SUCCESS"
    merchant: str = MERCHANT
    currency: str = "CNY"


def written(row: Row) -> str:
    """One detail line."""
    paid, refunded = (0, row.fen) if row.refund_no else (row.fen, 0)
    told = dict.fromkeys(COLUMNS, "") | {
        "交易时间": f"{row.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        "商户号": row.merchant,
        "微信订单号": f"42000{row.number}",
        "商户订单号": row.number,
        "交易状态": "REFUND" if row.refund_no else "SUCCESS",
        "货币种类": row.currency,
        "微信退款单号": f"503{row.refund_no}" if row.refund_no else "0",
        "商户退款单号": row.refund_no or "0",
        "退款状态": row.status if row.refund_no else "",
        "订单金额": yuan_text(paid),
        "申请退款金额": yuan_text(refunded),
    }
    return ",".join(f"`{told[name]}" for name in COLUMNS)


def trade_bill(rows: Iterable[Row]) -> bytes:
    """The whole file."""
    listed = list(rows)
    paid = sum(row.fen for row in listed if not row.refund_no)
    refunded = sum(row.fen for row in listed if row.refund_no)
    totals = dict.fromkeys(TOTALS, "0.00") | {
        "总交易单数": str(len(listed)),
        "订单总金额": yuan_text(paid),
        "申请退款总金额": yuan_text(refunded),
    }
    lines = [",".join(COLUMNS), *map(written, listed), ",".join(TOTALS)]
    lines.append(",".join(f"`{totals[name]}" for name in TOTALS))
    return (BOM + "".join(line + "\r\n" for line in lines)).encode()
