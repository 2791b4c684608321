"""The 缴费票据 as PDF/A: typeset by typst, with an embedded font that has the rare characters of names."""

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from canbao.basics.money import yuan_text
from canbao.faces.citizen.words import channel_name, chinese_date, chinese_minute
from canbao.faces.papers.qr import qr_svg
from canbao.services.money.receipt import Receipt

TEMPLATE = Path(__file__).with_name("receipt.typ")


def receipt_pdf(receipts: Sequence[Receipt]) -> bytes:
    """One PDF with a page for each receipt."""
    data = json.dumps({"demo": settings.DEMO, "receipts": [_sheet(receipt) for receipt in receipts]})
    pdf = _compiler().compile(format="pdf", sys_inputs={"data": data}, pdf_standards="a-2b")
    if not isinstance(pdf, bytes):
        raise TypeError("typst was asked for one document and gave something else")
    return pdf


@lru_cache(maxsize=1)
def _compiler() -> Any:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(files("pylopdf_fonts_zh_cn"))])
    return typst.Compiler(str(TEMPLATE), font_paths=fonts)


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
