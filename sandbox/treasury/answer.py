"""What the treasury answers to a remittance file: every row with the day it was posted and a tax receipt number."""

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

FLAWS = ("missing", "amount", "stranger", "cut_off", "wrong_sum")
TOTAL = "合计"


def answer(remitted: str, posted_on: date, flaws: Mapping[str, str] | None = None) -> str:
    """The posting file. `flaws`: by receipt number, or `file`, what is to be wrong with it.

    Raises:
        ValueError: the remittance is not whole, or its total is not its own; a treasury sends it back.
    """
    rows = list(csv.reader(io.StringIO(remitted)))
    if len(rows) < 2 or rows[-1][0] != TOTAL:
        raise ValueError("the remittance is cut off")
    header, details, total = rows[0], rows[1:-1], rows[-1]
    amount = header.index("psn_clct_amt")
    if (str(len(details)), _sum(details, amount)) != (total[1], total[2]):
        raise ValueError("the remittance does not add up")
    wrong = flaws or {}
    out = [
        _posted(header, row, posted_on, wrong.get(row[0]))
        for row in details
        if wrong.get(row[0]) != "missing"
    ]
    lines = [header, *out, [TOTAL, str(len(out)), _sum(out, amount)]]
    if wrong.get("file") == "wrong_sum":
        lines[-1][2] = "0.01"
    text = io.StringIO()
    csv.writer(text).writerows(lines[:-1] if wrong.get("file") == "cut_off" else lines)
    return text.getvalue()


def _posted(header: list[str], row: list[str], on: date, flaw: str | None) -> list[str]:
    told = dict(zip(header, row, strict=True))
    told["intsury_time"] = on.isoformat()
    told["elec_taxrpt_no"] = "3" + hashlib.sha256(row[0].encode()).hexdigest()[:17].upper()
    if flaw == "amount":
        told["psn_clct_amt"] = str(Decimal(told["psn_clct_amt"]) + 1)
    if flaw == "stranger":
        told["rsdt_clct_detl_id"] = "PJ00000000000000000"
    return [told[name] for name in header]


def _sum(rows: list[list[str]], place: int) -> str:
    return f"{sum((Decimal(row[place]) for row in rows), Decimal(0)):.2f}"
