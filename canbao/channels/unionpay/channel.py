"""银联商务 behind the port: requests out, facts in (CP-10)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from canbao.basics.days import CHINA
from canbao.channels.port import (
    ChannelDown,
    ChannelRefused,
    Judgement,
    Movement,
    Outcome,
    PaymentRequest,
    RefundFact,
    RefundRequest,
    State,
    StatementNotReady,
)
from canbao.channels.strict import Unreadable, read_form, read_text
from canbao.channels.unionpay.assumed import REFUND_ASKED_BY
from canbao.channels.unionpay.client import Answer, Client
from canbao.channels.unionpay.facts import NAME, read_number, read_payment, read_refund
from canbao.channels.unionpay.keys import UnionPayKeys
from canbao.channels.unionpay.sign import NewStamp, is_theirs
from canbao.channels.unionpay.statement import read_statement

STATES: dict[str, State] = {
    "NEW_ORDER": "unpaid",
    "WAIT_BUYER_PAY": "unpaid",
    "TRADE_SUCCESS": "paid",
    "TRADE_REFUND": "refunded",
    "TRADE_CLOSED": "closed",
}  # UNKNOWN is no answer
NOT_KNOWN = "NO_ORDER"
NOT_OPEN = "OPERATION_NOT_ALLOWED"
NO_STATEMENT = "NO_STATEMENT"
PAID = "TRADE_SUCCESS"


class UnionPay:
    """The `PaymentChannel` of 银联商务. Holds no state but its keys; `stamp` gives each call its instant and nonce."""

    name = NAME
    links_run_out = True

    def __init__(self, keys: UnionPayKeys, stamp: NewStamp, timeout_s: float = 8.0) -> None:
        self.merchant = keys.mid
        self._keys = keys
        self._client = Client(keys, stamp, timeout_s)

    def start(self, request: PaymentRequest) -> str:
        """The signed link of an H5 order. Nothing is called: the order comes to be when the payer opens it."""
        return self._client.link(
            {
                "merOrderId": self._number(request.out_trade_no),
                "totalAmount": request.amount_fen,
                "orderDesc": request.subject,
                "expireTime": request.expires_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
                "notifyUrl": request.notify_url,
                "returnUrl": request.return_url,
            }
        )

    def query(self, out_trade_no: str) -> Outcome:
        """Ask what became of an order. One that nobody has opened is unpaid. Raises ChannelDown, ChannelRefused."""
        try:
            answer = self._client.call("/v1/netpay/query", {"merOrderId": self._number(out_trade_no)})
        except ChannelRefused as refused:
            if refused.code == NOT_KNOWN:
                return Outcome("unpaid")
            raise
        try:
            return self._outcome(out_trade_no, answer)
        except Unreadable as problem:
            raise ChannelDown(f"an answer that cannot be relied on: {problem!r}") from problem

    def _outcome(self, out_trade_no: str, answer: Answer) -> Outcome:
        if read_number(answer, "merOrderId", self._keys.source) != out_trade_no:
            raise Unreadable("merOrderId")
        state = STATES.get(read_text(answer, "status"))
        if state is None:
            raise Unreadable("status")
        return Outcome(state, read_payment(answer, self._keys) if state == "paid" else None)

    def close(self, out_trade_no: str) -> bool:
        """Close an unpaid order. False: it is already paid. Raises ChannelDown.

        A link that nobody has opened cannot be closed and runs out by itself; it is asked about once more then.
        """
        try:
            self._client.call("/v1/netpay/close", {"merOrderId": self._number(out_trade_no)})
        except ChannelRefused as refused:
            if refused.code == NOT_KNOWN:
                return True
            if refused.code != NOT_OPEN:
                raise ChannelDown(f"not closed: {refused.code}") from refused
            state = self.query(out_trade_no).state
            if state == "unpaid":
                raise ChannelDown("neither closed nor paid") from refused
            return state == "closed"
        return True

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        """Judge a notice. It carries no time that could be checked: one that is repeated books nothing. Never raises."""
        told = read_form(body)
        if told is None:
            return Judgement(authentic=False, reason="not_a_form")
        if not is_theirs(told, self._keys.notice_key):
            return Judgement(authentic=False, reason="bad_signature")
        if told.get("mid") != self._keys.mid or told.get("tid") != self._keys.tid:
            return Judgement(authentic=False, reason="other_merchant")
        if told.get("status") != PAID:
            return Judgement(authentic=True, reason="not_a_payment")
        try:
            return Judgement(True, "paid", read_payment(told, self._keys))
        except Unreadable:
            return Judgement(authentic=True, reason="unreadable")

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        """The word that ends their retries, or keeps them coming."""
        return (200, "text/plain", b"SUCCESS") if accepted else (401, "text/plain", b"FAILED")

    def refund(self, request: RefundRequest) -> RefundFact:
        """Give back the way it came; the same pair of numbers again finds the same. Raises ChannelDown, ChannelRefused."""
        answer = self._client.call(
            "/v1/netpay/refund",
            {
                "merOrderId": self._number(request.out_trade_no),
                "refundOrderId": self._number(request.refund_no),
                "refundAmount": request.amount_fen,
                "refundDesc": request.subject,
            },
        )
        return self._refund_fact(request.refund_no, answer)

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        """What became of a refund; None: there is none. Raises ChannelDown, ChannelRefused."""
        try:
            answer = self._client.call("/v1/netpay/refund-query", {REFUND_ASKED_BY: self._number(refund_no)})
        except ChannelRefused as refused:
            if refused.code == NOT_KNOWN:
                return None
            raise
        return self._refund_fact(refund_no, answer)

    def fetch_statement(self, day: date) -> bytes:
        """The file of a day, from where the merchant file says.

        Raises:
            StatementNotReady: not made yet, or nowhere to fetch it from: then it is uploaded by hand.
            ChannelDown, ChannelRefused.
        """
        if not self._keys.statement_path:
            raise StatementNotReady
        try:
            return self._client.file(self._keys.statement_path, {"settleDate": day.isoformat()})
        except ChannelRefused as refused:
            if refused.code == NO_STATEMENT:
                raise StatementNotReady from refused
            raise

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """Read a file. Raises StatementUnfit."""
        return read_statement(lines, day, self._keys)

    def _number(self, ours: str) -> str:
        return f"{self._keys.source}{ours}"

    def _refund_fact(self, refund_no: str, answer: Answer) -> RefundFact:
        try:
            fact = read_refund(answer, self._keys)
        except Unreadable as problem:
            raise ChannelDown(f"an answer that cannot be relied on: {problem!r}") from problem
        if fact.refund_no != refund_no:
            raise ChannelDown("an answer about another refund")
        return fact
