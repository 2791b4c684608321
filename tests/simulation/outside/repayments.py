"""The way back through a channel: refunds it takes up, loses, ends well or badly, and the statement of each day."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from canbao.basics.days import local_date
from canbao.channels.port import (
    ChannelRefused,
    Movement,
    PaymentFact,
    RefundFact,
    RefundRequest,
    StatementNotReady,
)
from canbao.channels.wechat.statement import read_statement
from tests.support.trade_bill import Row, trade_bill

if TYPE_CHECKING:
    from tests.simulation.outside.channel import SimChannel

STATEMENT_READY = timedelta(hours=9)


@dataclass
class Return:
    """One refund at the channel: of which payment, what is said of it now, and how often we said to have heard."""

    out_trade_no: str
    fact: RefundFact
    answered: int = 0


@dataclass
class Repayments:
    """A channel's refunds and statements. It knows what really went back."""

    channel: "SimChannel"
    returns: dict[str, Return] = field(default_factory=dict)

    @property
    def world(self) -> Any:
        return self.channel.world

    def ask(self, request: RefundRequest) -> RefundFact:
        """Take a refund up, or find the very same; the true channel refuses more than it was paid."""
        known = self.returns.get(request.refund_no)
        if known is None:
            if self.world.faulty and self.world.chance(0.05):
                raise ChannelRefused("NOT_ENOUGH", "the merchant's account is empty for now")
            known = self._take_up(request)
        return known.fact

    def _take_up(self, request: RefundRequest) -> Return:
        paid = self.channel.deals[request.out_trade_no].fact
        given = sum(
            r.fact.amount_fen for r in self.returns.values() if r.out_trade_no == request.out_trade_no
        )
        if paid is None or given + request.amount_fen > paid.amount_fen:
            self.world.overdrawn.append(request.refund_no)
            raise ChannelRefused("INVALID_REQUEST", "more than was paid")
        no, now = request.refund_no, self.world.now
        fact = RefundFact(
            self.channel.name, no, f"503{no}", request.amount_fen, "accepted", "PROCESSING", now
        )
        self.returns[no] = Return(request.out_trade_no, fact)
        self.world.note(f"refund {no} {fact.amount_fen}")
        self.world.machine.counts["refunds"] += 1
        self.world.after(self.world.rng.uniform(1, 3_000), lambda: self._end(no))
        return self.returns[no]

    def _end(self, no: str) -> None:
        """It reaches the payer's account, or the account is closed; rarely it gets there after all."""
        reaches = self.returns[no].fact.state == "abnormal" or self.world.chance(0.7)
        said = {"state": "paid", "said": "SUCCESS", "paid_at": self.world.now}
        said = said if reaches else {"state": "abnormal", "said": "ABNORMAL"}
        self.returns[no].fact = fact = replace(self.returns[no].fact, **said)
        self.world.note(f"refund {no} {fact.said}")
        self.world.machine.counts["refunds_returned"] += not reaches
        if not reaches and self.world.chance(0.3):
            self.world.after(self.world.rng.uniform(60, 6_000), lambda: self._end(no))
        for _ in range(self.world.rng.choice((1, 1, 2, 3))):
            self.world.after(self.world.rng.choice((0, 1, 60, 900)), lambda: self._deliver(no, fact, 0))

    def _deliver(self, no: str, fact: RefundFact, tries: int) -> None:
        heard = self.channel.deliver_body(no, self.written(fact))
        if heard:
            self.returns[no].answered += 1
        elif tries < len(self.channel.retries_s):
            pause = self.channel.retries_s[tries]
            self.world.after(pause, lambda: self._deliver(no, fact, tries + 1))

    def written(self, fact: RefundFact) -> bytes:
        """A notice as the channel writes it."""
        return json.dumps({"refund": fact.refund_no, "state": fact.state}).encode()

    def read(self, said: dict[str, str]) -> RefundFact:
        """What an authentic notice says; an older one says what was true then."""
        now = self.returns[said["refund"]].fact
        if said["state"] == now.state:
            return now
        return replace(now, state=said["state"], said="ABNORMAL", paid_at=None)

    def statement(self, day: date) -> bytes:
        """Every payment and refund of a day, made at nine the next morning."""
        if local_date(self.world.now - STATEMENT_READY) <= day:
            raise StatementNotReady
        facts = (deal.fact for deal in self.channel.deals.values())
        paid = [_as_row(fact) for fact in facts if fact and local_date(fact.paid_at) == day]
        back = [
            Row(one.out_trade_no, one.fact.amount_fen, one.fact.accepted_at, no, one.fact.said)
            for no, one in self.returns.items()
            if local_date(one.fact.accepted_at) == day
        ]
        return trade_bill([*paid, *back])

    def lines(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """Read by the product's own reader."""
        return read_statement(lines, day, self.channel.merchant)


def _as_row(fact: PaymentFact) -> Row:
    return Row(fact.out_trade_no, fact.amount_fen, fact.paid_at)
