"""The port of the card terminals: the clerk's slip is the payment, and the acquirer's day file is its statement."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from canbao.channels.port import (
    ChannelRefused,
    Judgement,
    Movement,
    Outcome,
    PaymentRequest,
    RefundFact,
    RefundRequest,
    StatementNotReady,
)
from canbao.channels.pos.statement import read_statement

NAME = "pos"


class PosTerminals:
    """Fills the channel port with what is true of a terminal: nobody can be asked, the day file tells."""

    name = NAME
    links_run_out = False

    def __init__(self, merchant: str) -> None:
        self.merchant = merchant

    def start(self, request: PaymentRequest) -> str:
        """A card is put into a terminal, not behind a link."""
        raise ChannelRefused("NOT_ONLINE", "a card is paid with at the counter")

    def query(self, out_trade_no: str) -> Outcome:
        """What was not settled with its slip was not paid; the day file says otherwise if it was."""
        return Outcome("unpaid")

    def close(self, out_trade_no: str) -> bool:
        """Nothing was begun that could be closed."""
        return True

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        """Terminals send no notices."""
        return Judgement(authentic=False, reason="no_notices")

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        """Terminals send no notices."""
        return 404, "text/plain", b""

    def refund(self, request: RefundRequest) -> RefundFact:
        """A card payment is given back on a second route, by two people."""
        raise ChannelRefused("NO_REFUND", "a card payment is given back on a second route")

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        """There is none."""
        return None

    def fetch_statement(self, day: date) -> bytes:
        """The acquirer's day file is uploaded by the staff."""
        raise StatementNotReady

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """Read a day file. Raises StatementUnfit."""
        return read_statement(lines, day, self.merchant)
