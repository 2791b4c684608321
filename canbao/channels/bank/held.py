"""The port of what lies at a bank: between 送盘 and 回盘 nobody can ask for it or take it back."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from canbao.channels.port import (
    ChannelDown,
    ChannelRefused,
    Judgement,
    Movement,
    Outcome,
    PaymentRequest,
    RefundFact,
    RefundRequest,
    StatementNotReady,
)

NAME = "bank_batch"


class HeldByBank:
    """Fills the channel port with what is true of a batch: its one word is the result file."""

    name = NAME
    links_run_out = False

    def __init__(self, merchant: str) -> None:
        self.merchant = merchant

    def start(self, request: PaymentRequest) -> str:
        """Nobody pays a deduction by a link."""
        raise ChannelRefused("NOT_ONLINE", "a deduction is asked for in a batch")

    def query(self, out_trade_no: str) -> Outcome:
        """Nothing is known before the result file."""
        raise ChannelDown("the bank answers with its result file")

    def close(self, out_trade_no: str) -> bool:
        """Nothing can be taken back, so an order at the bank stays open until the bank has answered."""
        raise ChannelDown("the bank answers with its result file")

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        """Banks send no notices."""
        return Judgement(authentic=False, reason="no_notices")

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        """Banks send no notices."""
        return 404, "text/plain", b""

    def refund(self, request: RefundRequest) -> RefundFact:
        """A deduction is given back by the treasury or at the window."""
        raise ChannelRefused("NO_REFUND", "a deduction is given back on a second route")

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        """There is none."""
        return None

    def fetch_statement(self, day: date) -> bytes:
        """The bank's statement is uploaded by the staff."""
        raise StatementNotReady

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """A result file is no statement of a day."""
        raise StatementNotReady
