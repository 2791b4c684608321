"""WeChat Pay behind the port: requests out, facts in."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from urllib.parse import quote, urlsplit

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
from canbao.channels.strict import Unreadable, read_text
from canbao.channels.wechat.client import Answer, Client
from canbao.channels.wechat.facts import (
    NAME,
    OtherMerchant,
    check_merchant,
    read_fact,
    read_refund,
)
from canbao.channels.wechat.keys import WeChatKeys
from canbao.channels.wechat.notice import Judge
from canbao.channels.wechat.statement import read_statement, unpacked

STATES: dict[str, State] = {
    "SUCCESS": "paid",
    "REFUND": "refunded",
    "NOTPAY": "unpaid",
    "USERPAYING": "unpaid",
    "ACCEPT": "unpaid",
    "CLOSED": "closed",
    "REVOKED": "closed",
    "PAYERROR": "failed",
}
NOT_KNOWN = "ORDER_NOT_EXIST"
REFUND_NOT_KNOWN = "RESOURCE_NOT_EXISTS"
NO_MOVEMENTS = "NO_STATEMENT_EXIST"
NOT_MADE_YET = "STATEMENT_CREATING"
ALREADY_CLOSED = "ORDER_CLOSED"
# Both spellings are met: with and without the underscore.
ALREADY_PAID = ("ORDERPAID", "ORDER_PAID")


class WeChatPay:
    """The `PaymentChannel` of WeChat Pay. Holds no state but its keys."""

    name = NAME
    links_run_out = False

    def __init__(self, keys: WeChatKeys, timeout_s: float = 8.0) -> None:
        self.merchant = keys.mchid
        self._keys = keys
        self._client = Client(keys, timeout_s)
        self._judge = Judge(keys)

    def start(self, request: PaymentRequest) -> str:
        """Open an H5 order; the same request again finds the same order.

        Raises:
            ChannelDown: no definite answer; the order may or may not exist.
            ChannelRefused: a definite no, such as ORDERPAID or OUT_TRADE_NO_USED.
        """
        scene = {"payer_client_ip": request.payer_ip, "h5_info": {"type": "Wap"}}
        answer = self._client.place(_order(request) | {"scene_info": scene})
        h5_url = answer.get("h5_url")
        if not isinstance(h5_url, str) or urlsplit(h5_url).scheme not in ("https", "http"):
            raise ChannelDown("the answer holds no link")
        return f"{h5_url}&redirect_url={quote(request.return_url, safe='')}"

    def start_code(self, request: PaymentRequest) -> str:
        """Open a Native order; its link is what the QR code says. Raises ChannelDown, ChannelRefused."""
        code_url = self._client.place_native(_order(request)).get("code_url")
        if not isinstance(code_url, str) or urlsplit(code_url).scheme != "weixin":
            raise ChannelDown("the answer holds no code")
        return code_url

    def query(self, out_trade_no: str) -> Outcome:
        """Ask what became of an order. Raises ChannelDown, ChannelRefused."""
        try:
            answer = self._client.query(out_trade_no)
        except ChannelRefused as refused:
            if refused.code == NOT_KNOWN:
                return Outcome("unpaid")
            raise
        try:
            return self._outcome(out_trade_no, answer)
        except (Unreadable, OtherMerchant) as problem:
            raise ChannelDown(f"an answer that cannot be relied on: {problem!r}") from problem

    def close(self, out_trade_no: str) -> bool:
        """Close an unpaid order. False: it is already paid. Raises ChannelDown.

        An order that WeChat never had, or has closed already, counts as closed.
        """
        try:
            self._client.close(out_trade_no)
        except ChannelRefused as refused:
            if refused.code in ALREADY_PAID:
                return False
            if refused.code in (NOT_KNOWN, ALREADY_CLOSED):
                return True
            raise ChannelDown(f"not closed: {refused.code}") from refused
        return True

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        """Judge a callback against the instant it was received. Never raises, never calls out."""
        return self._judge.judge(headers, body, received_at)

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        """200 ends WeChat's retries; 401 keeps them coming."""
        if accepted:
            return 200, "application/json", b'{"code":"SUCCESS"}'
        return 401, "application/json", b'{"code":"FAIL","message":"rejected"}'

    def refund(self, request: RefundRequest) -> RefundFact:
        """Give back through the payer's own account. Raises ChannelDown, ChannelRefused."""
        amount = {"refund": request.amount_fen, "total": request.total_fen, "currency": "CNY"}
        answer = self._client.refund(
            {
                "out_refund_no": request.refund_no,
                "out_trade_no": request.out_trade_no,
                "reason": request.subject,
                "notify_url": request.notify_url,
                "amount": amount,
            }
        )
        return self._refund_fact(request.refund_no, answer)

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        """What became of a refund; None: WeChat never had it. Raises ChannelDown, ChannelRefused."""
        try:
            answer = self._client.query_refund(refund_no)
        except ChannelRefused as refused:
            if refused.code == REFUND_NOT_KNOWN:
                return None
            raise
        return self._refund_fact(refund_no, answer)

    def fetch_statement(self, day: date) -> bytes:
        """The trade bill of a day, checked against its digest.

        Raises:
            StatementNotReady: made the next morning, not before. ChannelDown, ChannelRefused.
        """
        try:
            answer = self._client.trade_bill(day.isoformat())
        except ChannelRefused as refused:
            if refused.code == NOT_MADE_YET:
                raise StatementNotReady from refused
            if refused.code == NO_MOVEMENTS:
                return b""
            raise
        try:
            link, digest = read_text(answer, "download_url"), read_text(answer, "hash_value")
            return unpacked(self._client.download(link), digest)
        except Unreadable as problem:
            raise ChannelDown(f"an answer that cannot be relied on: {problem!r}") from problem

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """Read a trade bill. Raises StatementUnfit."""
        return read_statement(lines, day, self.merchant)

    @staticmethod
    def _refund_fact(refund_no: str, answer: Answer) -> RefundFact:
        try:
            fact = read_refund(answer, "status")
        except Unreadable as problem:
            raise ChannelDown(f"an answer that cannot be relied on: {problem!r}") from problem
        if fact.refund_no != refund_no:
            raise ChannelDown("an answer about another refund")
        return fact

    def _outcome(self, out_trade_no: str, answer: Answer) -> Outcome:
        check_merchant(answer, self._keys)
        state = STATES.get(read_text(answer, "trade_state"))
        if state is None:
            raise Unreadable("trade_state")
        if read_text(answer, "out_trade_no") != out_trade_no:
            raise Unreadable("out_trade_no")
        return Outcome(state, read_fact(answer, self._keys) if state == "paid" else None)


def _order(request: PaymentRequest) -> Answer:
    """What an order says however it is paid."""
    return {
        "description": request.subject,
        "out_trade_no": request.out_trade_no,
        "amount": {"total": request.amount_fen, "currency": "CNY"},
        "time_expire": request.expires_at.astimezone(CHINA).isoformat(timespec="seconds"),
        "notify_url": request.notify_url,
    }
