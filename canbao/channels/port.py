"""The port every payment channel fills: orders out, facts in. Values only, no tables, no decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True)
class PaymentRequest:
    """One attempt at paying. `subject` is shown by the channel and must carry nothing personal."""

    out_trade_no: str
    amount_fen: int
    subject: str
    expires_at: datetime
    notify_url: str
    return_url: str
    payer_ip: str


@dataclass(frozen=True)
class PaymentFact:
    """Money the channel says it has. `merchant` is the channel's merchant number as it wrote it."""

    channel: str
    out_trade_no: str
    channel_txn_no: str
    amount_fen: int
    currency: str
    merchant: str
    paid_at: datetime
    notice_id: str | None = None


State = Literal["paid", "unpaid", "closed", "failed", "refunded"]


@dataclass(frozen=True)
class Outcome:
    """What an active query found. `fact` is there if and only if `state` is `paid`.

    `unpaid` covers an order the channel has never heard of: nothing was charged.
    """

    state: State
    fact: PaymentFact | None = None


@dataclass(frozen=True)
class Judgement:
    """What a callback turned out to be. `fact` may be None for an authentic notice of no payment."""

    authentic: bool
    reason: str
    fact: PaymentFact | None = None


class ChannelDown(Exception):
    """No definite answer: a timeout, a lost connection, a 5xx. Nothing may be concluded from it."""


class ChannelRefused(Exception):
    """A definite no, with the channel's own code: nothing was charged by this call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class PaymentChannel(Protocol):
    """What `services.money` may ask of a channel. None of these may run inside a transaction."""

    name: str
    merchant: str

    def start(self, request: PaymentRequest) -> str:
        """Open the payment; return the link the payer is sent to. Raises ChannelDown, ChannelRefused."""
        ...

    def query(self, out_trade_no: str) -> Outcome:
        """Ask what became of an attempt. Raises ChannelDown, ChannelRefused."""
        ...

    def close(self, out_trade_no: str) -> bool:
        """Close an unpaid attempt. False: the channel says it is already paid. Raises ChannelDown."""
        ...

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        """Decide whether a callback is authentic and fresh, and read its fact. Never raises."""
        ...

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        """The HTTP status, content type and body that this channel wants to hear."""
        ...
