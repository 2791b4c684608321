"""The tax side's portals: people pay there too, whatever is open here; it tells late, twice, never, or another sum. It knows its money.

What it told wrong its day's file puts right; what fits nobody is given back by the office's two hands.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from tests.simulation.repayments import STATEMENT_READY, Return

from canbao.basics.accounts import TAKEN_UP, TAX
from canbao.basics.days import local_date
from canbao.channels.port import ChannelDown, ChannelRefused, RefundFact, RefundRequest, StatementNotReady
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import Entry, TaxPayment
from canbao.services.exchange.tax_side.hear import hear_notice
from canbao.services.exchange.tax_side.resolve import approve_resolution, propose_resolution
from tests.simulation.outside import RETRIES_S, SPREAD_S
from tests.support.outside.fake_tax_side import SIGNED, FakeTaxSide, Taken

if TYPE_CHECKING:
    from tests.simulation.people import Resident
    from tests.simulation.world import World


@dataclass
class Returned:
    """The refunds, in the shape in which the oracle reads those of every channel."""

    returns: dict[str, Return] = field(default_factory=dict)


@dataclass
class SimTax:
    """Fills the port `TaxSide` inside the simulation."""

    world: "World"
    name: str = TAX
    merchant: str = "YB01"
    links_run_out: bool = False
    back: Returned = field(default_factory=Returned)
    payers: dict[str, "Resident"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.books = FakeTaxSide(self.world.now)

    # ── what people do there

    def plan(self, people: list["Resident"]) -> None:
        """Some go to a portal, at the very time at which they or their family use our pages."""
        for person in people:
            for _ in range(self.world.rng.choice((0, 0, 1, 1, 2))):
                at = self.world.rng.uniform(300, 9_500)
                self.world.after(at, lambda person=person: self.pay(person))

    def pay(self, person: "Resident") -> None:
        """Pay what the notice asks of this person today, as the tax side sees them."""
        scene, on = self.world.scene, local_date(self.world.now)
        price = scene.price(person.marks, on)
        if not person.id or price is None or not price[0] or price[1]:
            return
        name, number = (
            f"张小{'一二三四五六'[person.place]}",
            id_number(scene.area, scene.birth, person.place * 2 + 1),
        )
        is_special = any(mark.acquired <= on for mark in person.marks)
        self.books.now = self.world.now
        taken = self.books.pay(
            number,
            name,
            price[0],
            scene.year,
            scene.area,
            kind="2" if is_special else "1",
            portal="mini_program",
        )
        self.payers[taken.tax_receipt_no] = person
        self.world.note(f"tax {taken.tax_receipt_no} {taken.amount_fen}")
        self.world.machine.counts["tax_paid"] += 1
        self._tell(taken)

    def _tell(self, taken: Taken) -> None:
        rng = self.world.rng
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            said = taken
            if self.world.faulty and rng.random() < 0.2:
                said = replace(
                    taken, amount_fen=rng.choice((1, taken.amount_fen + 100, taken.amount_fen * 2))
                )
                self.world.machine.counts["tax_wrong_sums"] += 1
            body = self.books.notice(said)
            self.world.after(rng.choice(SPREAD_S) * rng.random(), lambda body=body: self._deliver(body, 0))
        if self.world.faulty and rng.random() < 0.2:
            forged = self.books.notice(replace(taken, tax_receipt_no="3" + "9" * 17))
            self.world.after(rng.uniform(0, 600), lambda: self._deliver(forged, len(RETRIES_S), "no"))

    def _deliver(self, body: bytes, tries: int, signature: str = "true") -> None:
        if self.world.net_fails():
            heard = False
        else:
            web = self.world.rng.choice(("web1", "web2"))
            headers = SIGNED | {"X-Signature": signature}
            done = self.world.run(web, "channel:tax", lambda env: hear_notice(env, headers, body))
            heard = bool(done.value) and not self.world.net_fails()
        if not heard and tries < len(RETRIES_S):
            self.world.after(RETRIES_S[tries], lambda: self._deliver(body, tries + 1, signature))

    # ── the port

    def is_told_by_tax(self, headers: Any, body: bytes, at: Any) -> bool:
        return self.books.is_told_by_tax(headers, body, at)

    def fetch_day(self, day: date) -> bytes:
        self._call(f"day {day}")
        if local_date(self.world.now - STATEMENT_READY) <= day:
            raise StatementNotReady
        self.books.refunds = {no: one.fact for no, one in self.back.returns.items()}
        self.books.refunded = {no: one.out_trade_no for no, one in self.back.returns.items()}
        body = self.books.day_file(day)
        self._answer("day")
        return body

    def refund(self, request: RefundRequest) -> RefundFact:
        self._call(f"refund {request.refund_no}")
        known = self.back.returns.get(request.refund_no)
        if known is None:
            paid = self.books.taken[request.channel_txn_no].amount_fen
            mine = [one for one in self.back.returns.values() if one.out_trade_no == request.channel_txn_no]
            if sum(one.fact.amount_fen for one in mine) + request.amount_fen > paid:
                self.world.overdrawn.append(request.refund_no)
                raise ChannelRefused("NOT_ALLOWED", "more than was paid")
            now = self.world.now
            fact = RefundFact(
                TAX,
                request.refund_no,
                f"TS{request.refund_no}",
                request.amount_fen,
                "paid",
                "SUCCESS",
                now,
                now,
            )
            self.back.returns[request.refund_no] = known = Return(request.channel_txn_no, fact)
            self.world.machine.counts["tax_refunds"] += 1
        self._answer("refund")
        return known.fact

    def query_refund(self, refund_no: str, out_trade_no: str) -> RefundFact | None:
        self._call(f"query refund {refund_no}")
        known = self.back.returns.get(refund_no)
        self._answer("query refund")
        return known.fact if known else None

    def close(self, out_trade_no: str) -> bool:
        return True

    def query(self, out_trade_no: str) -> Any:
        return self.books.query(out_trade_no)

    def fetch_statement(self, day: date) -> bytes:
        raise StatementNotReady

    def read_statement(self, lines: Any, day: date) -> Any:
        return self.books.read_statement(lines, day)

    def _call(self, what: str) -> None:
        self.world.outside(f"tax {what} asked")
        if self.world.net_fails():
            raise ChannelDown("the question was lost")

    def _answer(self, what: str) -> None:
        self.world.outside(f"tax {what} answered")
        if self.world.net_fails():
            raise ChannelDown("the answer was lost")

    # ── the agency's two hands, and the oracle

    def desk(self) -> None:
        """Give back what is parked and was told rightly: nobody here owes that."""
        with self.world.machine.quiet():
            rows = list(TaxPayment.objects.filter(state="parked").order_by("id"))
        for row in rows:
            if row.amount_fen != self.books.taken[row.tax_receipt_no].amount_fen:
                continue
            self.world.machine.counts["tax_given_back"] += 1
            done = self.world.run(
                "office",
                "staff:甲",
                lambda env, no=row.number: propose_resolution(env, no, "give_back", "对不上"),
            )
            if done.value:
                digest = done.value
                self.world.run(
                    "office", "staff:乙", lambda env, no=row.number, d=digest: approve_resolution(env, no, d)
                )

    def told(self) -> dict[str, TaxPayment]:
        """What we know of, by our number."""
        return {row.number: row for row in TaxPayment.objects.all()}

    def compare(self) -> None:
        """At the very end: every payment is known once, with its own sum, settled or owed back, on its own bank day."""
        with self.world.machine.quiet():
            rows = {row.tax_receipt_no: row for row in self.told().values()}
            if rows.keys() != self.books.taken.keys():
                raise self.world.violation(
                    "I5", f"the tax side has {set(self.books.taken)}, we know of {set(rows)}"
                )
            for no, taken in self.books.taken.items():
                row = rows[no]
                if row.amount_fen != taken.amount_fen or row.state not in ("settled", "surplus"):
                    raise self.world.violation(
                        "I5",
                        f"{no}: {taken.amount_fen} fen, we say {row.amount_fen}, {row.state}, {row.reason}",
                    )
            theirs: Counter[str] = Counter()
            for taken in self.books.taken.values():
                theirs[str(local_date(taken.at))] += taken.amount_fen
            if (ours := booked_days()) != theirs:
                raise self.world.violation(
                    "I6", f"by day the tax side has {dict(theirs)}, we have {dict(ours)}"
                )


def booked_days() -> Counter[str]:
    """Fen that the tax side collected by day, as booked: what was taken out of suspense counts once."""
    days: Counter[str] = Counter()
    came = Entry.objects.filter(debit=f"channel_clearing:{TAX}", refund_no=None)
    for at, fen in came.values_list("occurred_at", "amount_fen"):
        days[str(local_date(at))] += fen
    left = Entry.objects.filter(reason=TAKEN_UP).values_list("occurred_at", "amount_fen")
    for at, fen in left:
        days[str(local_date(at))] -= fen
    return +days


def taken_up_of_orders() -> dict[str, int]:
    """What left suspense again, by order: it is booked a second time as what it turned out to be."""
    rows = Entry.objects.filter(reason=TAKEN_UP).values_list("order_no").annotate(fen=Sum("amount_fen"))
    return dict(rows)
