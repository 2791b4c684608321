"""The receipt on paper: every name can be printed, nothing is borrowed from the machine, PDF/A is declared."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from canbao.faces.papers.receipt import receipt_pdf
from canbao.services.money.receipt import Receipt

RECEIPT = Receipt(
    receipt_no="PJ26123400000001238",
    code="ABCDEF0123",
    origin="paid",
    name="郭䶮",
    number="1404**********9078",
    area_code="140403",
    area_name="长治市潞州区",
    class_label="成年居民",
    benefit_year=2025,
    amount_fen=40_000,
    cover_from_date=date(2025, 1, 1),
    cover_last_date=date(2025, 12, 31),
    channel="wechat",
    channel_txn_no="4200002616123400000001",
    order_no="26123400000001238",
    paid_at=datetime(2024, 10, 16, 2, 0, tzinfo=UTC),
    pack_hash="0" * 64,
    verify_url="https://canbao.example/v/PJ26123400000001238/ABCDEF0123/",
)


def read(paper: bytes) -> PdfReader:
    return PdfReader(BytesIO(paper))


@pytest.mark.parametrize("name", ["郭䶮", "㛃𬭎", "𠅤𬀩", "阿依古丽·买买提", "堃喆昇犇"])
def test_a_rare_name_is_printed_in_full(name: str) -> None:
    paper = receipt_pdf([replace(RECEIPT, name=name)])

    assert name in read(paper).pages[0].extract_text()


def test_every_font_travels_with_the_paper() -> None:
    page = read(receipt_pdf([RECEIPT])).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]

    held = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert held
    assert all({"/FontFile2", "/FontFile3"} & set(descriptor.get_object()) for descriptor in held)


def test_it_is_declared_to_last() -> None:
    """PDF/A-2b, as an archive asks."""
    metadata = read(receipt_pdf([RECEIPT])).xmp_metadata
    assert metadata
    assert b"pdfaid:part>2<" in receipt_pdf([RECEIPT])


def test_a_year_of_which_no_days_are_stated_prints_no_days() -> None:
    text = read(receipt_pdf([replace(RECEIPT, cover_from_date=None)])).pages[0].extract_text()

    assert "未公布" in text
    assert "2025年1月1日" not in text


def test_who_paid_nothing_holds_a_paper_that_says_so() -> None:
    free = replace(RECEIPT, origin="zero", amount_fen=0, channel=None, channel_txn_no=None)

    assert "政府全额资助" in read(receipt_pdf([free])).pages[0].extract_text()


def test_each_receipt_has_a_sheet() -> None:
    assert len(read(receipt_pdf([RECEIPT] * 3)).pages) == 3
