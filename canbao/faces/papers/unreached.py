"""没通知到的名单: whom a release could not reach, as a workbook for those who can: schools and villages."""

from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from canbao.faces.papers.corrections import escaped

HEADER = ("姓名", "身份证号", "参保地", "学校或村（社区）", "原因")


def write_unreached(to: Path, rows: Iterable[tuple[str, str, str, str, str]]) -> int:
    """Write the workbook, every cell a text. Returns how many rows."""
    count = 0
    with xlsxwriter.Workbook(to, {"constant_memory": True}) as book:
        sheet, text = book.add_worksheet("没有通知到"), book.add_format({"num_format": "@"})
        sheet.set_column(0, len(HEADER) - 1, 22, text)
        sheet.freeze_panes(1, 0)
        for column, word in enumerate(HEADER):
            sheet.write_string(0, column, word, text)
        for count, row in enumerate(rows, 1):
            for column, word in enumerate(row):
                sheet.write_string(count, column, escaped(word), text)
    return count
