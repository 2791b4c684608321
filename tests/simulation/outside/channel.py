"""A payment channel that loses, repeats, reorders, delays and lies; and knows the truth about its money."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

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
)
from tests.simulation.outside.repayments import Repayments

if TYPE_CHECKING:
    from tests.simulation.world import World

RETRIES_S = (15, 15, 30, 180, 600, 1_200, 1_800)
SPREAD_S = (0, 1, 1, 5, 60, 900, 20_000)


@dataclass
class Deal:
    """One number at the channel. `fact` once it was paid; `sure`: paid while the channel still held it open.

    `let_go`: we closed it before its payer had opened it, which such a channel cannot remember.
    """

    request: PaymentRequest
    state: str = "open"
    fact: PaymentFact | None = None
    sure: bool = False
    answered: int = 0
    let_go: bool = False


@dataclass
class SimChannel:
    """Fills the channel port inside the simulation. `by_link`: as with Alipay, a deal begins when its link is opened."""

    world: "World"
    name: str
    merchant: str = "1900000001"
    deals: dict[str, Deal] = field(default_factory=dict)
    retries_s: tuple[int, ...] = RETRIES_S
    by_link: bool = False

    def __post_init__(self) -> None:
        self.back = Repayments(self)
        self.links_run_out = self.by_link

    def start(self, request: PaymentRequest) -> str:
        self._call("start", request.out_trade_no)
        fresh = Deal(request, "unopened" if self.by_link else "open")
        deal = self.deals.setdefault(request.out_trade_no, fresh)
        if deal.state not in ("open", "unopened") or self.world.chance(0.02):
            raise ChannelRefused("OUT_TRADE_NO_USED", "the channel does not take this number again")
        if self.world.faulty and self.world.chance(0.3):
            self.world.after(self.world.rng.uniform(0, 900), lambda: self._lie(request.out_trade_no))
        # The channel's own app lists it among what is to be paid, whether or not our answer reaches the payer.
        if self.world.chance(0.15) and not self.by_link:
            self.world.after(self.world.rng.uniform(0, 300), lambda: self.take(request.out_trade_no))
        self._answer("start")
        return request.out_trade_no

    def start_code(self, request: PaymentRequest) -> str:
        return self.start(request)

    def query(self, out_trade_no: str) -> Outcome:
        self._call("query", out_trade_no)
        deal = self.deals.get(out_trade_no)
        self._answer("query")
        if deal is None:
            return Outcome("unpaid")
        if deal.fact:
            lie = self.world.faulty and self.world.chance(0.02)
            return Outcome("paid", replace(deal.fact, amount_fen=1) if lie else deal.fact)
        if deal.state == "unopened":
            return Outcome("unpaid")
        is_over = deal.state == "closed" or deal.request.expires_at <= self.world.now
        return Outcome("closed" if is_over else "unpaid")

    def close(self, out_trade_no: str) -> bool:
        self._call("close", out_trade_no)
        deal = self.deals.get(out_trade_no)
        if deal and deal.fact:
            self._answer("close")
            return False
        if deal:
            deal.let_go = deal.state == "unopened"
            deal.state = "unopened" if deal.let_go else "closed"
        self._answer("close")
        return True

    def judge(self, headers: Mapping[str, str], body: bytes, received_at: datetime) -> Judgement:
        if headers.get("wechatpay-signature") != self._sign(body):
            return Judgement(authentic=False, reason="bad_signature")
        said = json.loads(body)
        if "refund" in said:
            return Judgement(authentic=True, reason="ok", refund=self.back.read(said))
        fact = PaymentFact(
            self.name, said["no"], said["txn"], said["fen"], "CNY", self.merchant,
            datetime.fromisoformat(said["at"]),
        )  # fmt: skip
        return Judgement(authentic=True, reason="ok", fact=fact)

    def acknowledge(self, accepted: bool) -> tuple[int, str, bytes]:
        return (204, "application/json", b"") if accepted else (401, "application/json", b"{}")

    def refund(self, request: RefundRequest) -> RefundFact:
        self._call("refund", request.refund_no)
        fact = self.back.ask(request)
        self._answer("refund")
        return fact

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        self._call("query refund", refund_no)
        known = self.back.returns.get(refund_no)
        self._answer("query refund")
        return known.fact if known else None

    def fetch_statement(self, day: date) -> bytes:
        self._call("statement", str(day))
        body = self.back.statement(day)
        self._answer("statement")
        return body

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        return self.back.lines(lines, day)

    # ── what the payer and the bank behind it do

    def take(self, out_trade_no: str) -> None:
        """The payer confirms with the password. Rarely the bank needs longer than the order lives."""
        deal = self.deals.get(out_trade_no)
        if deal is None or deal.fact or deal.request.expires_at <= self.world.now:
            return
        if deal.state == "unopened":
            deal.state = "open"
        if deal.state != "open":
            return
        if self.world.faulty and self.world.chance(0.04):
            self.world.after(self.world.rng.uniform(5, 1_500), lambda: self._book(out_trade_no, sure=False))
        else:
            self._book(out_trade_no, sure=True)

    def _book(self, out_trade_no: str, *, sure: bool) -> None:
        deal = self.deals[out_trade_no]
        if deal.fact:
            return
        deal.fact = self._fact(out_trade_no)
        deal.sure = sure and deal.state == "open" and not deal.let_go
        self.world.note(f"money {out_trade_no} {deal.fact.amount_fen}")
        self._tell(out_trade_no, deal.fact, at_least=0 if sure else 1)

    def _tell(self, no: str, fact: PaymentFact, at_least: int) -> None:
        rng = self.world.rng
        for _ in range(max(at_least, rng.choice((0, 1, 1, 1, 2, 3)))):
            self.world.after(rng.choice(SPREAD_S) * rng.random(), lambda: self.deliver(no, fact, tries=0))
        if self.world.faulty and self.world.chance(0.4):
            self.world.after(rng.uniform(0, 600), lambda: self._lie(no))

    def deliver(self, no: str, fact: PaymentFact, tries: int) -> None:
        """One delivery; without a success it comes again later."""
        if self.deliver_body(no, self._body(fact)):
            self.deals[fact.out_trade_no].answered += fact == self.deals[fact.out_trade_no].fact
        elif tries < len(RETRIES_S):
            self.world.after(RETRIES_S[tries], lambda: self.deliver(no, fact, tries + 1))

    def deliver_body(self, no: str, body: bytes) -> bool:
        """Send a notice, signed; whether we were heard to say that we have it."""
        return self.world.notify(self.name, no, {"Wechatpay-Signature": self._sign(body)}, body)

    def _lie(self, no: str) -> None:
        """Somebody forges, or the channel errs: an amount, an address, an unknown number, a stranger's number."""
        rng, deal = self.world.rng, self.deals[no]
        kind = rng.choice(("forged", "amount", "address", "stranger", "unknown"))
        self.world.note(f"lie {kind} {no}")
        said, address = deal.fact or self._fact(no), no
        if kind == "amount":
            said = replace(said, amount_fen=rng.choice((1, said.amount_fen + 1, said.amount_fen // 2)))
        elif kind == "address":
            address = rng.choice(sorted(self.deals))
        elif kind == "unknown":
            address = no[:-2] + "77"
        elif kind == "stranger":
            others = [n for c in self.world.channels.values() if c is not self for n in sorted(c.deals)]
            address = rng.choice(others or [no])
        if kind in ("unknown", "stranger"):
            said = replace(said, out_trade_no=address)
        if kind == "address" and not deal.fact:  # what is authentic and fits is true; the rest must not fit
            return
        if kind == "stranger" and address == no:
            return
        body = self._body(said)
        self.world.notify(
            self.name, address, {"Wechatpay-Signature": self._sign(body, forged=kind == "forged")}, body
        )

    def _fact(self, no: str) -> PaymentFact:
        fen = self.deals[no].request.amount_fen
        return PaymentFact(self.name, no, f"42{no}", fen, "CNY", self.merchant, self.world.now)

    def _sign(self, body: bytes, *, forged: bool = False) -> str:
        return "0" * 64 if forged else hashlib.sha256(self.name.encode() + body).hexdigest()

    def _body(self, fact: PaymentFact) -> bytes:
        said = {
            "no": fact.out_trade_no,
            "txn": fact.channel_txn_no,
            "fen": fact.amount_fen,
            "at": str(fact.paid_at),
        }
        return json.dumps(said).encode()

    def _call(self, what: str, no: str) -> None:
        self.world.outside(f"{what} {no} asked")
        if self.world.net_fails():
            raise ChannelDown("the question was lost")

    def _answer(self, what: str) -> None:
        self.world.outside(f"{what} answered")
        if self.world.net_fails():
            raise ChannelDown("the answer was lost")
