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
from canbao.channels.signed import REFUSED, SharedKey
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


class TaxCollection:
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
        self._keys, self._clock = keys, clock
        self.merchant = keys.partner
        self._client = httpx.Client(
            base_url=keys.base_url, timeout=timeout_s, trust_env=False, transport=transport
        )

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
        told = self._post(DAY_PATH, {"day": day.isoformat()})
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
        return self._fact(_kept(self._post(REFUND_PATH, asked), "output"))

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        """What became of a refund."""
        told = self._post(REFUND_QUERY_PATH, {"refd_no": refund_no})
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

    def _post(self, path: str, content: Mapping[str, str]) -> dict[str, Any]:
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp, nonce = str(int(self._clock().timestamp())), hashlib.sha256(body).hexdigest()[:32]
        headers = {
            "Content-Type": "application/json; charset=utf-8", "X-Partner": self._keys.partner, "X-Timestamp": stamp,
            "X-Nonce": nonce, "X-Signature": self._signature("POST", path, stamp, nonce, body),
        }  # fmt: skip
        try:
            answer = self._client.post(path, content=body, headers=headers)
        except httpx.HTTPError as lost:
            raise ChannelDown(f"no answer: {type(lost).__name__}") from lost
        signed = self._signature("ANSWER", path, answer.headers.get("X-Timestamp", ""), nonce, answer.content)
        if answer.status_code != 200 or not hmac.compare_digest(
            signed, answer.headers.get("X-Signature", "")
        ):
            raise ChannelDown(f"no signed answer: HTTP {answer.status_code}")
        told = answer.json()
        if not isinstance(told, dict):
            raise ChannelDown("the answer is no object")
        if told.get("infcode") == REFUSED:
            raise ChannelRefused(str(told.get("err_code") or REFUSED), str(told.get("err_msg") or ""))
        return told

    def _signature(self, verb: str, path: str, stamp: str, nonce: str, body: bytes) -> str:
        text = "\n".join((verb, path, stamp, nonce, hashlib.sha256(body).hexdigest()))
        return hmac.new(self._keys.key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _kept(told: Mapping[str, Any], name: str) -> Any:
    if name not in told:
        raise ChannelDown(f"the answer has no {name}")
    return told[name]


def _instant(text: Any) -> datetime:
    at = datetime.fromisoformat(str(text))
    return at if at.tzinfo else at.replace(tzinfo=CHINA)
