"""A bank that deducts in batches (LZ-18): it takes money in its own house, and its one word is a file that may come wrong, late and twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from canbao.basics.refusals import StatementRefused
from canbao.channels.bank import HeldByBank, read_format
from canbao.records.models import Person
from canbao.services.exchange import deduct
from canbao.services.exchange.deduct import Signing, batch_file, make_batch, receive_result, sign
from canbao.services.money.assess import assess
from sandbox.bank.answer import FLAWS, answer
from tests.simulation.people import Asked, Resident, until_known
from tests.simulation.world import Done, World

SPEC = Path(deduct.__file__).parents[2] / "channels" / "bank" / "banks" / "delimited.yaml"
HOW = read_format(SPEC)
AGREED = date(2019, 9, 1)
NO_MONEY = "1001"


@dataclass(frozen=True)
class Taken:
    """One deduction, as it stands in the bank's own books."""

    who: Resident
    fen: int
    at: datetime


@dataclass
class SimBank:
    """`taken`: by our number, whatever we have heard of it."""

    world: World
    channel: HeldByBank = field(default_factory=lambda: HeldByBank("示范协议"))
    taken: dict[str, Taken] = field(default_factory=dict)

    def plan(self, residents: list[Resident], faults_s: float) -> None:
        """Some agree; one batch goes out while everything still breaks, and its answer comes before all rests."""
        rng = self.world.rng
        agreed = [person for person in residents if self.world.chance(0.5)]
        for person in agreed:
            self.world.after(rng.uniform(310, 900), lambda person=person: self.sign(person))
        if agreed:
            self.world.after(rng.uniform(900, faults_s / 3), lambda: self.send(agreed, "P0001"))

    def sign(self, person: Resident) -> None:
        """Both agreements, entered now and then twice."""
        with self.world.machine.quiet():
            is_there = Person.objects.filter(id=person.id or 0).exists()
        if not is_there:
            return
        signing = Signing(
            person.id, HOW.bank, f"62{person.place:04d}", "张", f"XY{person.place}", AGREED, AGREED
        )
        for _ in range(self.world.rng.choice((1, 2))):
            self._do(lambda env: sign(env, [signing]), lambda _done: None)

    def send(self, agreed: list[Resident], batch_no: str) -> None:
        """送盘: make the batch until there is an answer, then its file goes to the bank."""
        people = [person for person in agreed if person.id]
        scene = self.world.scene

        def made(env: Any) -> bytes:
            assess(env, [person.id for person in people], scene.year)
            batch = make_batch(env, HOW.bank, batch_no, scene.area, scene.year)
            return batch_file(env, batch, HOW) if batch.line_count else b""

        def sent(done: Done) -> None:
            if done.value:
                body = done.value
                self.world.after(self.world.rng.uniform(600, 5_000), lambda: self.deduct(people, body))

        self._do(made, sent)

    def deduct(self, people: list[Resident], body: bytes) -> None:
        """The bank's night: each account has the money, or has not. What it then tells comes wrong, late or twice."""
        by_account = {f"62{person.place:04d}": person for person in people}
        refused: dict[str, str] = {}
        for row in body.decode(HOW.encoding).split("\r\n")[1:-1]:
            told = dict(zip((field.name for field in HOW.out), row.split("|"), strict=True))
            who, fen = by_account[told["account"]], round(float(told["amount"]) * 100)
            paid = not self.world.chance(0.3)
            if paid:
                self.taken[told["number"]] = Taken(who, fen, self.world.now.replace(microsecond=0))
            else:
                refused[told["number"]] = NO_MONEY
            self.world.orders[told["number"][:-2]] = Asked(who, fen, None)
            self.world.machine.counts["deducted" if paid else "not deducted"] += 1
        at = self.world.now
        right = answer(SPEC, body, at, refused)
        if self.world.chance(0.4):
            wrong = answer(SPEC, body, at, refused, flaw=self.world.rng.choice(FLAWS[:3]))
            self.world.after(self.world.rng.uniform(1, 600), lambda: self.tell(wrong, is_right=False))
        for _ in range(self.world.rng.choice((1, 1, 2))):
            self.world.after(self.world.rng.uniform(60, 5_000), lambda: self.tell(right))

    def tell(self, body: bytes, *, is_right: bool = True) -> None:
        """回盘: a file with a wrong count, sum or sequence is refused as a whole; the right one is taken, however often."""

        def told(done: Done) -> None:
            if isinstance(done.refusal, StatementRefused) == is_right:
                raise self.world.violation(
                    "I6", f"a {'right' if is_right else 'wrong'} file was answered {done}"
                )

        self._do(lambda env: receive_result(env, HOW, body), told)

    def _do(self, work: Callable[[Any], Any], then: Callable[[Done], None]) -> None:
        until_known(self.world, "office", work, then)
