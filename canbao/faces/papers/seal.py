"""The electronic seal on a paper: signed when it is downloaded, so that a changed byte is seen by any reader of PDF."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

FIELD = "Canbao"
REASON = "城乡居民基本医疗保险缴费凭据"
KEPT = 256  # papers asked for again soon are not signed again: a signature costs as much as several papers


def sealed(paper: bytes) -> bytes:
    """The paper with this installation's seal; as it is where no seal is set up."""
    return _sealed(paper) if _signer() else paper


def as_file(paper: bytes, number: str) -> HttpResponse:
    """The paper, sealed, as a file that a browser shows; nothing keeps it (`StepsAside`)."""
    response = HttpResponse(sealed(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


@lru_cache(maxsize=KEPT)
def _sealed(paper: bytes) -> bytes:
    told = signers.PdfSignatureMetadata(field_name=FIELD, reason=REASON, md_algorithm="sha256")
    out = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(paper)), told, signer=_signer())
    return bytes(out.getbuffer())


@lru_cache(maxsize=1)
def _signer() -> signers.SimpleSigner | None:
    if not settings.SEAL_KEY_FILE:
        return None
    found = signers.SimpleSigner.load(Path(settings.SEAL_KEY_FILE), Path(settings.SEAL_CERT_FILE))
    if found is None:
        raise ValueError("CANBAO_SEAL_KEY and CANBAO_SEAL_CERT do not hold a key and its certificate")
    return found


def forget() -> None:
    """Read the seal anew: for tests."""
    _signer.cache_clear()
    _sealed.cache_clear()
