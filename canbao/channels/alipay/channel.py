"""Alipay behind the port: requests out, facts in."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from urllib.parse import urlsplit

from canbao.basics.days import CHINA
from canbao.basics.money import yuan_text
from canbao.channels.alipay.client import Answer, Client
from canbao.channels.alipay.facts import NAME, read_payment, read_refund
from canbao.channels.alipay.keys import AlipayKeys
from canbao.channels.alipay.statement import read_statement
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
from canbao.channels.strict import Unreadable, read_form, read_text

NOT_KNOWN = "ACQ.TRADE_NOT_EXIST"
NOT_OPEN = "ACQ.TRADE_STATUS_ERROR"
NO_BILL = "isp.bill_not_exist"
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")


class Alipay:
    """The `PaymentChannel` of Alipay. Holds no state but its keys."""

    name = NAME
    links_run_out = True

    def __init__(self, keys: AlipayKeys, timeout_s: float = 8.0) -> None:
        self.merchant = keys.seller_id
        self._keys = keys
        self._client = Client(keys, timeout_s)

    def start(self, request: PaymentRequest) -> str:
        """The signed link of a wap order. Nothing is called: the trade comes to be when the payer opens it."""
        return self._client.link(_trade(request), request.return_url, request.notify_url)

    def start_code(self, request: PaymentRequest) -> str:
        """What a code says that anybody may scan (当面付). The trade comes to be at the first scan, as with a link.

        Raises:
            ChannelDown, ChannelRefused.
        """
        answer = self._client.call("alipay.trade.precreate", _trade(request), notify_url=request.notify_url)
        if answer.get("out_trade_no") != request.out_trade_no:
            raise ChannelDown("an answer about another trade")
        code = answer.get("qr_code")
        if not isinstance(code, str) or urlsplit(code).scheme not in ("https", "http"):
            raise ChannelDown("the answer holds no code")
        return code

    def query(self, out_trade_no: str) -> Outcome:
        """Ask what became of a trade. One that nobody has opened is unpaid. Raises ChannelDown, ChannelRefused."""
        try:
            answer = self._client.call("alipay.trade.query", {"out_trade_no": out_trade_no})
        except ChannelRefused as refused:
            if refused.code == NOT_KNOWN:
                return Outcome("unpaid")
            raise
        try:
            return self._outcome(out_trade_no, answer)
        except Unreadable as problem:
            raise ChannelDown(f"an answer that cannot be relied on: {problem!r}") from problem

    def _outcome(self, out_trade_no: str, answer: Answer) -> Outcome:
        if read_text(answer, "out_trade_no") != out_trade_no:
            raise Unreadable("out_trade_no")
        state = read_text(answer, "trade_status")
        if state in PAID:
            return Outcome("paid", read_payment(answer, self._keys.seller_id, "send_pay_date"))
        if state == "WAIT_BUYER_PAY":
            return Outcome("unpaid")
        if state != "TRADE_CLOSED":
            raise Unreadable("trade_status")
        # Closed means run out, or given back in full: only then was it ever paid.
        return Outcome("refunded" if answer.get("send_pay_date") else "closed")

    def close(self, out_trade_no: str) -> bool:
        """Close an unpaid trade. False: it is already paid. Raises ChannelDown.

        A link that nobody has opened cannot be closed and runs out by itself; it is asked about once more then.
        """
        try:
            self._client.call("alipay.trade.close", {"out_trade_no": out_trade_no})
        except ChannelRefused as refused:
            if refused.code == NOT_KNOWN:
                return True
            if refused.code != NOT_OPEN:
                raise ChannelDown(f"not closed: {refused.code}") from refused
            return self.query(out_trade_no).state == "closed"
        return True

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        """Judge a notice. It carries no time that could be checked: one that is repeated books nothing. Never raises."""
        told = read_form(body)
        if told is None:
            return Judgement(authentic=False, reason="not_a_form")
        if not self._client.is_signed(told):
            return Judgement(authentic=False, reason="bad_signature")
        if told.get("app_id") != self._keys.app_id or told.get("seller_id") != self._keys.seller_id:
            return Judgement(authentic=False, reason="other_merchant")
        if told.get("trade_status") not in PAID or told.get("gmt_refund") or told.get("refund_fee"):
            return Judgement(authentic=True, reason="not_a_payment")
        try:
            return Judgement(True, "paid", read_payment(told, self._keys.seller_id, "gmt_payment"))
        except Unreadable:
            return Judgement(authentic=True, reason="unreadable")

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        """The seven bytes that end Alipay's retries."""
        return (200, "text/plain", b"success") if accepted else (401, "text/plain", b"failure")

    def refund(self, request: RefundRequest) -> RefundFact:
        """Give back through the payer's own account; done when it answers. Raises ChannelDown, ChannelRefused."""
        self._client.call(
            "alipay.trade.refund",
            {
                "out_trade_no": request.out_trade_no,
                "out_request_no": request.refund_no,
                "refund_amount": yuan_text(request.amount_fen),
                "refund_reason": request.subject,
            },
        )
        # The answer tells the sum of all refunds of the trade; the query tells of this one.
        fact = self.query_refund(request.refund_no, request.out_trade_no)
        if fact is None:
            raise ChannelDown("the refund was taken up and is not to be found yet")
        return fact

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        """What became of a refund; None: there is none. Raises ChannelDown, ChannelRefused."""
        asked = {
            "out_trade_no": out_trade_no,
            "out_request_no": refund_no,
            "query_options": ["gmt_refund_pay"],
        }
        try:
            answer = self._client.call("alipay.trade.fastpay.refund.query", asked)
        except ChannelRefused as refused:
            if refused.code == NOT_KNOWN:
                return None
            raise
        if answer.get("refund_status") != "REFUND_SUCCESS":
            return None
        try:
            fact = read_refund(answer)
        except Unreadable as problem:
            raise ChannelDown(f"an answer that cannot be relied on: {problem!r}") from problem
        if fact.refund_no != refund_no:
            raise ChannelDown("an answer about another refund")
        return fact

    def fetch_statement(self, day: date) -> bytes:
        """The archive of a day, as Alipay packed it.

        Raises:
            StatementNotReady: not made yet, or a day without a trade: Alipay has one word for both.
            ChannelDown, ChannelRefused.
        """
        asked = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            answer = self._client.call("alipay.data.dataservice.bill.downloadurl.query", asked)
        except ChannelRefused as refused:
            if refused.code == NO_BILL:
                raise StatementNotReady from refused
            raise
        try:
            return self._client.download(read_text(answer, "bill_download_url"))
        except Unreadable as problem:
            raise ChannelDown(f"an answer that cannot be relied on: {problem!r}") from problem

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """Read an archive. Raises StatementUnfit."""
        return read_statement(lines, day, self.merchant)


def _trade(request: PaymentRequest) -> Answer:
    """What a trade says however it is paid."""
    return {
        "out_trade_no": request.out_trade_no,
        "total_amount": yuan_text(request.amount_fen),
        "subject": request.subject,
        "time_expire": request.expires_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
    }
