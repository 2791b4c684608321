"""Files that are refused, most of them before anything in them is unpacked."""

import struct
import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.channels.roster import RosterUnfit, open_roster
from canbao.channels.roster.read import ENCRYPTED, OLD_EXCEL
from tests.support.rosters import HEADER, as_csv, as_xlsx, repacked

LI = ("李明", "14043019880315002X", "低保对象", "2024-10-10", "")
GOOD = as_xlsx([LI])
SHEET = "xl/worksheets/sheet1.xml"


def sheet_of(*cells: str) -> bytes:
    rows = "".join(f"<row>{cell}</row>" for cell in cells)
    return repacked(
        GOOD, xl__worksheets__sheet1_xml=f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    )


def cell(place: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>x</t></is></c>'


def locked() -> bytes:
    """The encryption bit set in the archive's list."""
    body = bytearray(GOOD)
    place = body.rindex(b"PK\x01\x02") + 8
    struct.pack_into("<H", body, place, 1)
    return bytes(body)


def lying() -> bytes:
    """A sheet that says it unpacks to ten bytes."""
    body = bytearray(GOOD)
    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        size = struct.pack("<I", archive.getinfo(SHEET).file_size)
    return bytes(body).replace(size, struct.pack("<I", 10))


def wide_csv() -> bytes:
    return as_csv([LI], header=[*HEADER, *map(str, range(10_000))])


SPOILT = {
    "empty": [b"", b" \r\n", as_xlsx([], header=())],
    "old_excel": [OLD_EXCEL + b"\0" * 512],
    "encrypted": [OLD_EXCEL + b"\0" * 512 + ENCRYPTED, locked()],
    "macros": [repacked(GOOD, xl__vbaProject_bin=b"x")],
    "not_xlsx": [repacked(GOOD).replace(b"xl/workbook.xml", b"xl/workbook.bin")],
    "broken": [GOOD[: len(GOOD) // 2], lying()],
    "unpacks_too_large": [repacked(GOOD, xl__media__x=b"\0" * 40 * 1024**2)],
    "not_a_table": [b"<html><table><tr><td>x</td></tr></table></html>", b"%PDF-1.7"],
    "not_text": [as_csv([LI], "gb18030") + b"\xff\xff\xff", as_csv([LI]).replace(b"\r\n", b"\xff\xff")],
    "cut_off": [as_csv([LI])[: as_csv([LI]).rindex("象".encode()) + 1]],
    "too_many_columns": [wide_csv(), sheet_of(cell("A1") + cell("NTP1"))],
    "too_many_rows": [sheet_of(cell("A1"), cell("GR1048576"))],
    "cells_without_address": [sheet_of("<c><v>1</v></c>")],
    "no_header": [as_csv([], header=["名字", "号码"]), b"x" * 100],
    "no_group_column": [as_csv([LI], header=["姓名", "身份证号", "认定日期"])],
    "no_begin_column": [as_csv([LI], header=["姓名", "身份证号", "对象类别"])],
    "column_twice": [as_csv([LI], header=[*HEADER, "证件号码"])],
    "broken_csv": [as_csv([("李" * 200_000, "1", "2", "3")])],
}
CASES = [
    pytest.param(reason, body, id=f"{reason}-{n}")
    for reason, bodies in SPOILT.items()
    for n, body in enumerate(bodies)
]


@pytest.mark.parametrize(("reason", "body"), CASES)
def test_a_file_that_is_no_roster_is_refused_with_its_reason(reason, body):
    with pytest.raises(RosterUnfit) as refused:
        list(open_roster(body).rows)
    assert refused.value.reason == reason


def test_two_sheets_with_rows_are_refused_since_one_of_them_would_be_lost():
    with pytest.raises(RosterUnfit, match="several_sheets"):
        open_roster(as_xlsx([LI], sheets=2))


@given(st.binary(max_size=300), st.integers(0, len(GOOD)))
def test_whatever_the_bytes_are_the_answer_is_rows_or_a_reason(junk, place):
    for body in (junk, GOOD[:place] + junk + GOOD[place + len(junk) :]):
        with suppress(RosterUnfit):
            list(open_roster(body).rows)
