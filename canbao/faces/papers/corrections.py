"""改错表: the rows of a roster that could not be taken, as a workbook to put right and upload again."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

ROW_NUMBER, EXPLANATION = "原行号", "错误说明"
# A spreadsheet takes a text that begins so for a formula, also when it is saved on as CSV.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_corrections(to: Path, header: Sequence[str], rows: Iterable[tuple[Sequence[str], int, str]]) -> int:
    """Write the workbook; every cell is a text, so that no number loses its last digits. Returns how many rows."""
    own = [place for place, name in enumerate(header) if name not in (ROW_NUMBER, EXPLANATION)]
    count = 0
    with xlsxwriter.Workbook(to, {"constant_memory": True}) as book:
        sheet, text = book.add_worksheet("改错"), book.add_format({"num_format": "@"})
        sheet.set_column(0, len(own) + 1, 20, text)
        sheet.freeze_panes(1, 0)
        _write(sheet, 0, [*(header[place] for place in own), ROW_NUMBER, EXPLANATION], text)
        for count, (cells, row_no, words) in enumerate(rows, 1):
            kept = [cells[place] if place < len(cells) else "" for place in own]
            _write(sheet, count, [*kept, str(row_no), words], text)
    return count


def escaped(text: str) -> str:
    """The text, with an apostrophe before what would otherwise be a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _write(
    sheet: "xlsxwriter.worksheet.Worksheet",
    place: int,
    cells: Sequence[str],
    text: "xlsxwriter.format.Format",
) -> None:
    for column, cell in enumerate(cells):
        if cell:
            sheet.write_string(place, column, escaped(cell), text)
