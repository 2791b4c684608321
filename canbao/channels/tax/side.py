"""The tax side as a channel: money reaches it without us, so nothing is started or closed; it is told, stated, given back.

Both sides sign as for assessments: HMAC-SHA256 over verb, path, time, nonce and the body's digest.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Protocol

import httpx

from canbao.basics import accounts
from canbao.basics.days import CHINA
from canbao.basics.money import yuan_text
from canbao.channels.port import (
    ChannelDown,
    ChannelRefused,
    Judgement,
    Movement,
    Outcome,
    PaymentChannel,
    PaymentRequest,
    RefundFact,
    RefundRequest,
    RefundState,
    StatementNotReady,
    StatementUnfit,
)
from canbao.channels.signed import REFUSED, SharedKey, SignedDoor
from canbao.channels.tax.collected import CollectedUnfit, read_statement

NAME = accounts.TAX
NOTICE_PATH = "/api/tax/collected/"
DAY_PATH, REFUND_PATH, REFUND_QUERY_PATH = "/tax/collected", "/tax/refunds", "/tax/refunds/query"
TIMEOUT_S = 15.0
FRESH_WITHIN_S = 300
NOT_READY, UNKNOWN = 2, 3
_STATES: Mapping[str, RefundState] = {"PROCESSING": "accepted", "SUCCESS": "paid", "ABNORMAL": "abnormal"}


class TaxSide(PaymentChannel, Protocol):
    """What `services.exchange.tax_side` asks of it besides what every channel can."""

    def is_told_by_tax(self, headers: Mapping[str, str], body: bytes, at: datetime) -> bool:
        """Whether a notice is signed by the tax side, and fresh."""
        ...

    def fetch_day(self, day: date) -> bytes:
        """The file of a day. Raises StatementNotReady, ChannelDown, ChannelRefused."""
        ...


class TaxCollection(SignedDoor):
    """The port `TaxSide` over HTTP."""

    name = NAME
    links_run_out = False

    def __init__(
        self,
        keys: SharedKey,
        clock: Callable[[], datetime],
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(keys, timeout_s, transport)
        self._clock, self.merchant = clock, keys.partner

    def is_told_by_tax(self, headers: Mapping[str, str], body: bytes, at: datetime) -> bool:
        """Judge a notice by its four headers."""
        told = {name.lower(): value for name, value in headers.items()}
        stamp, nonce = told.get("x-timestamp", ""), told.get("x-nonce", "")
        fresh = stamp.isdigit() and abs(int(stamp) - at.timestamp()) <= FRESH_WITHIN_S
        signed = self._signature("POST", NOTICE_PATH, stamp, nonce, body)
        ours = told.get("x-partner") == self._keys.partner
        return ours and fresh and hmac.compare_digest(signed, told.get("x-signature", ""))

    def fetch_day(self, day: date) -> bytes:
        """Ask for the file of a day."""
        told = self._ask(DAY_PATH, {"day": day.isoformat()})
        if told.get("infcode") == NOT_READY:
            raise StatementNotReady
        return str(_kept(told, "file")).encode()

    def refund(self, request: RefundRequest) -> RefundFact:
        """Ask the tax side to give back what it collected."""
        asked = {
            "refd_no": request.refund_no,
            "elec_taxrpt_no": request.channel_txn_no,
            "refd_amt": yuan_text(request.amount_fen),
            "clct_sumamt": yuan_text(request.total_fen),
        }
        return self._fact(_kept(self._ask(REFUND_PATH, asked), "output"))

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        """What became of a refund."""
        told = self._ask(REFUND_QUERY_PATH, {"refd_no": refund_no})
        return None if told.get("infcode") == UNKNOWN else self._fact(_kept(told, "output"))

    def start(self, request: PaymentRequest) -> str:
        """Nobody is sent there by us: the payer goes to the portal."""
        raise ChannelRefused("NOT_OURS", "the tax side's payments begin at its portals")

    def query(self, out_trade_no: str) -> Outcome:
        """Nothing is asked about: what it has, it tells and states."""
        return Outcome("unpaid")

    def close(self, out_trade_no: str) -> bool:
        """An order made after the fact is nothing that anybody could still pay."""
        return True

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        """Its notices have an address of their own; nothing is expected at a channel's."""
        return Judgement(authentic=False, reason="other_address")

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        """As every answer of ours to it."""
        return (
            200 if accepted else 401,
            "application/json",
            b'{"infcode":0}' if accepted else b'{"infcode":-1}',
        )

    def fetch_statement(self, day: date) -> bytes:
        """Its day's file names people and is taken in by `tax_side`, which writes the statement."""
        raise StatementNotReady

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """Read the statement that was made of a day's file."""
        try:
            for what, number, tax_no, fen, status, at in read_statement(lines):
                yield Movement(what, number, tax_no, fen, status, at)
        except CollectedUnfit as unfit:
            raise StatementUnfit(unfit.reason) from None

    def _fact(self, told: Any) -> RefundFact:
        try:
            state = _STATES[told["refd_stas"]]
            return RefundFact(
                channel=NAME,
                refund_no=str(told["refd_no"]),
                channel_refund_no=str(told["tax_refd_no"]),
                amount_fen=int(told["refd_fen"]),
                state=state,
                said=str(told["refd_stas"]),
                accepted_at=_instant(told["taken_time"]),
                paid_at=_instant(told["done_time"]) if state == "paid" else None,
            )
        except (KeyError, TypeError, ValueError) as unfit:
            raise ChannelDown(f"the answer cannot be read: {type(unfit).__name__}") from unfit

    def _ask(self, path: str, content: Mapping[str, str]) -> dict[str, Any]:
        """One signed question. Raises ChannelDown, ChannelRefused."""
        nonce = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]
        told = self._post(path, nonce, content, self._clock())
        if told.get("infcode") == REFUSED:
            raise ChannelRefused(str(told.get("err_code") or REFUSED), str(told.get("err_msg") or ""))
        return told


def _kept(told: Mapping[str, Any], name: str) -> Any:
    if name not in told:
        raise ChannelDown(f"the answer has no {name}")
    return told[name]


def _instant(text: Any) -> datetime:
    at = datetime.fromisoformat(str(text))
    return at if at.tzinfo else at.replace(tzinfo=CHINA)
