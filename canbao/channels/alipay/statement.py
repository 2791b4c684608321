"""The trade bill of a day (业务明细): a zip of GBK files, amounts in yuan, long numbers ending in a TAB.

`#` lines, a header, rows, `#` lines with the totals. A refund is a row of its own, with the payment's numbers, a
negative amount and its own number in a column. Columns are found by name. A file that is cut off, of another day or
merchant, or whose sums are not its own is refused whole.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from canbao.basics.money import fen_from_yuan
from canbao.channels.port import Movement, StatementUnfit
from canbao.channels.strict import instant_of

COLUMNS = (
    "支付宝交易号", "商户订单号", "业务类型", "完成时间", "订单金额（元）", "商家实收（元）", "退款批次号/请求号",
)  # fmt: skip
PAYMENT, REFUND = "交易", "退款"
DONE = "SUCCESS"  # a row is there because the movement is done
LARGEST_FILE = 2 * 1024**3
_ACCOUNT = re.compile(r"#账号：\[(\d{16})\d*\]")
_TOTAL = re.compile(r"#(交易|退款)合计：(\d+)笔，商家实收(?:退款)?共(-?[\d.]+)元")


def read_statement(lines: Iterable[bytes], day: date, merchant: str) -> Iterator[Movement]:
    """Every movement of an archive. An empty file is a day without any.

    Raises:
        StatementUnfit: at the line that shows it; a reader must then forget what it has read.
    """
    packed = b"".join(lines)
    if not packed:
        return
    reader = _Reader(day, merchant)
    for number, row in enumerate(csv.reader(_detail_lines(packed)), start=1):
        try:
            movement = reader.read([cell.strip() for cell in row])
        except StatementUnfit as unfit:
            raise StatementUnfit(unfit.reason, number) from None
        if movement is not None:
            yield movement
    reader.finish()


def _detail_lines(packed: bytes) -> Iterator[str]:
    """The lines of the file of details, decoded as they are read."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(packed), metadata_encoding="gbk")
    except zipfile.BadZipFile:
        raise StatementUnfit("not_an_archive") from None
    details = [info for info in archive.infolist() if "明细" in info.filename and "汇总" not in info.filename]
    if len(details) != 1 or details[0].file_size > LARGEST_FILE:
        raise StatementUnfit("not_an_archive")
    try:
        with archive.open(details[0]) as file:
            yield from io.TextIOWrapper(file, "gb18030", newline="")
    except UnicodeDecodeError:
        raise StatementUnfit("not_gbk") from None
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError):
        raise StatementUnfit("not_an_archive") from None


@dataclass
class _Reader:
    """Reads rows in turn, and adds up what it reads."""

    day: date
    merchant: str
    header: list[str] = field(default_factory=list)
    found: dict[str, tuple[int, int]] = field(default_factory=lambda: {PAYMENT: (0, 0), REFUND: (0, 0)})
    told: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_ours: bool = False

    def read(self, row: list[str]) -> Movement | None:
        """The movement of a row, if it is one."""
        if not row or not any(row):
            return None
        if row[0].startswith("#"):
            self._mark(",".join(row))
            return None
        if not self.header:
            if any(name not in row for name in COLUMNS):
                raise StatementUnfit("no_header")
            self.header = row
            return None
        if not self.is_ours:
            raise StatementUnfit("other_merchant")
        if len(row) != len(self.header):
            raise StatementUnfit("row_of_wrong_width")
        return self._movement(dict(zip(self.header, row, strict=True)))

    def _mark(self, line: str) -> None:
        account, total = _ACCOUNT.match(line), _TOTAL.match(line)
        if account:
            self.is_ours = account[1] == self.merchant
        if total:
            self.told[total[1]] = (int(total[2]), _fen(total[3]))

    def _movement(self, row: dict[str, str]) -> Movement:
        kind, fen, received = row["业务类型"], _fen(row["订单金额（元）"]), _fen(row["商家实收（元）"])
        if kind not in self.found:
            raise StatementUnfit("unknown_state")
        if (fen < 0) != (kind == REFUND) or fen == 0:
            raise StatementUnfit("not_an_amount")
        number, sum_fen = self.found[kind]
        self.found[kind] = (number + 1, sum_fen + received)
        trade_no, at = row["支付宝交易号"], self._instant(row["完成时间"])
        if kind == PAYMENT:
            return Movement("payment", row["商户订单号"], trade_no, fen, DONE, at)
        own = row["退款批次号/请求号"]
        return Movement("refund", own, f"{trade_no}-{own}", -fen, DONE, at)

    def _instant(self, text: str) -> datetime:
        try:
            instant = instant_of(text)
        except ValueError:
            raise StatementUnfit("not_an_instant") from None
        if instant.date() != self.day:
            raise StatementUnfit("other_day")
        return instant

    def finish(self) -> None:
        """Compare what was read with what the file says it holds."""
        if set(self.told) != {PAYMENT, REFUND}:
            raise StatementUnfit("cut_off")
        if self.told != self.found:
            raise StatementUnfit("totals_differ")


def _fen(yuan: str) -> int:
    try:
        return fen_from_yuan(yuan)
    except ValueError:
        raise StatementUnfit("not_an_amount") from None
