"""The 缴费票据 as PDF/A: typeset by typst, with an embedded font that has the rare characters of names."""

from collections.abc import Sequence
from typing import Any

from canbao.basics.money import yuan_text
from canbao.faces.citizen.words import channel_name, chinese_date, chinese_minute
from canbao.faces.papers.press import printed
from canbao.faces.papers.qr import qr_svg
from canbao.services.money.receipt import Receipt


def receipt_pdf(receipts: Sequence[Receipt]) -> bytes:
    """One PDF with a page for each receipt."""
    return printed("receipt.typ", {"receipts": [_sheet(receipt) for receipt in receipts]})


def _sheet(receipt: Receipt) -> dict[str, Any]:
    return {
        "receipt_no": receipt.receipt_no,
        "code": receipt.code,
        "pack_hash": (receipt.pack_hash or "")[:16],
        "rows": _rows(receipt),
        "qr": qr_svg(receipt.verify_url),
    }


def _rows(receipt: Receipt) -> list[tuple[str, str]]:
    cover = "未公布"
    if receipt.cover_from_date and receipt.cover_last_date:
        cover = f"{chinese_date(receipt.cover_from_date)} 至 {chinese_date(receipt.cover_last_date)}"
    rows = [
        ("参保人", f"{receipt.name}　{receipt.number}"),
        ("参保地", receipt.area_name),
        ("人员类别", receipt.class_label),
        ("参保年度", f"{receipt.benefit_year} 年度"),
        (
            "个人缴费",
            "0.00 元（政府全额资助）" if receipt.origin == "zero" else f"{yuan_text(receipt.amount_fen)} 元",
        ),
        ("待遇享受期", cover),
        ("缴费时间", chinese_minute(receipt.paid_at)),
    ]
    if receipt.channel:
        rows.append(("缴费方式", channel_name(receipt.channel)))
        rows.append(("渠道流水号", receipt.channel_txn_no or "未提供"))
    rows.append(("订单号", receipt.order_no or "无"))
    if receipt.posted_date and receipt.tax_receipt_no:  # from the day the treasury has it (CZ-21)
        rows.append(("入库日期", chinese_date(receipt.posted_date)))
        rows.append(("电子税票号码", receipt.tax_receipt_no))
    return rows
