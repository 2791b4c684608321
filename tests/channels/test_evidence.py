"""证明材料: known by content; what could hurt, and what is no photo or PDF, is refused before anything is decoded."""

import pytest

from canbao.channels.evidence import LARGEST_FILE, EvidenceUnfit, look_at
from tests.support.people.evidence import PDF, a_jpeg, a_photo


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (a_photo(), "image/png"),
        (a_jpeg(), "image/jpeg"),
        (a_jpeg() + b"what a phone adds behind the end", "image/jpeg"),
        (PDF, "application/pdf"),
    ],
)
def test_a_photo_and_a_pdf_are_known_by_their_content(body: bytes, media_type: str) -> None:
    assert look_at(body).media_type == media_type


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (a_jpeg() + b"\0" * LARGEST_FILE, "too_large"),
        (b"PK\x03\x04", "wrong_type"),
        (b"MZ\x90", "wrong_type"),
        (b"<svg xmlns='x'/>", "wrong_type"),
        (a_photo()[:-12], "broken"),
        (a_jpeg()[:-2], "broken"),
        (a_jpeg()[:12], "broken"),
        (b"\xff\xd8\xff", "broken"),
        (a_photo(0, 5), "broken"),
        (a_photo(2**31, 2**31), "too_many_points"),
        (a_jpeg(65_000, 65_000), "too_many_points"),
        (PDF[:-6], "broken"),
        (PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root"), "encrypted"),
        (PDF.replace(b"/Pages", b"/OpenAction << /JS (x) >> /Pages"), "active"),
        (PDF.replace(b"/Pages", b"/EmbeddedFile /Pages"), "active"),
    ],
)
def test_what_is_no_evidence_is_refused_with_a_word(body: bytes, reason: str) -> None:
    with pytest.raises(EvidenceUnfit) as refused:
        look_at(body)
    assert refused.value.reason == reason


def test_a_header_that_promises_no_end_is_not_walked_for_ever() -> None:
    with pytest.raises(EvidenceUnfit):
        look_at(b"\xff\xd8\xff\xe0\x00\x00" * 1_000)
