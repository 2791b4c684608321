"""The trade bill of a day (交易账单): a CSV of backquoted values, in yuan, read as a stream.

Detail header, detail rows, summary header, summary row. A payment and each of its refunds are rows of
their own. Columns are found by name, since their order is not promised. A file that is cut off, of
another day or merchant, or whose sums are not its own is refused whole.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import count

from canbao.basics.days import CHINA
from canbao.basics.money import fen_from_yuan
from canbao.channels.port import ChannelDown, Movement, StatementUnfit

BOM = b"\xef\xbb\xbf"
PAYMENT, REFUND = "SUCCESS", "REFUND"
COLUMNS = (
    "交易时间", "商户号", "微信订单号", "商户订单号", "交易状态", "货币种类", "微信退款单号", "商户退款单号",
    "退款状态", "订单金额", "申请退款金额",
)  # fmt: skip
TOTALS = ("总交易单数", "订单总金额", "申请退款总金额")
LARGEST_FILE = 2 * 1024**3


def unpacked(content: bytes, digest: str) -> bytes:
    """The plain file of a download, packed or not; its SHA-1 must be the one that was promised.

    Raises:
        ChannelDown: a broken download, to be asked for again.
    """
    plain = content
    if content[:2] == b"\x1f\x8b":
        packed = zlib.decompressobj(wbits=31)
        try:
            plain = packed.decompress(content, LARGEST_FILE)
        except zlib.error as problem:
            raise ChannelDown("a broken file") from problem
        if not packed.eof:
            raise ChannelDown("a file cut off, or larger than any bill")
    # The platform gives no better digest; TLS and the signed answer vouch for who gave it.
    if hashlib.sha1(plain, usedforsecurity=False).hexdigest() != digest.lower():
        raise ChannelDown("the file does not have its digest")
    return plain


def read_statement(lines: Iterable[bytes], day: date, merchant: str) -> Iterator[Movement]:
    """Every movement of a bill. An empty file is a day without any.

    Raises:
        StatementUnfit: at the line that shows it; a reader must then forget what it has read.
    """
    rows = _Rows(lines)
    header = rows.next_row()
    if header is None:
        return
    pick = _picker(header, COLUMNS, 1)
    paid_fen = refunded_fen = found = 0
    for row in rows.until_header():
        at, mchid, txn_no, number, state, currency, refund_id, refund_no, status, paid, refunded = pick(
            row, rows.line
        )
        if mchid != merchant:
            raise StatementUnfit("other_merchant", rows.line)
        if currency != "CNY":
            raise StatementUnfit("other_currency", rows.line)
        instant = _instant(at, day, rows.line)
        found += 1
        if state == PAYMENT:
            fen = _fen(paid, rows.line)
            paid_fen += fen
            yield Movement("payment", number, txn_no, fen, state, instant)
        elif state == REFUND:
            fen = _fen(refunded, rows.line)
            refunded_fen += fen
            yield Movement("refund", refund_no, refund_id, fen, status, instant)
        else:
            raise StatementUnfit("unknown_state", rows.line)
    _check_totals(rows, found, paid_fen, refunded_fen)


class _Rows:
    """The rows of the file with their line numbers; a row whose values have no backquote is a header."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.line = 0
        self.header: list[str] | None = None

    def next_row(self) -> list[str] | None:
        for raw in self._lines:
            self.line += 1
            try:
                text = raw.removeprefix(BOM).decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                raise StatementUnfit("not_utf8", self.line) from None
            if text:
                return text[1:].split(",`") if text[0] == "`" else text.split(",")
        return None

    def until_header(self) -> Iterator[list[str]]:
        """The detail rows; stops at the summary header, which is then in `header`."""
        line = 0
        for line, raw in zip(count(self.line + 1), self._lines, strict=False):
            if raw[:1] != b"`":
                self.line = line
                if raw.strip():
                    self.header = raw.decode("utf-8", "replace").rstrip("\r\n").split(",")
                    return
                continue
            self.line = line
            try:
                yield raw.decode("utf-8").rstrip("\r\n")[1:].split(",`")
            except UnicodeDecodeError:
                raise StatementUnfit("not_utf8", line) from None


def _picker(header: list[str], wanted: tuple[str, ...], line: int) -> Callable[[list[str], int], list[str]]:
    """A function that takes the wanted columns out of a row, wherever they stand."""
    missing = [name for name in wanted if name not in header]
    if missing:
        raise StatementUnfit("no_header", line)
    places, width = [header.index(name) for name in wanted], len(header)

    def pick(row: list[str], at_line: int) -> list[str]:
        if len(row) != width:
            raise StatementUnfit("row_of_wrong_width", at_line)
        return [row[place] for place in places]

    return pick


def _check_totals(rows: _Rows, found: int, paid_fen: int, refunded_fen: int) -> None:
    if rows.header is None:
        raise StatementUnfit("cut_off", rows.line)
    pick = _picker(rows.header, TOTALS, rows.line)
    totals = rows.next_row()
    if totals is None:
        raise StatementUnfit("cut_off", rows.line)
    number, paid, refunded = pick(totals, rows.line)
    if number != str(found) or (_fen(paid, rows.line), _fen(refunded, rows.line)) != (paid_fen, refunded_fen):
        raise StatementUnfit("totals_differ", rows.line)
    if rows.next_row() is not None:
        raise StatementUnfit("more_after_the_totals", rows.line)


def _fen(yuan: str, line: int) -> int:
    if yuan[-3:-2] == "." and yuan[:-3].isdigit() and yuan[-2:].isdigit() and yuan.isascii():
        return int(yuan[:-3] + yuan[-2:])  # nearly always; the rest is read slowly and strictly
    try:
        fen = fen_from_yuan(yuan)
    except ValueError:
        raise StatementUnfit("not_an_amount", line) from None
    if fen < 0:
        raise StatementUnfit("not_an_amount", line)
    return fen


def _instant(text: str, day: date, line: int) -> datetime:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise StatementUnfit("not_an_instant", line) from None
    if local.tzinfo is not None or local.date() != day:
        raise StatementUnfit("other_day", line)
    return local.replace(tzinfo=CHINA)
