"""批量扣款 through banks: files out and back, each bank's by a data file of its own; and the port of what a bank holds."""

from canbao.channels.bank.files import (
    BankFileUnfit,
    Batch,
    Line,
    Result,
    ResultLine,
    read_result,
    write_batch,
)
from canbao.channels.bank.formats import BankFormat, read_format
from canbao.channels.bank.held import HeldByBank

__all__ = [
    "BankFileUnfit", "BankFormat", "Batch", "HeldByBank", "Line", "Result", "ResultLine", "read_format", "read_result",
    "write_batch",
]  # fmt: skip
