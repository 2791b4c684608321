"""A clerk's drawer, an agent's bag, and people who bring money."""

from dataclasses import dataclass, field, replace

import pytest

from canbao.records.models import Entry
from canbao.services.money.window.take import Handed, Taken, take
from canbao.services.money.window.till import Till, open_shift
from tests.support.world import CHIPING, World

FEE = 28_000


@dataclass
class Window:
    """A world with one open drawer (float 200 yuan) and one agent on the road."""

    world: World
    drawer: Till = field(default_factory=lambda: Till("drawer", "甲"))
    agent: Till = field(default_factory=lambda: Till("agent", "王会计"))
    receipts: int = 0

    def __post_init__(self) -> None:
        open_shift(self.world.env, self.drawer, "一楼税务社保窗口", 20_000)
        open_shift(self.world.env, self.agent, "城关村", 0)

    def as_(self, name: str):
        return replace(self.world.env, actor=f"staff:{name}")

    def receipt(self, *people: int, amount_fen: int | None = None, no: str = "") -> Handed:
        self.receipts += 1
        people = people or (self.world.person(),)
        fen = FEE * len(people) if amount_fen is None else amount_fen
        return Handed(no or f"{self.receipts:06d}", fen, CHIPING, people)

    def take(self, till: Till, *handed: Handed) -> list[Taken]:
        return take(self.world.env, till, handed)

    def balance(self, account: str) -> int:
        rows = Entry.objects.all()
        debits = sum(rows.filter(debit=account).values_list("amount_fen", flat=True))
        return debits - sum(rows.filter(credit=account).values_list("amount_fen", flat=True))


@pytest.fixture
def window(world: World) -> Window:
    return Window(world)
