"""What the tax side collected itself, in the national names: notices as JSON, a day's file as CSV, each whole or not at all.

A payment is told with its tax receipt number (`elec_taxrpt_no`), the person's name and number, year and kind, the agency
(`optins_no`), the instant and the portal. A refund in the day's file names our refund number and the tax receipt.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from canbao.basics.days import CHINA, local_date
from canbao.basics.documents import normal_name, normal_number
from canbao.basics.money import fen_from_yuan, yuan_text

RESIDENT_SCHEME = "390"
KINDS: Mapping[str, Literal["normal", "special"]] = {"1": "normal", "2": "special"}
COLUMNS = (
    "what", "elec_taxrpt_no", "psn_cert_type", "certno", "psn_name", "insutype", "accrym", "clct_kind", "psn_clct_amt",
    "optins_no", "clct_time", "chnl", "refd_no", "refd_stas",
)  # fmt: skip
TOTAL = "合计"
PAID, REFUNDED = "1", "2"
LONGEST = {
    "elec_taxrpt_no": 40,
    "optins_no": 12,
    "chnl": 24,
    "psn_name": 120,
    "certno": 60,
    "psn_cert_type": 4,
}


class CollectedUnfit(Exception):
    """A message that cannot be relied on, as a whole. `line` counts from 1, 0: none in particular."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"{reason} (line {line})" if line else reason)
        self.reason, self.line = reason, line


@dataclass(frozen=True)
class Collected:
    """One payment that the tax side has. `kind`: what the payer chose in its selector (CZ-15)."""

    tax_receipt_no: str
    portal: str
    kind: Literal["normal", "special"]
    id_type: str
    number: str = field(repr=False)
    name: str = field(repr=False)
    agency_code: str
    benefit_year: int
    amount_fen: int
    paid_at: datetime


@dataclass(frozen=True)
class GivenBack:
    """One refund of a day's file."""

    refund_no: str
    tax_receipt_no: str
    amount_fen: int
    status: str
    at: datetime


def read_notice(body: bytes) -> list[Collected]:
    """The payments of a notice. Raises CollectedUnfit: count or sum is not its own, or a row cannot be read."""
    try:
        told = json.loads(body)
        rows = [_collected(row, 0) for row in told["data"]]
        total = fen_from_yuan(told["clct_sumamt"])
    except (KeyError, TypeError, ValueError):
        raise CollectedUnfit("not_a_notice") from None
    if told.get("row_cnt") != len(rows) or total != sum(row.amount_fen for row in rows):
        raise CollectedUnfit("totals_differ")
    return rows


def read_day(body: bytes, day: date) -> tuple[list[Collected], list[GivenBack]]:
    """The payments and refunds of a day's file.

    Raises:
        CollectedUnfit: cut off, its totals are not its own, another day is in it, or a line cannot be read.
    """
    try:
        lines = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise CollectedUnfit("not_utf8") from None
    if not lines or not set(COLUMNS) <= lines[0].keys():
        raise CollectedUnfit("cut_off" if body.startswith(b"what,") else "no_header")
    *details, last = lines
    if last["what"] != TOTAL:
        raise CollectedUnfit("cut_off")
    paid = [_collected(row, n) for n, row in enumerate(details, 2) if row["what"] == PAID]
    back = [_given_back(row, n) for n, row in enumerate(details, 2) if row["what"] == REFUNDED]
    if len(paid) + len(back) != len(details):
        raise CollectedUnfit("not_a_row")
    sums = [
        str(len(details)),
        yuan_text(sum(row.amount_fen for row in paid)),
        yuan_text(sum(row.amount_fen for row in back)),
    ]
    if [last["elec_taxrpt_no"], last["psn_cert_type"], last["certno"]] != sums:
        raise CollectedUnfit("totals_differ", len(lines) + 1)
    if any(local_date(at) != day for at in (*(row.paid_at for row in paid), *(row.at for row in back))):
        raise CollectedUnfit("other_day")
    return paid, back


def statement_of(paid: Sequence[tuple[str, Collected]], back: Sequence[GivenBack]) -> bytes:
    """What of a day concerns money and nobody's name: the statement that is matched with the ledger, in our numbers."""
    rows = [
        ("payment", number, row.tax_receipt_no, str(row.amount_fen), "SUCCESS", row.paid_at.isoformat())
        for number, row in paid
    ]
    rows += [
        ("refund", row.refund_no, row.tax_receipt_no, str(row.amount_fen), row.status, row.at.isoformat())
        for row in back
    ]
    text = "".join(",".join(row) + "\n" for row in sorted(rows))
    return f"{text}{TOTAL},{len(rows)}\n".encode()


def read_statement(lines: Iterable[bytes]) -> Iterator[tuple[str, str, str, int, str, datetime]]:
    """Read what `statement_of` wrote. Raises CollectedUnfit: it was cut off."""
    for count, line in enumerate(lines):
        row = line.decode().strip().split(",")
        if row[0] == TOTAL:
            if row[1] != str(count):
                break
            return
        yield row[0], row[1], row[2], int(row[3]), row[4], datetime.fromisoformat(row[5])
    raise CollectedUnfit("cut_off")


def _collected(row: Mapping[str, Any], line: int) -> Collected:
    try:
        said = {name: str(row[name]).strip() for name in COLUMNS if name in row}
        fen, at = fen_from_yuan(said["psn_clct_amt"]), datetime.fromisoformat(said["clct_time"])
        fits = all(0 < len(said[name]) <= most for name, most in LONGEST.items())
        if fen <= 0 or not fits or said["insutype"] != RESIDENT_SCHEME or "," in said["elec_taxrpt_no"]:
            raise ValueError("out of bounds")
        return Collected(
            tax_receipt_no=said["elec_taxrpt_no"],
            portal=said["chnl"],
            kind=KINDS[said["clct_kind"]],
            id_type=said["psn_cert_type"],
            number=normal_number(said["certno"]),
            name=normal_name(said["psn_name"]),
            agency_code=said["optins_no"],
            benefit_year=int(said["accrym"][:4]),
            amount_fen=fen,
            paid_at=at if at.tzinfo else at.replace(tzinfo=CHINA),
        )
    except (KeyError, ValueError):
        raise CollectedUnfit("not_a_row", line) from None


def _given_back(row: Mapping[str, str], line: int) -> GivenBack:
    try:
        at = datetime.fromisoformat(row["clct_time"])
        if not row["refd_no"] or "," in row["refd_no"] + row["elec_taxrpt_no"] + row["refd_stas"]:
            raise ValueError("no refund number")
        fen = fen_from_yuan(row["psn_clct_amt"])
        return GivenBack(
            row["refd_no"],
            row["elec_taxrpt_no"],
            fen,
            row["refd_stas"],
            at if at.tzinfo else at.replace(tzinfo=CHINA),
        )
    except ValueError:
        raise CollectedUnfit("not_a_row", line) from None
