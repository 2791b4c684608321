"""The 缴费证明 as PDF/A: one person, every year that counts, a QR code that says whether it still holds."""

from canbao.basics.money import yuan_text
from canbao.faces.citizen.words import chinese_date, chinese_minute
from canbao.faces.papers.press import printed
from canbao.faces.papers.qr import qr_svg
from canbao.services.people.identity.proofs import Certified, CertifiedYear


def certificate_pdf(certificate: Certified) -> bytes:
    """One PDF, as many pages as the years need."""
    return printed(
        "certificate.typ",
        {
            "certificate_no": certificate.certificate_no,
            "code": certificate.code,
            "name": certificate.name,
            "number": certificate.number,
            "issued": chinese_minute(certificate.issued_at),
            "years": [_row(year) for year in certificate.years],
            "qr": qr_svg(certificate.verify_url),
        },
    )


def _row(year: CertifiedYear) -> list[str]:
    amount = "以前的系统没有移交" if year.amount_fen is None else f"{yuan_text(year.amount_fen)} 元"
    paid = chinese_date(year.paid_date) if year.paid_date else "以前的系统没有移交"
    posted = "还没有入库"
    if year.posted_date:
        posted = f"{chinese_date(year.posted_date)}，电子税票号码 {year.tax_receipt_no}"
    elif year.paid_date is None:
        posted = "以前的系统没有移交"
    return [f"{year.benefit_year} 年度", year.area_name, amount, paid, posted]
