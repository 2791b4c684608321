"""A payment channel inside the process: it takes money, and misbehaves when told to."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import connection

from canbao.channels.port import (
    ChannelDown,
    ChannelRefused,
    Judgement,
    Movement,
    Outcome,
    PaymentFact,
    PaymentRequest,
    RefundFact,
    RefundRequest,
    StatementNotReady,
)
from canbao.channels.wechat.statement import read_statement


@dataclass
class FakeChannel:
    """Fills the channel port. A callback is authentic when its `seal` header says `true`."""

    now: datetime
    name: str = "wechat"
    merchant: str = "1900000001"
    links_run_out: bool = False
    is_down: bool = False
    asked: dict[str, PaymentRequest] = field(default_factory=dict)
    paid: dict[str, PaymentFact] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    refuses: set[str] = field(default_factory=set)
    starts: int = 0
    refunds: dict[str, RefundFact] = field(default_factory=dict)
    refunded_of: dict[str, str] = field(default_factory=dict)
    forgets_answers: bool = False  # takes a refund up, and the answer is lost on its way
    refunds_asked: int = 0
    statements: dict[date, bytes] = field(default_factory=dict)
    # How deep in transactions the test itself is: no call may come from deeper.
    depth: int = field(default_factory=lambda: len(connection.atomic_blocks))

    def take_money(self, out_trade_no: str, amount_fen: int | None = None) -> PaymentFact:
        """The payer pays; nobody is told yet."""
        fact = PaymentFact(
            channel=self.name,
            out_trade_no=out_trade_no,
            channel_txn_no=f"42000{out_trade_no}",
            amount_fen=self.asked[out_trade_no].amount_fen if amount_fen is None else amount_fen,
            currency="CNY",
            merchant=self.merchant,
            paid_at=self.now,
        )
        self.paid[out_trade_no] = fact
        return fact

    def callback(self, fact: PaymentFact, *, seal: str = "true") -> tuple[Mapping[str, str], bytes]:
        """Headers and body as this channel would send them."""
        body = {
            "no": fact.out_trade_no,
            "txn": fact.channel_txn_no,
            "fen": fact.amount_fen,
            "at": str(fact.paid_at),
        }
        return {"Wechatpay-Signature": seal}, json.dumps(body).encode()

    def start(self, request: PaymentRequest) -> str:
        self._answer()
        if request.out_trade_no in self.refuses:
            raise ChannelRefused("OUT_TRADE_NO_USED", "told to refuse")
        self.starts += 1
        self.asked[request.out_trade_no] = request
        return f"https://pay.example/{request.out_trade_no}"

    def start_code(self, request: PaymentRequest) -> str:
        self.start(request)
        return f"weixin://{request.out_trade_no}"

    def query(self, out_trade_no: str) -> Outcome:
        self._answer()
        fact = self.paid.get(out_trade_no)
        if fact:
            return Outcome("paid", fact)
        return Outcome("closed" if out_trade_no in self.closed else "unpaid")

    def close(self, out_trade_no: str) -> bool:
        self._answer()
        if out_trade_no in self.paid:
            return False
        self.closed.add(out_trade_no)
        return True

    def refund(self, request: RefundRequest) -> RefundFact:
        self._answer()
        self.refunds_asked += 1
        known = self.refunds.get(request.refund_no)
        if known is None:
            known = self._take_up(request)
        elif known.amount_fen != request.amount_fen:
            raise ChannelRefused("INVALID_REQUEST", "another amount than before")
        if self.forgets_answers:
            raise ChannelDown("the answer was lost")
        return known

    def _take_up(self, request: RefundRequest) -> RefundFact:
        mine = [no for no, of in self.refunded_of.items() if of == request.out_trade_no]
        given = sum(self.refunds[no].amount_fen for no in mine if self.refunds[no].said != "CLOSED")
        if given + request.amount_fen > self.paid[request.out_trade_no].amount_fen:
            raise ChannelRefused("INVALID_REQUEST", "more than was paid")
        fact = RefundFact(
            self.name,
            request.refund_no,
            f"503{request.refund_no}",
            request.amount_fen,
            "accepted",
            "PROCESSING",
            self.now,
        )
        self.refunds[request.refund_no] = fact
        self.refunded_of[request.refund_no] = request.out_trade_no
        return fact

    def end_refund(self, refund_no: str, said: str = "SUCCESS") -> RefundFact:
        """The refund ends, one way or another; nobody is told yet."""
        paid = said == "SUCCESS"
        state = "paid" if paid else "abnormal"
        fact = replace(self.refunds[refund_no], state=state, said=said, paid_at=self.now if paid else None)
        self.refunds[refund_no] = fact
        return fact

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        self._answer()
        return self.refunds.get(refund_no)

    def refund_callback(self, fact: RefundFact) -> tuple[Mapping[str, str], bytes]:
        """Headers and body of the notice of a refund."""
        return {"Wechatpay-Signature": "true"}, json.dumps({"refund": fact.refund_no}).encode()

    def fetch_statement(self, day: date) -> bytes:
        self._answer()
        if day not in self.statements:
            raise StatementNotReady
        return self.statements[day]

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        return read_statement(lines, day, self.merchant)

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        if headers.get("wechatpay-signature") != "true":
            return Judgement(authentic=False, reason="bad_signature")
        said = json.loads(body)
        if "refund" in said:
            return Judgement(authentic=True, reason="ok", refund=self.refunds[said["refund"]])
        paid_at = datetime.fromisoformat(said["at"])
        fact = PaymentFact(self.name, said["no"], said["txn"], said["fen"], "CNY", self.merchant, paid_at)
        return Judgement(authentic=True, reason="ok", fact=fact)

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        return (204, "application/json", b"") if accepted else (401, "application/json", b'{"code":"FAIL"}')

    def _answer(self) -> None:
        assert len(connection.atomic_blocks) <= self.depth, "the network was called inside a transaction"
        if self.is_down:
            raise ChannelDown("told to be down")
