"""The seal on a paper: any reader of PDF sees that it is whole, and that a changed byte is not."""

from io import BytesIO

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from canbao.faces.cli.demo.run import SEAL_CERT, SEAL_KEY, Plan, make_seal
from canbao.faces.papers import seal
from canbao.faces.papers.receipt import receipt_pdf
from tests.faces.papers.test_papers import RECEIPT, read


@pytest.fixture
def certificate(tmp_path, settings):
    make_seal(Plan(tmp_path, "127.0.0.1", 1, 2, 0, 1.0))
    settings.SEAL_KEY_FILE, settings.SEAL_CERT_FILE = str(tmp_path / SEAL_KEY), str(tmp_path / SEAL_CERT)
    seal.forget()
    yield load_cert_from_pemder(tmp_path / SEAL_CERT)
    seal.forget()


def told(paper: bytes, certificate):
    signature = PdfFileReader(BytesIO(paper)).embedded_signatures[0]
    trust = ValidationContext(trust_roots=[certificate])
    return validate_pdf_signature(signature, trust)


def test_a_sealed_paper_is_whole_and_still_lasts(certificate):
    paper = seal.sealed(receipt_pdf([RECEIPT]))

    status = told(paper, certificate)
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert RECEIPT.name in read(paper).pages[0].extract_text()
    assert b"pdfaid:part>2<" in paper


def test_a_changed_byte_is_seen(certificate):
    paper = bytearray(seal.sealed(receipt_pdf([RECEIPT])))
    paper[1_000] ^= 1

    assert not told(bytes(paper), certificate).intact


def test_the_same_paper_is_not_sealed_twice(certificate):
    paper = receipt_pdf([RECEIPT])
    assert seal.sealed(paper) is seal.sealed(paper)


def test_without_a_seal_a_paper_goes_as_it_is(settings):
    settings.SEAL_KEY_FILE = ""
    seal.forget()
    paper = receipt_pdf([RECEIPT])
    assert seal.sealed(paper) is paper
