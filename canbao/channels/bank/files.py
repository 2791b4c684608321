"""送盘 and 回盘 by a bank's data file. A result that does not agree with what was sent is refused whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from canbao.basics.days import CHINA
from canbao.basics.money import fen_from_yuan, yuan_text
from canbao.channels.bank.formats import BankFormat, Field


@dataclass(frozen=True)
class Line:
    """One deduction asked for."""

    seq: int
    account: str
    name: str
    amount_fen: int
    agreement_no: str
    number: str


@dataclass(frozen=True)
class Batch:
    """What is sent."""

    batch_no: str
    day: date
    lines: Sequence[Line]

    @property
    def total_fen(self) -> int:
        """The sum of all lines."""
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True)
class ResultLine:
    """What became of one deduction; `paid_at` only where money was taken."""

    seq: int
    number: str
    amount_fen: int
    code: str
    message: str
    serial: str
    paid_at: datetime | None


@dataclass(frozen=True)
class Result:
    """What came back: the header's own figures, and the lines."""

    batch_no: str
    count: int
    total_fen: int
    lines: Sequence[ResultLine]


@dataclass
class BankFileUnfit(Exception):
    """A file that cannot be relied on, as a whole; `line` counts from 1, the header included; 0: none in particular."""

    reason: str
    line: int = 0


def write_batch(how: BankFormat, batch: Batch) -> bytes:
    """The file to send: a header, and one line a deduction.

    Raises:
        BankFileUnfit: a value does not fit its column or the bank's encoding.
    """
    head = {
        "batch_no": batch.batch_no,
        "date": batch.day.strftime("%Y%m%d"),
        "count": str(len(batch.lines)),
        "total": _money(how, batch.total_fen),
    }
    rows = [_joined(how, how.header, head, 1)]
    for place, line in enumerate(batch.lines, start=2):
        told = {
            "seq": str(line.seq),
            "account": line.account,
            "name": line.name,
            "amount": _money(how, line.amount_fen),
            "agreement_no": line.agreement_no,
            "number": line.number,
            "remark": "城乡居民医保",
        }
        rows.append(_joined(how, how.out, told, place))
    return b"\r\n".join(rows) + b"\r\n"


def read_result(how: BankFormat, body: bytes) -> Result:
    """Read what a bank sent back.

    Raises:
        BankFileUnfit: at the line that shows it, or where header and lines disagree.
    """
    rows = [row for row in body.replace(b"\r\n", b"\n").split(b"\n") if row]
    if not rows:
        raise BankFileUnfit("empty")
    head = _split(how, how.header, rows[0], 1)
    lines = [_result_line(how, _split(how, how.back, row, n), n) for n, row in enumerate(rows[1:], start=2)]
    try:
        result = Result(head["batch_no"], int(head["count"]), _fen(how, head["total"]), lines)
    except ValueError:
        raise BankFileUnfit("not_a_header", 1) from None
    if result.count != len(lines):
        raise BankFileUnfit("count_differs", 1)
    if result.total_fen != sum(line.amount_fen for line in lines):
        raise BankFileUnfit("total_differs", 1)
    wrong = next((n for n, line in enumerate(lines, start=1) if line.seq != n), None)
    if wrong is not None:
        raise BankFileUnfit("sequence_broken", wrong + 1)
    return result


def _result_line(how: BankFormat, told: dict[str, str], place: int) -> ResultLine:
    is_paid = told["code"] in how.paid_codes
    try:
        return ResultLine(
            seq=int(told["seq"]),
            number=told["number"],
            amount_fen=_fen(how, told["amount"]),
            code=told["code"],
            message=told.get("message", ""),
            serial=told["serial"],
            paid_at=_instant(how, told["time"]) if is_paid else None,
        )
    except ValueError:
        raise BankFileUnfit("not_a_row", place) from None


def _instant(how: BankFormat, text: str) -> datetime:
    return datetime.strptime(f"{text} +0800", f"{how.time_format} %z").astimezone(CHINA)


def _money(how: BankFormat, fen: int) -> str:
    return str(fen) if how.unit == "fen" else yuan_text(fen)


def _fen(how: BankFormat, text: str) -> int:
    fen = int(text) if how.unit == "fen" else fen_from_yuan(text)
    if fen <= 0:
        raise ValueError("not an amount")
    return fen


def _joined(how: BankFormat, fields: Sequence[Field], told: dict[str, str], place: int) -> bytes:
    cells = []
    for field in fields:
        try:
            cell = told[field.name].encode(how.encoding)
        except UnicodeEncodeError:
            raise BankFileUnfit("not_in_the_banks_letters", place) from None
        if how.delimiter and how.delimiter.encode(how.encoding) in cell:
            raise BankFileUnfit("delimiter_in_a_value", place)
        if not how.delimiter and len(cell) > field.width:
            raise BankFileUnfit("too_long", place)
        cells.append(cell if how.delimiter else cell.ljust(field.width))
    return how.delimiter.encode(how.encoding).join(cells)


def _split(how: BankFormat, fields: Sequence[Field], row: bytes, place: int) -> dict[str, str]:
    try:
        if how.delimiter:
            cells = [cell.strip() for cell in row.decode(how.encoding).split(how.delimiter)]
        else:
            cells = [cell.decode(how.encoding).strip() for cell in _cut(row, fields)]
    except UnicodeDecodeError:
        raise BankFileUnfit("not_in_the_banks_letters", place) from None
    if len(cells) != len(fields):
        raise BankFileUnfit("row_of_wrong_width", place)
    return {field.name: cell for field, cell in zip(fields, cells, strict=True)}


def _cut(row: bytes, fields: Sequence[Field]) -> list[bytes]:
    """Cut by widths; a last column may end early."""
    cells, at = [], 0
    for field in fields:
        cells.append(row[at : at + field.width])
        at += field.width
    last = fields[-1].width if fields else 0
    return cells if at - last < len(row) <= at else []
