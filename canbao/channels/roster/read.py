"""A roster from its bytes: what kind of file it is, where its header stands, then row after row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from canbao.channels.roster.columns import NEEDED, Columns, RosterRow, RosterUnfit, find_columns
from canbao.channels.roster.sheet import open_sheet
from canbao.channels.roster.text import open_text

LARGEST_FILE = 256 * 1024**2
HEADER_WITHIN = 20  # titles and notes may stand above it
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Row number, cells, whether a merged range hides one of them.
Cells = tuple[int, list[Any], bool]


@dataclass(frozen=True)
class RosterTable:
    """The header as it stands, and the rows that follow it, blank ones left out, under the file's own numbers."""

    header: tuple[str, ...]
    rows: Iterator[RosterRow]


def open_roster(body: bytes, needed: Sequence[str] = NEEDED) -> RosterTable:
    """Read a roster, or a list with fewer `needed` columns. What is to be refused is refused before it is unpacked.

    Raises:
        RosterUnfit: at once, or while the rows are read; a reader must then forget what it has read.
    """
    lines = _cells(body)
    columns = _columns(lines, needed)
    return RosterTable(columns.header, _rows(columns, lines))


def _cells(body: bytes) -> Iterator[Cells]:
    if not body.strip():
        raise RosterUnfit("empty")
    if len(body) > LARGEST_FILE:
        raise RosterUnfit("too_large")
    if body.startswith(OLD_EXCEL):
        raise RosterUnfit("encrypted" if ENCRYPTED in body else "old_excel")
    if body.startswith(b"PK"):
        return open_sheet(body)
    if body[:512].lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<", b"%PDF", b"{\\rtf")):
        raise RosterUnfit("not_a_table")
    return open_text(body)


def _columns(lines: Iterable[Cells], needed: Sequence[str]) -> Columns:
    for row_no, cells, _ in islice(lines, HEADER_WITHIN):
        columns = find_columns(cells, row_no, needed)
        if columns:
            return columns
    raise RosterUnfit("no_header")


def _rows(columns: Columns, lines: Iterable[Cells]) -> Iterator[RosterRow]:
    for row_no, cells, merged in lines:
        row = columns.row(row_no, cells, merged)
        if row:
            yield row
