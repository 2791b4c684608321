"""The trade bill of a day: a zip of two GBK files whose names are GBK too, without the flag that says so."""

import io
import secrets
import sqlite3
import zipfile
from collections.abc import Iterable
from datetime import date, datetime

from sandbox.alipay.twin import CHINA, Problem, Twin, clock, failed, yuan

COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
).split(",")
LINK_LIFE_S = 30
FLAWS = ("missing", "amount", "extra")
_PAID = "SELECT * FROM alipay_trade WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at, out_trade_no"
_REFUNDED = """
SELECT r.*, t.trade_no, t.subject, t.made_at AS trade_made_at FROM alipay_refund r
JOIN alipay_trade t USING (out_trade_no) WHERE r.made_at >= ? AND r.made_at < ? ORDER BY r.made_at, out_request_no
"""


def ask(twin: Twin, bill_type: str, bill_date: str) -> str:
    """Make the file of a day; the token of its link. Raises Problem: no bill, or not yet."""
    if bill_type != "trade":
        raise failed("isv.invalid-arguments", "账单类型不对")
    try:
        day = date.fromisoformat(bill_date)
    except ValueError:
        raise failed("isv.invalid-arguments", "账单日期不对") from None
    today = datetime.fromtimestamp(twin.now(), CHINA).date()
    if day > today or (day == today and not twin.bills_for_today):
        raise failed("isp.bill_not_exist", "账单不存在")
    token = secrets.token_urlsafe(24)
    twin.store.add("alipay_bill", token=token, content=_packed(twin, day), made_at=twin.now())
    return token


def fetch(twin: Twin, token: str) -> bytes | None:
    """The file behind a link; None: unknown, or older than half a minute."""
    row = twin.store.one("SELECT * FROM alipay_bill WHERE token = ?", token)
    return None if row is None or row["made_at"] + LINK_LIFE_S < twin.now() else bytes(row["content"])


def _packed(twin: Twin, day: date) -> bytes:
    start = datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()
    rows = [*_payments(twin, start), *_refunds(twin, start)]
    if not rows:
        raise failed("isp.bill_not_exist", "账单不存在")
    name = f"{twin.keys.seller_id}0156_{day:%Y%m%d}"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(_gbk_named(f"{name}_业务明细.csv"), _details(twin, day, rows).encode("gbk"))
        file.writestr(_gbk_named(f"{name}_业务明细(汇总).csv"), _summary(twin, day, rows).encode("gbk"))
    return packed.getvalue()


class _GbkInfo(zipfile.ZipInfo):
    """An entry whose name is written in GBK and not marked as UTF-8, as Alipay's archives have it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (the library's own hook)
        return self.filename.encode("gbk"), self.flag_bits


def _gbk_named(name: str) -> zipfile.ZipInfo:
    info = _GbkInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _payments(twin: Twin, start: float) -> Iterable[dict[str, str]]:
    for trade in twin.store.all(_PAID, start, start + 86400):
        row = _row(trade, "交易", trade["subject"], trade["made_at"], trade["paid_at"], trade["amount_fen"])
        flaw = twin.plans.look("bill", trade["out_trade_no"])
        if flaw == "amount":
            more = yuan(trade["amount_fen"] + 100)
            row |= {"订单金额（元）": more, "商家实收（元）": more}
        if flaw == "extra":
            number = trade["out_trade_no"][:-2] + "XX"
            yield row | {"支付宝交易号": "99" + row["支付宝交易号"][2:], "商户订单号": number}
        if flaw != "missing":
            yield row


def _refunds(twin: Twin, start: float) -> Iterable[dict[str, str]]:
    for each in twin.store.all(_REFUNDED, start, start + 86400):
        row = _row(
            each, "退款", each["subject"], each["trade_made_at"], each["made_at"], each["amount_fen"], "-"
        )
        yield row | {"退款批次号/请求号": each["out_request_no"]}


def _row(
    row: sqlite3.Row, kind: str, subject: str, made_at: float, done_at: float, amount_fen: int, sign: str = ""
) -> dict[str, str]:
    money = dict.fromkeys([name for name in COLUMNS if name.endswith("（元）")], "0.00")
    amount = sign + yuan(amount_fen)
    return dict.fromkeys(COLUMNS, "") | money | {
        "支付宝交易号": row["trade_no"],
        "商户订单号": row["out_trade_no"],
        "业务类型": kind,
        "商品名称": subject.replace(",", "，"),
        "创建时间": clock(made_at),
        "完成时间": clock(done_at),
        "对方账户": "*小满(138******00)",
        "订单金额（元）": amount,
        "商家实收（元）": amount,
    }  # fmt: skip


def _details(twin: Twin, day: date, rows: list[dict[str, str]]) -> str:
    paid = [row for row in rows if row["业务类型"] == "交易"]
    back = [row for row in rows if row["业务类型"] == "退款"]
    lines = [
        "#支付宝业务明细查询",
        f"#账号：[{twin.keys.seller_id}0156]",
        f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{day:%Y年%m月%d日} 24:00:00]",
        "#-----------------------------------------业务明细列表----------------------------------------",
        ",".join(COLUMNS),
        *(_line(row) for row in rows),
        "#-----------------------------------------业务明细列表结束------------------------------------",
        f"#交易合计：{len(paid)}笔，商家实收共{_sum(paid)}元，商家优惠共0.00元",
        f"#退款合计：{len(back)}笔，商家实收退款共{_sum(back)}元，商家优惠退款共0.00元",
        f"#导出时间：[{datetime.fromtimestamp(twin.now(), CHINA):%Y年%m月%d日 %H:%M:%S}]",
    ]
    return "".join(line + "\r\n" for line in lines)


def _line(row: dict[str, str]) -> str:
    # Long numbers end in a TAB, so that a spreadsheet does not round them.
    tabbed = ("支付宝交易号", "商户订单号", "退款批次号/请求号")
    return ",".join(row[name] + "\t" if name in tabbed else row[name] for name in COLUMNS)


def _summary(twin: Twin, day: date, rows: list[dict[str, str]]) -> str:
    head = "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）"
    paid = sum(row["业务类型"] == "交易" for row in rows)
    total = _sum(rows)
    told = ["#支付宝业务汇总查询", f"#账号：[{twin.keys.seller_id}0156]", f"#日期：[{day}]", head]
    told.append(f"合计,,{paid},{len(rows) - paid},{total},{total}")
    return "".join(line + "\r\n" for line in told)


def _sum(rows: Iterable[dict[str, str]]) -> str:
    total = sum(round(float(row["商家实收（元）"]) * 100) for row in rows)
    return ("-" if total < 0 else "") + yuan(abs(total))


__all__ = ["FLAWS", "Problem", "ask", "fetch"]
