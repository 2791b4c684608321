"""Both files have the columns of the national collection detail (RSDT_PSN_CLCT_DETL_D) that matter here.

UTF-8 CSV: a header, one row a contribution, and a last row `合计` with the count and the sum in yuan. A file that is
cut off, or whose sums are not its own, is refused whole. `rsdt_clct_detl_id` is our receipt number, `ursn_time` the day
it was handed in (上解), `intsury_time` the day it was posted (入国库), `elec_taxrpt_no` the tax receipt's number.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from canbao.basics.money import fen_from_yuan, yuan_text

COLUMNS = (
    "rsdt_clct_detl_id", "insutype", "poolarea_no", "cashym", "psn_clct_amt", "clct_way", "clct_time", "ursn_time",
    "intsury_time", "elec_taxrpt_no",
)  # fmt: skip
RESIDENT_SCHEME = "390"
BY_TAX = "02"  # clct_way: collected by the tax authority
TOTAL = "合计"


class Remitted(NamedTuple):
    """One contribution handed in."""

    receipt_no: str
    area_code: str
    benefit_year: int
    amount_fen: int
    paid_at: datetime
    remitted_date: date


class Posted(NamedTuple):
    """One contribution that the treasury has."""

    line_no: int
    receipt_no: str
    amount_fen: int
    posted_date: date
    tax_receipt_no: str


@dataclass
class TreasuryFileUnfit(Exception):
    """A file that cannot be relied on, as a whole; `line` counts from 1, 0: none in particular."""

    reason: str
    line: int = 0


def written(rows: Iterable[Remitted]) -> Iterator[str]:
    """The lines of a remittance file."""
    yield ",".join(COLUMNS) + "\r\n"
    count = total_fen = 0
    for row in rows:
        count, total_fen = count + 1, total_fen + row.amount_fen
        told = (
            row.receipt_no, RESIDENT_SCHEME, row.area_code[:4] + "00", f"{row.benefit_year}01",
            yuan_text(row.amount_fen), BY_TAX, row.paid_at.isoformat(timespec="seconds"),
            row.remitted_date.isoformat(), "", "",
        )  # fmt: skip
        yield ",".join(told) + "\r\n"
    yield f"{TOTAL},{count},{yuan_text(total_fen)}\r\n"


def read_postings(lines: Iterable[bytes]) -> Iterator[Posted]:
    """Every row of a posting file.

    Raises:
        TreasuryFileUnfit: at the line that shows it; a reader must then forget what it has read.
    """
    rows = enumerate(csv.reader(_text(lines)), start=1)
    header = next(rows, (1, []))[1]
    if not set(COLUMNS) <= set(header):
        raise TreasuryFileUnfit("no_header", 1)
    count = total_fen = 0
    for line_no, row in rows:
        if row and row[0] == TOTAL:
            if row[1:3] != [str(count), yuan_text(total_fen)]:
                raise TreasuryFileUnfit("totals_differ", line_no)
            if next(rows, None) is not None:
                raise TreasuryFileUnfit("more_after_the_totals", line_no)
            return
        if len(row) != len(header):
            raise TreasuryFileUnfit("row_of_wrong_width", line_no)
        posted = _posted(line_no, dict(zip(header, row, strict=True)))
        count, total_fen = count + 1, total_fen + posted.amount_fen
        yield posted
    raise TreasuryFileUnfit("cut_off")


def _posted(line_no: int, row: dict[str, str]) -> Posted:
    try:
        fen, day = fen_from_yuan(row["psn_clct_amt"]), date.fromisoformat(row["intsury_time"])
    except ValueError:
        raise TreasuryFileUnfit("not_a_row", line_no) from None
    number, tax_no = row["rsdt_clct_detl_id"], row["elec_taxrpt_no"]
    if fen <= 0 or not 0 < len(number) <= 40 or not 0 < len(tax_no) <= 40:
        raise TreasuryFileUnfit("not_a_row", line_no)
    return Posted(line_no, number, fen, day, tax_no)


def _text(lines: Iterable[bytes]) -> Iterator[str]:
    for place, line in enumerate(lines, start=1):
        try:
            yield line.decode("utf-8-sig" if place == 1 else "utf-8")
        except UnicodeDecodeError:
            raise TreasuryFileUnfit("not_utf8", place) from None
