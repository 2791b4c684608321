"""The statement of a day: CSV, one movement a row, read as a stream. Its shape is assumed (see `assumed`).

Columns are found by name. A file that is cut off, of another day or merchant, or whose sums are not its own is
refused whole.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from operator import itemgetter
from typing import NamedTuple

from canbao.basics.days import CHINA
from canbao.basics.money import fen_from_yuan, yuan_text
from canbao.channels.port import Movement, StatementUnfit
from canbao.channels.unionpay.assumed import STATEMENT_COLUMNS, STATEMENT_KINDS, STATEMENT_TOTAL
from canbao.channels.unionpay.keys import UnionPayKeys

DONE = "SUCCESS"  # a row is there because the movement is done


def read_statement(lines: Iterable[bytes], day: date, keys: UnionPayKeys) -> Iterator[Movement]:
    """Every movement of a file. An empty file is a day without any.

    Raises:
        StatementUnfit: at the line that shows it; a reader must then forget what it has read.
    """
    rows = _rows(lines)
    header = next(rows, None)
    if header is None:
        return
    pick, found, sum_fen = _picker(header.cells), 0, 0
    for row in rows:
        if row.cells[0] == STATEMENT_TOTAL:
            _check_total(row, found, sum_fen)
            if next(rows, None) is not None:
                raise StatementUnfit("more_after_the_totals", row.line)
            return
        if len(row.cells) != len(header.cells):
            raise StatementUnfit("row_of_wrong_width", row.line)
        try:
            movement = _movement(pick(row.cells), day, keys)
        except StatementUnfit as unfit:
            raise StatementUnfit(unfit.reason, row.line) from None
        signed = movement.amount_fen if movement.what == "payment" else -movement.amount_fen
        found, sum_fen = found + 1, sum_fen + signed
        yield movement
    raise StatementUnfit("cut_off")


class _Row(NamedTuple):
    line: int
    cells: list[str]


def _rows(lines: Iterable[bytes]) -> Iterator[_Row]:
    """The rows that are not empty. No cell of ours holds a comma, so none is quoted."""
    for number, raw in enumerate(lines, start=1):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise StatementUnfit("not_utf8", number) from None
        if text:
            yield _Row(number, text.split(","))


def _picker(header: list[str]) -> Callable[[list[str]], tuple[str, ...]]:
    if any(name not in header for name in STATEMENT_COLUMNS):
        raise StatementUnfit("no_header", 1)
    return itemgetter(*(header.index(name) for name in STATEMENT_COLUMNS))


def _movement(picked: tuple[str, ...], day: date, keys: UnionPayKeys) -> Movement:
    traded_on, traded_at, kind, yuan, mid, serial, order_no, refund_no = picked
    if mid != keys.mid:
        raise StatementUnfit("other_merchant")
    if kind not in STATEMENT_KINDS:
        raise StatementUnfit("unknown_state")
    what, fen = STATEMENT_KINDS[kind], _fen(yuan)
    if fen == 0 or (fen < 0) != (what == "refund"):
        raise StatementUnfit("not_an_amount")
    number = order_no if what == "payment" else refund_no
    # A number that does not begin with our source stays as it is: reconciliation will say that nobody knows it.
    return Movement(
        what, number.removeprefix(keys.source), serial, abs(fen), DONE, _instant(traded_on, traded_at, day)
    )


def _instant(traded_on: str, traded_at: str, day: date) -> datetime:
    try:
        instant = datetime.strptime(f"{traded_on} {traded_at} +0800", "%Y%m%d %H%M%S %z").astimezone(CHINA)
    except ValueError:
        raise StatementUnfit("not_an_instant") from None
    if instant.date() != day:
        raise StatementUnfit("other_day")
    return instant


def _check_total(row: _Row, found: int, sum_fen: int) -> None:
    if row.cells[1:3] != [str(found), yuan_text(sum_fen)]:
        raise StatementUnfit("totals_differ", row.line)


def _fen(yuan: str) -> int:
    try:
        return fen_from_yuan(yuan)
    except ValueError:
        raise StatementUnfit("not_an_amount") from None
