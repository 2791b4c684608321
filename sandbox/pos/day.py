"""What the acquirer writes of a day: every card payment by terminal and slip, with count and sum at the end.

The layout is the one Canbao documents for itself; no acquirer's is public. What goes wrong is planned by slip:
`lost`, `repeated` (the same row twice), `amount` (one yuan more), `unnumbered` (without the merchant's own number);
or for the whole file: `cut_off`, `wrong_sum`.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

CHINA = timezone(timedelta(hours=8))
HEADER = ("商户号", "终端号", "凭证号", "商户订单号", "交易类型", "金额", "交易时间")


@dataclass(frozen=True)
class Swipe:
    """One card payment as the terminal made it; `amount` in yuan."""

    terminal: str
    slip: str
    number: str
    amount: Decimal
    at: datetime


def day_file(merchant: str, swipes: Iterable[Swipe], flaws: Mapping[str, str] | None = None) -> bytes:
    """The file of a day. `flaws`: by slip, or `file`, what is to be wrong with it."""
    wrong = flaws or {}
    rows = [row for swipe in swipes for row in _rows(merchant, swipe, wrong.get(swipe.slip))]
    total = sum((Decimal(row[5]) for row in rows), Decimal(0)) + (
        1 if wrong.get("file") == "wrong_sum" else 0
    )
    lines = [list(HEADER), *rows, ["合计", str(len(rows)), f"{total:.2f}"]]
    text = io.StringIO()
    csv.writer(text).writerows(lines[:-1] if wrong.get("file") == "cut_off" else lines)
    return text.getvalue().encode("utf-8-sig")


def _rows(merchant: str, swipe: Swipe, flaw: str | None) -> list[list[str]]:
    if flaw == "lost":
        return []
    amount = swipe.amount + (1 if flaw == "amount" else 0)
    number = "" if flaw == "unnumbered" else swipe.number
    at = swipe.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    row = [merchant, swipe.terminal, swipe.slip, number, "消费", f"{amount:.2f}", at]
    return [row, list(row)] if flaw == "repeated" else [row]
