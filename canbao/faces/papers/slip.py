"""The 缴费回单 as PDF/A: one payment, as its channel and the treasury know it."""

from canbao.basics.money import yuan_text
from canbao.faces.citizen.words import channel_name, chinese_date, chinese_minute
from canbao.faces.papers.press import printed
from canbao.faces.papers.qr import qr_svg
from canbao.services.people.identity.proofs import Slip


def slip_pdf(slip: Slip) -> bytes:
    """One sheet."""
    receipt = slip.receipt
    return printed(
        "slip.typ",
        {
            "no": receipt.receipt_no,
            "code": receipt.code,
            "rows": _rows(slip),
            "qr": qr_svg(receipt.verify_url),
        },
    )


def _rows(slip: Slip) -> list[tuple[str, str]]:
    receipt = slip.receipt
    rows = [
        ("付款时间", chinese_minute(receipt.paid_at)),
        ("付款金额", f"{yuan_text(slip.payment_fen)} 元"),
        ("付款方式", channel_name(receipt.channel) if receipt.channel else "未提供"),
        ("渠道流水号", receipt.channel_txn_no or "未提供"),
        ("订单号", receipt.order_no or "无"),
        ("为谁缴的", f"{receipt.name}　{receipt.number}"),
        ("参保年度", f"{receipt.benefit_year} 年度　{receipt.area_name}"),
    ]
    if slip.people > 1:
        rows.insert(2, ("其中这一人", f"{yuan_text(receipt.amount_fen)} 元（一起付了 {slip.people} 人）"))
    if receipt.posted_date and receipt.tax_receipt_no:
        rows.append(("入库", f"{chinese_date(receipt.posted_date)}　电子税票号码 {receipt.tax_receipt_no}"))
    if receipt.refunded_at:
        rows.append(("退费", f"{chinese_minute(receipt.refunded_at)}　已退，不再算缴费"))
    return rows
