"""A roster as xlsx. Everything that could hurt is refused from the archive's own list, before a sheet is parsed.

A formula counts with the value that it last had; without one its cell is empty. A merged range counts for
its first cell alone, and rows that miss a value for it say so.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from canbao.channels.roster.columns import RosterUnfit

MOST_COLUMNS = 200
MOST_ROWS = 2_000_000
MOST_CELLS = 30_000_000  # a sheet is laid out whole: a lone cell in the last corner would cost gigabytes
MOST_MERGED = 1_000_000
MOST_ENTRIES = 2_000
LARGEST_UNPACKED = 2 * 1024**3
LARGEST_RATIO = 200
RATIO_COUNTS_FROM = 32 * 1024**2  # a small file of blanks packs well and harms nobody
PIECE = 1 << 20
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb'<(?:\w+:)?c(?=[\s/>])(?:[^>]*?\sr="([A-Z]{1,3})(\d{1,7})")?')


def open_sheet(body: bytes) -> Iterator[tuple[int, list[Any], bool]]:
    """The rows of the one visible sheet that has any, with their numbers.

    Raises:
        RosterUnfit: the archive, or what it says of itself, is not to be unpacked; or several sheets have rows.
    """
    _refuse_harmful(body)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        full = [sheet for name in visible if (sheet := workbook.get_sheet_by_name(name)).start is not None]
        if not full:
            raise RosterUnfit("empty")
        if len(full) > 1:
            raise RosterUnfit("several_sheets")
        return _rows(full[0])
    except CalamineError:
        raise RosterUnfit("broken") from None


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any], bool]]:
    hidden = _hidden_cells(sheet)
    for number, cells in enumerate(sheet.iter_rows(), 1):
        covered = hidden.get(number, ())
        for place in covered:  # what stands under a merged range is not seen, so it does not count
            cells[place] = ""
        yield number, list(cells), bool(covered)


def _hidden_cells(sheet: CalamineSheet) -> dict[int, set[int]]:
    """By row number, the places in the row that a merged range covers: all of its cells but the first."""
    (_, first), (last_row, last) = sheet.start or (0, 0), sheet.end or (0, 0)
    hidden: dict[int, set[int]] = {}
    covered = 0
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        rows, columns = range(top, min(bottom, last_row) + 1), range(max(left, first), min(right, last) + 1)
        covered += len(rows) * len(columns)
        if covered > MOST_MERGED:
            raise RosterUnfit("merged_too_much")
        for row in rows:
            hidden.setdefault(row + 1, set()).update(column - first for column in columns)
        if rows and left >= first:
            hidden[top + 1].discard(left - first)
    return hidden


def _refuse_harmful(body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            _refuse_by_list(archive, len(body))
            if archive.testzip() is not None:  # each entry unpacks to no more and no less than it says
                raise RosterUnfit("broken")
            for name in filter(_SHEET.fullmatch, archive.namelist()):
                _refuse_wide(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError):
        raise RosterUnfit("broken") from None


def _refuse_by_list(archive: zipfile.ZipFile, packed: int) -> None:
    """By what the archive says of itself: number, size, ratio, encryption, macros."""
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or len(names) < len(entries) or unpacked > LARGEST_UNPACKED:
        raise RosterUnfit("unpacks_too_large")
    if unpacked > RATIO_COUNTS_FROM and unpacked > LARGEST_RATIO * packed:
        raise RosterUnfit("unpacks_too_large")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RosterUnfit("encrypted")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise RosterUnfit("macros")
    if "xl/workbook.xml" not in names:
        raise RosterUnfit("not_xlsx")


def _refuse_wide(archive: zipfile.ZipFile, name: str) -> None:
    """By the addresses of the cells, which alone say how large the sheet will be."""
    columns: set[bytes] = set()
    last_row = 0
    with archive.open(name) as sheet:
        rest = b""
        while piece := sheet.read(PIECE):
            text = rest + piece
            cut = text.rfind(b"<")
            rest = text[cut:] if cut >= 0 else text[-PIECE:]
            cells = _CELL.findall(text, 0, cut if cut >= 0 else len(text))
            if not cells:
                continue
            columns.update(column for column, _ in cells)
            if b"" in columns:
                raise RosterUnfit("cells_without_address")
            last_row = max(last_row, *(int(row) for _, row in cells))
    width = max(map(_place, columns), default=0)
    if width > MOST_COLUMNS:
        raise RosterUnfit("too_many_columns")
    if last_row > MOST_ROWS or width * last_row > MOST_CELLS:
        raise RosterUnfit("too_many_rows")


def _place(column: bytes) -> int:
    """`A` is 1, `AA` 27."""
    place = 0
    for letter in column:
        place = place * 26 + letter - 64
    return place
