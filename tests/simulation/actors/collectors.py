"""Who takes cash: a clerk with a drawer, who makes mistakes, and an agent on the road, whose receipts come in later.

They know what lies in the drawer or the bag. Money goes in and out of it outside of us, whatever our answers were.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from canbao.basics.days import local_date
from canbao.basics.refusals import DrawerDiffers, StepNotDue
from canbao.records.models import CashOut, Refund, Shift
from canbao.services.money.refund import approve
from canbao.services.money.window.close import agree, close_shift, propose_difference
from canbao.services.money.window.leave import give_back, hand_in, pay_back
from canbao.services.money.window.take import Handed, Taken, take
from canbao.services.money.window.till import Till, open_shift
from tests.simulation.people import RETRY_S, Asked, Resident, until_known
from tests.simulation.world import Done, World

FIRST, SECOND = "staff:甲", "staff:乙"
DRAWER, AGENT = Till("drawer", "甲"), Till("agent", "王会计")


@dataclass
class Receipt:
    """One hand-over. `state`: None while nobody knows what became of it."""

    number: str
    who: Resident
    fen: int
    state: str | None = None


@dataclass
class Collector:
    """`cash`: what lies there, in truth."""

    world: World
    till: Till
    float_fen: int
    cash: int = 0
    is_open: bool = False
    shifts: int = 0
    receipts: list[Receipt] = field(default_factory=list)
    slips: set[str] = field(default_factory=set)

    def plan(self, faults_s: float, healing_s: float) -> None:
        """Open soon, meet people, close now and then, and for good once nothing breaks any more."""
        rng = self.world.rng
        self.world.after(rng.uniform(0, 900), self.open)
        for person in self.world.residents:
            for _ in range(rng.choice((0, 1, 1, 2))):
                self.world.after(rng.uniform(900, faults_s), lambda person=person: self.meet(person))
        for _ in range(rng.choice((0, 1, 2))):
            self.world.after(rng.uniform(3_000, faults_s), self.end)
        at = faults_s + 900
        while at < faults_s + healing_s:
            self.world.after(at, self.end)
            at += 1_200

    # ── the shift

    def open(self) -> None:
        """A shift is open afterwards, whoever's crash hid it."""
        if self.is_open or not self.world.faulty or self.cash:
            return

        def opened(_done: Done) -> None:
            with self.world.machine.quiet():
                self.is_open = Shift.objects.filter(till=self.till.name, open_slot=1).exists()
            self.cash = self.float_fen if self.is_open and not self.cash else self.cash

        self._do(FIRST, lambda env: open_shift(env, self.till, "城关", self.float_fen), opened)

    def end(self) -> None:
        """Count what is there; a difference goes to the second person; then hand in all but the float."""
        if any(receipt.state is None for receipt in self.receipts):
            return  # an agent writes up what is in the bag before counting it
        if self.is_open:
            counted = self.cash
            self._do(
                FIRST,
                lambda env: close_shift(env, self.till, counted),
                lambda done: self._closed(done, counted),
            )
        else:
            self._hand_in()

    def _closed(self, done: Done, counted: int) -> None:
        if isinstance(done.refusal, DrawerDiffers):
            self.world.machine.counts["drawers_differed"] += 1
            self._do(FIRST, lambda env: propose_difference(env, self.till, counted, "数了两遍"), self._agree)
            return
        self._see_closed()
        if not self.is_open:
            self._hand_in()

    def _agree(self, done: Done) -> None:
        with self.world.machine.quiet():
            shift = Shift.objects.filter(till=self.till.name, open_slot=1).first()
        if done.value and shift:
            self._do(SECOND, lambda env: agree(env, shift.id, done.value), lambda _done: self._see_closed())

    def _see_closed(self) -> None:
        with self.world.machine.quiet():
            self.is_open = Shift.objects.filter(till=self.till.name, open_slot=1).exists()

    def _hand_in(self) -> None:
        fen = self.cash - self.float_fen
        if fen <= 0:
            self._leave()
            return
        self.shifts += 1
        slip = f"JK-{self.till.kind}-{self.shifts}"

        def known(done: Done) -> None:
            if done.value and slip not in self.slips:
                self.slips.add(slip)
                self.cash -= fen
                self.world.machine.counts["handed_in"] += 1
                self._leave()

        self._do(FIRST, lambda env: hand_in(env, self.till, slip, fen), known)

    def _leave(self) -> None:
        """The float goes back into the safe; perhaps another shift begins."""
        if not self.is_open and self.cash <= self.float_fen:
            self.cash = 0
            self.world.after(self.world.rng.uniform(60, 900), self.open)

    # ── receipts

    def meet(self, person: Resident) -> None:
        """Somebody brings the fee that the notice says. An agent has the money before we hear of it."""
        world = self.world
        price = world.scene.price(person.marks, local_date(world.now))
        if not (self.is_open and world.faulty and person.id and price and price[0]):
            return
        receipt = Receipt(f"{self.till.kind}{len(self.receipts) + 1:04d}", person, price[0])
        self.receipts.append(receipt)
        if self.till is AGENT:
            self.cash += receipt.fen
            world.after(world.rng.choice((5, 60, 1_200, 4_000)), lambda: self.send([receipt]))
        else:
            self.send([receipt])

    def send(self, receipts: list[Receipt], tries: int = 0) -> None:
        """Hand receipts in until there is an answer, and sometimes once more after it."""
        handed = [
            Handed(one.number, one.fen, self.world.scene.area, (one.who.id,), payer="self")
            for one in receipts
        ]
        done = self.world.run("office", FIRST, lambda env: take(env, self.till, handed))
        if not done.is_known:
            pause = RETRY_S[min(tries, len(RETRY_S) - 1)]
            self.world.after(pause, lambda: self.send(receipts, tries + 1))
        elif done.refusal is not None:  # no shift is open, or it is yesterday's: nothing was taken
            assert isinstance(done.refusal, StepNotDue), done.refusal
            for one in receipts:
                self._heard(one, Taken(one.number, "refused"))
            self.world.after(60, self.end)
        else:
            for one, told in zip(receipts, done.value, strict=True):
                self._heard(one, told)
            # one that was refused is not brought again: its money went back with it
            if self.world.chance(0.3) and all(one.state == "taken" for one in receipts):
                self.world.machine.counts["receipts_again"] += 1
                self.world.after(60, lambda: self.send(receipts))

    def _heard(self, receipt: Receipt, told: Taken) -> None:
        if receipt.state is not None:
            return
        receipt.state = "refused" if told.state == "refused" else "taken"
        if receipt.state == "refused":
            self.cash -= receipt.fen if self.till is AGENT else 0
            return
        self.world.machine.counts["receipts"] += 1
        self.world.orders[told.order_no] = Asked(receipt.who, receipt.fen, None, cash=receipt.fen)
        if self.till is DRAWER:
            self.cash += receipt.fen
            self._blunder(receipt)

    def _blunder(self, receipt: Receipt) -> None:
        """Wrong change; or the wrong person's fee, to be given back."""
        if self.world.chance(0.2):
            self.cash += self.world.rng.choice((-500, -100, 100))
        if self.world.chance(0.25):
            receipt.who.wants_back = True
            self._do(
                FIRST,
                lambda env: give_back(env, self.till, receipt.number, "收错了人"),
                lambda _done: self._give_back(receipt),
            )

    def _give_back(self, receipt: Receipt) -> None:
        with self.world.machine.quiet():
            rows = list(
                Refund.objects.filter(reason="wrongly_taken", state="verified", person_id=receipt.who.id)
            )
        for row in rows:
            self._do(
                SECOND,
                lambda env, row=row: approve(env, row.refund_no, row.content_hash),
                lambda _done, row=row: self._pay_back(row),
            )

    def _pay_back(self, row: Refund) -> None:
        def known(_done: Done) -> None:
            with self.world.machine.quiet():
                is_out = CashOut.objects.filter(till=self.till.name, number=row.refund_no).exists()
            if is_out and row.refund_no not in self.slips:
                self.slips.add(row.refund_no)
                self.cash -= row.amount_fen
                self.world.cash_back.setdefault(row.refund_no, row.amount_fen)
                self.world.machine.counts["given_back"] += 1

        self._do(FIRST, lambda env: pay_back(env, self.till, row.refund_no, "退-1"), known)

    def _do(self, actor: str, work: Callable[[Any], Any], then: Callable[[Done], None]) -> None:
        until_known(self.world, "office", lambda env: work(replace(env, actor=actor)), then)
