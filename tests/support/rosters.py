"""Rosters as departments send them: a header, rows, and the ways in which a file goes wrong."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import xlsxwriter

HEADER = ("姓名", "身份证号", "对象类别", "认定日期", "终止日期")


def as_xlsx(
    rows: Iterable[Sequence[Any]],
    header: Sequence[str] = HEADER,
    above: int = 0,
    merged: tuple[int, int, int, int] | None = None,
    formulas: Mapping[int, str] = MappingProxyType({}),
    sheets: int = 1,
) -> bytes:
    """A workbook; texts are written as texts, numbers as numbers. `above`: rows left free over the header.

    `formulas`: by row, the value that a formula in the number's column last had.
    """
    made = io.BytesIO()
    lines = [header, *rows]
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2024, 9, 1, tzinfo=UTC)})  # the same rows are the same bytes
        for _ in range(sheets):
            sheet = book.add_worksheet()
            for place, row in enumerate(lines, above):
                for column, value in enumerate(row):
                    sheet.write(place, column, value)
            if merged:
                sheet.merge_range(*merged, "低保对象")
                sheet.write(merged[2], merged[3], "特困人员")  # as Excel keeps what another program put there
            for place, value in formulas.items():
                sheet.write_formula(place, 1, "=B9", None, value)
        book.add_worksheet("空")
    return made.getvalue()


def as_csv(
    rows: Iterable[Sequence[str]], encoding: str = "utf-8-sig", header: Sequence[str] = HEADER
) -> bytes:
    return "".join(",".join(row) + "\r\n" for row in [header, *rows]).encode(encoding)


def repacked(body: bytes, **changes: bytes) -> bytes:
    """The same archive with entries put in or replaced; `xl__x` names `xl/x`."""
    made = io.BytesIO()
    put = {
        name.replace("__", "/").replace("_bin", ".bin").replace("_xml", ".xml"): b
        for name, b in changes.items()
    }
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, put.pop(name, None) or old.read(name))
        for name, content in put.items():
            new.writestr(name, content)
    return made.getvalue()
