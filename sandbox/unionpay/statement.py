"""The statement of a day, in a shape of our own guess: no public page shows the true one."""

from collections.abc import Iterator
from datetime import datetime

from sandbox.unionpay.twin import CHINA, Problem, Twin, instant_of

COLUMNS = (
    "清算日期,交易日期,交易时间,终端号,交易类型,交易金额,手续费,商户号,流水号,商户订单号,退货订单号".split(
        ","
    )
)
FLAWS = ("missing", "amount", "extra")
_PAID = "SELECT * FROM unionpay_order WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at, out_trade_no"
# One that ended FAIL stands there too: it had been taken out of the merchant's account when it was taken up.
_REFUNDED = (
    "SELECT * FROM unionpay_refund WHERE made_at >= ? AND made_at < ? ORDER BY made_at, refund_order_id"
)
Row = dict[str, str]


def of_day(twin: Twin, day: str) -> bytes:
    """The file of a day. Raises Problem: not made yet."""
    start = instant_of(day, "%Y-%m-%d")
    is_over = start + 86400 <= twin.now()
    if start > twin.now() or not (is_over or twin.bills_for_today):
        raise Problem("NO_STATEMENT", "对账文件还没有生成")
    rows = [*_payments(twin, start), *_refunds(twin, start)]
    total = sum(_fen(row["交易金额"]) for row in rows)
    lines = [",".join(COLUMNS), *(",".join(row[name] for name in COLUMNS) for row in rows)]
    lines.append(f"合计,{len(rows)},{_yuan(total)}")
    return "".join(f"{line}\r\n" for line in lines).encode()


def _payments(twin: Twin, start: float) -> Iterator[Row]:
    for order in twin.store.all(_PAID, start, start + 86400):
        row = _row(
            twin, order["paid_at"], "支付", order["amount_fen"], order["seq_id"], order["out_trade_no"], ""
        )
        flaw = twin.plans.look("bill", order["out_trade_no"])
        if flaw == "amount":
            row["交易金额"] = _yuan(order["amount_fen"] + 100)
        if flaw == "extra":
            yield row | {"流水号": "9" + row["流水号"][1:], "商户订单号": row["商户订单号"][:-2] + "XX"}
        if flaw != "missing":
            yield row


def _refunds(twin: Twin, start: float) -> Iterator[Row]:
    for refund in twin.store.all(_REFUNDED, start, start + 86400):
        number, back = refund["out_trade_no"], refund["refund_order_id"]
        yield _row(twin, refund["made_at"], "退货", -refund["amount_fen"], refund["seq_id"], number, back)


def _row(twin: Twin, at: float, kind: str, fen: int, serial: str, number: str, refund_number: str) -> Row:
    moment = datetime.fromtimestamp(at, CHINA)
    return {
        "清算日期": f"{moment:%Y%m%d}",
        "交易日期": f"{moment:%Y%m%d}",
        "交易时间": f"{moment:%H%M%S}",
        "终端号": twin.keys.tid,
        "交易类型": kind,
        "交易金额": _yuan(fen),
        "手续费": "0.00",
        "商户号": twin.keys.mid,
        "流水号": serial,
        "商户订单号": number,
        "退货订单号": refund_number,
    }


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))
