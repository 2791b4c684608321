"""The acquirer's day file of the card terminals. CSV as UTF-8, columns found by name, a last row with count and sum.

The layout is Canbao's own: no acquirer has published one that we know of, so whoever has another converts it to this.
`商户订单号` is our own number, which the terminal is given with the amount. A payment is known by terminal and slip
(终端号, 凭证号): the same pair twice, word for word, is one payment; with another word it makes the file unfit.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from canbao.basics.days import CHINA, local_date
from canbao.basics.money import fen_from_yuan
from canbao.channels.port import Movement, StatementUnfit

COLUMNS = ("商户号", "终端号", "凭证号", "商户订单号", "交易类型", "金额", "交易时间")
KINDS = {"消费": "payment", "退货": "refund"}
TOTAL = "合计"
DONE = "SUCCESS"
CLOCK = "%Y-%m-%d %H:%M:%S"


def read_statement(lines: Iterable[bytes], day: date, merchant: str) -> Iterator[Movement]:
    """Every payment of a day file, each once.

    Raises:
        StatementUnfit: at the line that shows it; a reader must then forget what it has read.
    """
    reader = _Reader(day, merchant)
    for number, row in enumerate(csv.reader(_texts(lines)), start=1):
        try:
            movement = reader.read([cell.strip() for cell in row])
        except StatementUnfit as unfit:
            raise StatementUnfit(unfit.reason, number) from None
        if movement is not None:
            yield movement
    if not reader.is_whole:
        raise StatementUnfit("cut_off")


def _texts(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise StatementUnfit("not_utf8", number) from None


@dataclass
class _Reader:
    """Reads rows in turn, and adds up what it reads."""

    day: date
    merchant: str
    header: list[str] = field(default_factory=list)
    slips: dict[tuple[str, str], Movement] = field(default_factory=dict)
    count: int = 0
    fen: int = 0
    is_whole: bool = False

    def read(self, row: list[str]) -> Movement | None:
        """The movement of a row, if it is one that was not read before."""
        if not any(row):
            return None
        if self.is_whole:
            raise StatementUnfit("more_after_the_totals")
        if not self.header:
            if any(name not in row for name in COLUMNS):
                raise StatementUnfit("no_header")
            self.header = row
            return None
        if row[0] == TOTAL:
            self._finish(row)
            return None
        if len(row) != len(self.header):
            raise StatementUnfit("row_of_wrong_width")
        return self._movement(dict(zip(self.header, row, strict=True)))

    def _movement(self, row: dict[str, str]) -> Movement | None:
        if row["商户号"] != self.merchant:
            raise StatementUnfit("other_merchant")
        kind, fen = KINDS.get(row["交易类型"]), _fen(row["金额"])
        if kind is None:
            raise StatementUnfit("unknown_state")
        self.count, self.fen = self.count + 1, self.fen + (fen if kind == "payment" else -fen)
        slip = row["终端号"], row["凭证号"]
        # A payment the terminal was not told our number for is still money: it is known by its slip.
        number = row["商户订单号"] or "-".join(slip)
        made = Movement(kind, number, "-".join(slip), fen, DONE, self._instant(row["交易时间"]))
        known = self.slips.setdefault(slip, made)
        if known is made:
            return made
        if known != made:
            raise StatementUnfit("slip_twice")
        return None

    def _instant(self, text: str) -> datetime:
        try:
            at = datetime.strptime(text, CLOCK).replace(tzinfo=CHINA)
        except ValueError:
            raise StatementUnfit("not_an_instant") from None
        if local_date(at) != self.day:
            raise StatementUnfit("other_day")
        return at

    def _finish(self, row: list[str]) -> None:
        if len(row) < 3 or (row[1], _fen(row[2])) != (str(self.count), self.fen):
            raise StatementUnfit("totals_differ")
        self.is_whole = True


def _fen(yuan: str) -> int:
    try:
        return fen_from_yuan(yuan)
    except ValueError:
        raise StatementUnfit("not_an_amount") from None
