"""The port every payment channel fills: orders out, facts in. Values only, no tables, no decisions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol, runtime_checkable


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
class RefundRequest:
    """Give back `amount_fen` of a payment of `total_fen`. The same request again is the same refund.

    `channel_txn_no`: what the channel itself called the payment.
    """

    refund_no: str
    out_trade_no: str
    amount_fen: int
    total_fen: int
    notify_url: str
    subject: str
    channel_txn_no: str = ""


RefundState = Literal["accepted", "paid", "abnormal"]


@dataclass(frozen=True)
class RefundFact:
    """What the channel says of one refund. `said` is its own word; `abnormal`: the payer cannot be reached.

    `accepted_at` is the instant it was taken up, or told of, where the channel names no earlier one.
    """

    channel: str
    refund_no: str
    channel_refund_no: str
    amount_fen: int
    state: RefundState
    said: str
    accepted_at: datetime
    paid_at: datetime | None = None


@dataclass(frozen=True)
class Judgement:
    """What a callback turned out to be. Both facts may be None: an authentic notice of something else."""

    authentic: bool
    reason: str
    fact: PaymentFact | None = None
    refund: RefundFact | None = None


class Movement(NamedTuple):
    """One line of a statement. `what` is `payment` or `refund`; `number` is ours, whatever it looks like.

    `status` is the channel's own word; `at` is the instant that puts the line on its day.
    """

    what: str
    number: str
    channel_no: str
    amount_fen: int
    status: str
    at: datetime


class StatementUnfit(Exception):
    """A file that cannot be relied on, as a whole. `line` counts from 1."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"{reason} (line {line})" if line else reason)
        self.reason, self.line = reason, line


class StatementNotReady(Exception):
    """The channel has not made the statement of that day yet; ask later."""


class ChannelDown(Exception):
    """No definite answer: a timeout, a lost connection, a 5xx. Nothing may be concluded from it."""


# The code of a channel that never gives anything back: it goes on a second route, which two people choose.
NO_REFUND = "NO_REFUND"


class ChannelRefused(Exception):
    """A definite no, with the channel's own code: nothing was charged by this call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class PaymentChannel(Protocol):
    """What `services.money` may ask of a channel. None of these may run inside a transaction.

    `links_run_out`: a link that no payer has opened cannot be closed, it can be paid until its order expires.
    """

    name: str
    merchant: str
    links_run_out: bool

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

    def refund(self, request: RefundRequest) -> RefundFact:
        """Ask for a refund, or find the very same one. Raises ChannelDown, ChannelRefused."""
        ...

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        """What became of a refund of a payment; None: never heard of. Raises ChannelDown, ChannelRefused."""
        ...

    def fetch_statement(self, day: date) -> bytes:
        """The statement of a day as the channel wrote it. A day without movements is an empty file.

        Raises:
            StatementNotReady, ChannelDown, ChannelRefused.
        """
        ...

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """Read a statement line by line, however long. Raises StatementUnfit, at the latest at its end."""
        ...


@runtime_checkable
class CodeChannel(Protocol):
    """A channel that can be paid by a QR code somebody else scans: one code for a whole village."""

    def start_code(self, request: PaymentRequest) -> str:
        """Open the payment; return what the code says. The same request again is the same payment.

        Raises:
            ChannelDown, ChannelRefused.
        """
        ...
