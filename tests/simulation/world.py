"""A world: a clock that jumps from event to event, processes that die, people who pay, a channel that errs.

Everything random comes from one seed; every event draws from a stream of its own, so that leaving one
event out leaves the others as they were. No clock, no thread, no network.
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.db import OperationalError, connections

from canbao.basics.refusals import Refusal
from canbao.records.exchange.outbox.table import TARGETS
from canbao.records.sealed import Sealer
from canbao.records.serials import CounterSerials
from canbao.services.exchange.receive import receive
from canbao.services.system.areas import AreaBook
from canbao.services.system.audit import audit
from canbao.services.system.env import Env
from canbao.services.system.packs import PackShelf
from canbao.services.system.working_days import work_calendar
from tests.simulation.actors.tax_side import SimTax
from tests.simulation.machine import CALM, Crash, Machine, Odds
from tests.simulation.outside.authority import SimAuthority
from tests.simulation.outside.channel import SimChannel
from tests.simulation.scenes import SCENES, Scene
from tests.support.world import KEYS

CHANNELS = ("wechat", "alipay", "unionpay")
BY_LINK = ("alipay", "unionpay")  # a deal begins there when its link is opened
CHECK_EVERY = 8
SEALER = Sealer(KEYS)
# What channels lied stays parked; what is owed back waits for two hands, who have done their work three days on.
LIES_STAY = frozenset({"nothing_parked", "tax_nothing_parked"})


class Violation(AssertionError):
    """Something that must hold does not."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant


@dataclass
class Process:
    """One of our processes: what it keeps in memory is gone when it dies. `skew_s`: how wrong its clock is."""

    name: str
    skew_s: float
    serials: CounterSerials = field(default_factory=CounterSerials)
    areas: AreaBook = field(default_factory=lambda: AreaBook(demo=False))
    packs: PackShelf = field(default_factory=PackShelf)

    def restart(self) -> None:
        self.serials, self.areas, self.packs = CounterSerials(), AreaBook(demo=False), PackShelf()


@dataclass(frozen=True)
class Done:
    """How a use-case ended: `value`, or `refusal`, or neither: nobody knows (it died, or the line was cut)."""

    value: Any = None
    refusal: Refusal | None = None
    is_known: bool = True


@dataclass
class World:
    """One seed's world."""

    seed: int
    without: frozenset[str] = frozenset()
    verbose: bool = False

    def __post_init__(self) -> None:
        self.rng = Random(f"{self.seed}")
        self.scene: Scene = SCENES[self.seed % len(SCENES)]
        self.now = self.scene.starts
        self.machine = Machine(log=[] if self.verbose else None, interlude=self.interlude)
        self.channels = {name: SimChannel(self, name, by_link=name in BY_LINK) for name in CHANNELS}
        self.authorities = {name: SimAuthority(self, name) for name in TARGETS}
        self.tax = SimTax(self)
        skew = 300 if self.rng.random() < 0.2 else 0
        self.processes = {
            name: Process(name, self.rng.uniform(-skew, skew)) for name in ("web1", "web2", "job", "office")
        }
        self.odds = self._odds()
        self.faulty = True
        self.events: list[tuple[Any, int, str, Callable[[], None]]] = []
        self.key, self.children = "", 0
        self.order = self.steps = self.depth = self.tokens = 0
        self.keys: list[str] = []
        self.villages: dict[str, dict[int, int]] = {}  # whose part of which order is how much
        self.cash_back: dict[str, int] = {}  # what cashiers handed out, by refund
        self.overdrawn: list[str] = []  # refunds that would have given back more than was paid

    def _odds(self) -> Odds:
        """Some worlds are gentle, some brutal."""
        force = self.rng.choice((0.0, 0.3, 1.0, 3.0))
        return Odds(0.004 * force, 0.003 * force, 0.003 * force, 0.03 * force, 0.1 * force, 0.1)

    # ── time

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        """Let something happen later. Its key is its parent's, and its place among the siblings."""
        self.children += 1
        self.order += 1
        key = f"{self.key}.{self.children}".lstrip(".")
        if key not in self.without:
            heapq.heappush(self.events, (self.now + timedelta(seconds=seconds), self.order, key, what))

    def step(self) -> None:
        """The next event, with a random stream of its own."""
        at, _, key, what = heapq.heappop(self.events)
        self.now = max(self.now, at)
        outer = self.key, self.children, self.rng, self.machine.rng
        self.key, self.children, self.rng = key, 0, Random(f"{self.seed}/{key}")
        self.machine.rng = self.rng
        self.machine.odds = self.odds if self.faulty else CALM
        self.steps += 1
        self.keys.append(key)
        self.note(f"■ {key} {self.now:%d %H:%M:%S}")
        try:
            what()
        finally:
            self.key, self.children, self.rng, self.machine.rng = outer
        if self.depth == 0 and self.steps % CHECK_EVERY == 0:
            self.check()

    def interlude(self) -> None:
        """Another process is quicker: the next event happens now, between two steps of this one."""
        if self.depth == 1 and self.events and not self.machine.dead:
            self.machine.counts["interludes"] += 1
            self.step()

    def chance(self, odds: float) -> bool:
        return self.rng.random() < odds

    def note(self, text: str) -> None:
        self.machine.note(text)

    # ── processes

    def run(self, process: str, actor: str, work: Callable[[Env], Any]) -> Done:
        """One use-case in one process, and what its caller gets to know."""
        mine = self.processes[process]
        self.depth += 1
        odds = self.machine.odds
        try:
            done = Done(work(self.env(mine, actor)))
        except Crash:
            self.machine.revive()
            mine.restart()
            done = Done(is_known=False)
        except Refusal as refusal:
            done = Done(refusal=refusal)
        except OperationalError:
            done = Done(is_known=False)
        except Violation:
            raise
        except Exception as error:
            raise Violation("loud", f"{actor} in {process}: {type(error).__name__}: {error}") from error
        finally:
            self.depth -= 1
            self.machine.cut = False
            self.machine.odds = odds
        self.note(f"  {actor}: {type(done.refusal).__name__ if done.refusal else done.is_known}")
        return done

    def env(self, process: Process, actor: str) -> Env:
        return Env(
            now=self.now + timedelta(seconds=process.skew_s),
            actor=actor,
            serials=process.serials,
            new_token=self.new_token,
            sealer=SEALER,
            channels={**self.channels, self.tax.name: self.tax, self.bank.channel.name: self.bank.channel},
            tax_side=self.tax,
            base_url="https://canbao.example",
            areas=process.areas,
            packs=process.packs,
            calendar=work_calendar,
            authorities=self.authorities,
        )

    def sides(self) -> list[Any]:
        """Everybody who may give money back: the channels, and the tax side."""
        return [*self.channels.values(), self.tax]

    def violation(self, invariant: str, what: str) -> Violation:
        """For those whom this world knows, and who need not know it."""
        return Violation(invariant, what)

    def new_token(self) -> str:
        self.tokens += 1
        return f"token-{self.tokens:027d}"

    # ── the line between us and the outside

    def outside(self, what: str) -> None:
        """A call leaves our process: never inside a transaction; it may die here, and others go on meanwhile."""
        self.note(f"→ {what}")
        self.machine.counts["outside"] += 1
        if connections["default"].in_atomic_block:
            raise Violation("outside", f"{what} inside a transaction")
        if self.depth == 1 and self.chance(0.3):
            self.interlude()
        if self.faulty and self.chance(self.odds.crash * 3):
            self.machine.die(what)

    def net_fails(self) -> bool:
        failed = self.faulty and self.chance(self.odds.outside)
        self.machine.counts["net_faults"] += failed
        return failed

    def notify(self, channel: str, no: str, headers: Mapping[str, str], body: bytes) -> bool:
        """A callback reaches one of the web processes; whether the channel hears success."""
        if self.net_fails():
            return False
        web = self.rng.choice(("web1", "web2"))
        done = self.run(web, f"channel:{channel}", lambda env: receive(env, channel, no, headers, body))
        return bool(done.value and done.value.accepted) and not self.net_fails()

    # ── what must hold

    def check(self, *, at_rest: bool = False, may_owe: bool = True) -> None:
        """I1–I11, asked of the real tables by the code that `canbao audit` runs."""
        self.machine.counts["checks"] += 1
        fine = LIES_STAY | ({"nothing_owed_back"} if may_owe else set())
        with self.machine.quiet():
            found = [b for b in audit(self.now, at_rest=at_rest) if b.name not in fine]
        if found:
            raise Violation(found[0].code, f"{found[0]} (and {len(found) - 1} more)")
