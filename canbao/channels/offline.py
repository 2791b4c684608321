"""The part of the port that all channels share which nobody can call: no links, no notices, no refunds over a network."""

from collections.abc import Mapping
from datetime import date, datetime

from canbao.channels.port import (
    NO_REFUND,
    ChannelRefused,
    Judgement,
    PaymentRequest,
    RefundFact,
    RefundRequest,
    StatementNotReady,
)


class OfflineChannel:
    """What is true of a bank's batch and of a card terminal alike; the rest of the port each fills for itself."""

    links_run_out = False

    def __init__(self, merchant: str) -> None:
        self.merchant = merchant

    def start(self, request: PaymentRequest) -> str:
        """Nobody pays here by a link."""
        raise ChannelRefused("NOT_ONLINE", "there is no link to pay by")

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        """No notices are sent."""
        return Judgement(authentic=False, reason="no_notices")

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        """No notices are sent."""
        return 404, "text/plain", b""

    def refund(self, request: RefundRequest) -> RefundFact:
        """The money goes back on a second route, by two people."""
        raise ChannelRefused(NO_REFUND, "what was paid here is given back on a second route")

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        """There is none."""
        return None

    def fetch_statement(self, day: date) -> bytes:
        """A day's file is uploaded by the staff."""
        raise StatementNotReady
