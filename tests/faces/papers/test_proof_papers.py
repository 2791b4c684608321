"""缴费证明 and 缴费回单 on paper: told apart, printed with every name, verified by their code, sealed, and made to last."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import zxingcpp
from pypdfium2 import PdfDocument

from canbao.faces.papers import seal
from canbao.faces.papers.certificate import certificate_pdf
from canbao.faces.papers.slip import slip_pdf
from canbao.services.people.identity.proofs import Certified, CertifiedYear, Slip
from tests.faces.papers.test_papers import RECEIPT, read
from tests.faces.papers.test_seal import certificate as certificate  # noqa: PLC0414 (a fixture)
from tests.faces.papers.test_seal import told

YEAR = CertifiedYear(
    2025,
    "长治市潞州区",
    "成年居民",
    40_000,
    date(2024, 10, 16),
    date(2024, 10, 23),
    "324101600000000017",
    False,
)
OLD = CertifiedYear(2019, "长治市潞州区", "", None, None, None, None, False)
PROOF = Certified(
    "ZM26123400000001238", "ABCDEF0123", "郭䶮", "1404**********9078", (YEAR, OLD), datetime(2025, 1, 2, tzinfo=UTC),
    "https://canbao.example/v/ZM26123400000001238/ABCDEF0123/",
)  # fmt: skip
SLIP = Slip(replace(RECEIPT, channel="tax", channel_txn_no="324101600000000017"), 80_000, 2)


def papers() -> dict[str, bytes]:
    return {"certificate": certificate_pdf(PROOF), "slip": slip_pdf(SLIP)}


def text(paper: bytes) -> str:
    return "".join(page.extract_text() for page in read(paper).pages)


def test_a_certificate_names_every_year_and_no_payment() -> None:
    said = text(certificate_pdf(PROOF))
    for words in (
        "缴费证明",
        "郭䶮",
        "2025 年度",
        "400.00 元",
        "324101600000000017",
        "2019 年度",
        "以前的系统没有移交",
    ):
        assert words in said
    assert "渠道流水号" not in said
    assert "不是缴费票据" in said


def test_a_slip_names_one_payment_whole_and_in_part() -> None:
    said = text(slip_pdf(SLIP))
    for words in (
        "缴费回单",
        "800.00 元",
        "400.00 元（一起付了 2 人）",
        "税务缴费渠道",
        "324101600000000017",
    ):
        assert words in said
    assert "不是按年度开的缴费证明" in said
    assert "一起付了" not in text(slip_pdf(replace(SLIP, payment_fen=40_000, people=1)))


def test_what_was_given_back_stands_on_the_slip() -> None:
    gone = replace(SLIP, receipt=replace(SLIP.receipt, refunded_at=datetime(2025, 3, 1, tzinfo=UTC)))
    assert "不再算缴费" in text(slip_pdf(gone))


@pytest.mark.parametrize(
    ("which", "url"), [("certificate", PROOF.verify_url), ("slip", RECEIPT.verify_url)], ids=["证明", "回单"]
)
def test_its_code_opens_the_page_that_verifies_it(which: str, url: str) -> None:
    drawn = PdfDocument(papers()[which])[0].render(scale=3).to_pil()
    assert zxingcpp.read_barcode(drawn).text == url


@pytest.mark.parametrize("which", ["certificate", "slip"])
def test_it_lasts_and_a_changed_byte_is_seen(certificate, which: str) -> None:
    paper = seal.sealed(papers()[which])
    assert b"pdfaid:part>2<" in paper
    assert told(paper, certificate).intact
    changed = bytearray(paper)
    changed[1_000] ^= 1
    assert not told(bytes(changed), certificate).intact


def test_a_long_life_fits_on_more_than_one_page() -> None:
    years = tuple(replace(YEAR, benefit_year=1960 + n) for n in range(60))
    assert len(read(certificate_pdf(replace(PROOF, years=years))).pages) > 1
