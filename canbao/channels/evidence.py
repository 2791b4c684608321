"""证明材料: photos and PDFs from strangers, known by their content. Nothing is decoded; headers are enough to refuse.

A file's name and what the browser says of its type count for nothing.
"""

import re
from dataclasses import dataclass

LARGEST_FILE = 8 * 1024**2
# A photo of a large phone has some hundred million points; more than that is a bomb or a plan.
MOST_POINTS = 250_000_000
PDF_TAIL = 2_048
_PNG = b"\x89PNG\r\n\x1a\n"
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_BARE = {0x01, *range(0xD0, 0xD8)}


class EvidenceUnfit(Exception):
    """The bytes are no evidence; `reason` is a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Evidence:
    """What a file is: its true media type and the ending that goes with it."""

    media_type: str
    ending: str


def look_at(body: bytes) -> Evidence:
    """Say what a file is.

    Raises:
        EvidenceUnfit: empty, too_large, wrong_type, broken, too_many_points, encrypted, active.
    """
    if not body:
        raise EvidenceUnfit("empty")
    if len(body) > LARGEST_FILE:
        raise EvidenceUnfit("too_large")
    if body.startswith(b"\xff\xd8\xff"):
        _refuse_huge(_jpeg_size(body))
        return Evidence("image/jpeg", "jpg")
    if body.startswith(_PNG):
        _refuse_huge(_png_size(body))
        return Evidence("image/png", "png")
    if body.startswith(b"%PDF-"):
        _refuse_pdf(body)
        return Evidence("application/pdf", "pdf")
    raise EvidenceUnfit("wrong_type")


def _refuse_huge(size: tuple[int, int]) -> None:
    width, height = size
    if not width or not height:
        raise EvidenceUnfit("broken")
    if width * height > MOST_POINTS:
        raise EvidenceUnfit("too_many_points")


def _png_size(body: bytes) -> tuple[int, int]:
    """From the first chunk; the last one must be there, or the upload was cut off."""
    if body[12:16] != b"IHDR" or b"IEND" not in body[-16:]:
        raise EvidenceUnfit("broken")
    return int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")


def _jpeg_size(body: bytes) -> tuple[int, int]:
    """From the frame header; the end mark must come after it. Phones add bytes of their own behind that mark."""
    place = 2
    while place + 9 <= len(body):
        if body[place] != 0xFF:
            break
        mark = body[place + 1]
        if mark == 0xFF or mark in _BARE:
            place += 1 if mark == 0xFF else 2
            continue
        if mark in _FRAMES:
            if body.find(b"\xff\xd9", place) < 0:
                break
            size = body[place + 5 : place + 9]
            return int.from_bytes(size[2:], "big"), int.from_bytes(size[:2], "big")
        place += 2 + int.from_bytes(body[place + 2 : place + 4], "big")
    raise EvidenceUnfit("broken")


def _refuse_pdf(body: bytes) -> None:
    if b"%%EOF" not in body[-PDF_TAIL:]:
        raise EvidenceUnfit("broken")
    if b"/Encrypt" in body:
        raise EvidenceUnfit("encrypted")
    if _ACTIVE.search(body):
        raise EvidenceUnfit("active")
