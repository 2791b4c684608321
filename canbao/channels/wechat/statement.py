"""The trade bill of a day (交易账单): a CSV of backquoted values, in yuan, read as a stream.

Detail header, detail rows, summary header, summary row. A payment and each of its refunds are rows of
their own. Columns are found by name, since their order is not promised. A file that is cut off, of
another day or merchant, or whose sums are not its own is refused whole.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from operator import itemgetter

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
    pick, width = _picker(header, COLUMNS, 1), len(header)
    instants, made = _Instants(day), Movement._make
    paid_fen = refunded_fen = found = 0
    for row in rows.until_header():  # a day may hold a million of these: each step here is one of C's
        if len(row) != width:
            raise StatementUnfit("row_of_wrong_width", rows.line)
        at, mchid, txn_no, number, state, currency, refund_id, refund_no, status, paid, refunded = pick(row)
        if mchid != merchant or currency != "CNY":
            raise StatementUnfit("other_merchant" if mchid != merchant else "other_currency", rows.line)
        found += 1
        try:
            instant = instants[at]
            if state == PAYMENT:
                paid_fen += (fen := _fen(paid))
                yield made(("payment", number, txn_no, fen, state, instant))
            elif state == REFUND:
                refunded_fen += (fen := _fen(refunded))
                yield made(("refund", refund_no, refund_id, fen, status, instant))
            else:
                raise StatementUnfit("unknown_state")
        except StatementUnfit as unfit:
            raise StatementUnfit(unfit.reason, rows.line) from None
    _check_totals(rows, found, paid_fen, refunded_fen)


class _Rows:
    """The rows of the file with their line numbers; a row whose values have no backquote is a header."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.line = 0
        self.header: list[str] | None = None

    def next_row(self) -> list[str] | None:
        """The next row that is not empty, of whichever kind; None at the end."""
        for raw in self._lines:
            self.line += 1
            text = self._text(raw.removeprefix(BOM))
            if text:
                return text[1:].split(",`") if text[0] == "`" else text.split(",")
        return None

    def until_header(self) -> Iterator[list[str]]:
        """The detail rows; stops at the summary header, which is then in `header`."""
        for raw in self._lines:
            self.line += 1
            text = self._text(raw)
            if text[:1] == "`":
                yield text[1:].split(",`")
            elif text:
                self.header = text.split(",")
                return

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise StatementUnfit("not_utf8", self.line) from None


class _Instants(dict[str, datetime]):
    """The seconds of one day, each read once: a day has fewer of them than a large bill has rows."""

    def __init__(self, day: date) -> None:
        self._day = day

    def __missing__(self, text: str) -> datetime:
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            raise StatementUnfit("not_an_instant") from None
        if local.tzinfo is not None or local.date() != self._day:
            raise StatementUnfit("other_day")
        instant = self[text] = local.replace(tzinfo=CHINA)
        return instant


def _picker(header: list[str], wanted: tuple[str, ...], line: int) -> Callable[[list[str]], tuple[str, ...]]:
    """What takes the wanted columns out of a row, wherever they stand."""
    if any(name not in header for name in wanted):
        raise StatementUnfit("no_header", line)
    return itemgetter(*(header.index(name) for name in wanted))


def _check_totals(rows: _Rows, found: int, paid_fen: int, refunded_fen: int) -> None:
    if rows.header is None:
        raise StatementUnfit("cut_off", rows.line)
    pick = _picker(rows.header, TOTALS, rows.line)
    totals = rows.next_row()
    if totals is None or len(totals) != len(rows.header):
        raise StatementUnfit("cut_off", rows.line)
    number, paid, refunded = pick(totals)
    try:
        told = (int(number), _fen(paid), _fen(refunded))
    except (ValueError, StatementUnfit):
        raise StatementUnfit("totals_differ", rows.line) from None
    if told != (found, paid_fen, refunded_fen):
        raise StatementUnfit("totals_differ", rows.line)
    if rows.next_row() is not None:
        raise StatementUnfit("more_after_the_totals", rows.line)


def _fen(yuan: str) -> int:
    if yuan[-3:-2] == "." and (digits := yuan[:-3] + yuan[-2:]).isdigit() and digits.isascii():
        return int(digits)  # nearly always; the rest is read slowly and strictly
    try:
        fen = fen_from_yuan(yuan)
    except ValueError:
        raise StatementUnfit("not_an_amount") from None
    if fen < 0:
        raise StatementUnfit("not_an_amount")
    return fen
