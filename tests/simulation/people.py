"""Who lives in a world: residents and their families, agents with cash, departments with rosters, and our jobs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from canbao.basics.days import local_date
from canbao.basics.documents import RESIDENT_ID
from canbao.basics.refusals import MaybeAssisted, OrderUnfinished, PageExpired
from canbao.faces.cli.demo.people import id_number
from canbao.faces.jobs.rounds import JOBS
from canbao.records.models import Order
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.money.assess import Assessment, assess
from canbao.services.money.check import new_order_number
from canbao.services.money.collect import collect
from canbao.services.money.open import Opening
from canbao.services.money.pay import Way, cancel, pay, release, resume
from canbao.services.money.watch import watch
from canbao.services.people.mark import Marking, mark
from canbao.services.people.one_way import answer
from canbao.services.people.register import Registration, register
from tests.simulation.scenes import MarkSeen
from tests.simulation.world import CHANNELS, Done, Violation, World

BACK = "https://canbao.example/o/back/"
WEB = ("web1", "web2")
RETRY_S = (5, 30, 120, 600)


@dataclass
class Asked:
    """One order somebody was shown, what it asks, and the cash taken for it (None: not yet known)."""

    who: "Resident"
    fen: int
    opening: Opening
    cash: int = 0


@dataclass
class Resident:
    """One person, what is known about them outside, and what they were told."""

    world: World
    place: int
    orders: dict[str, Asked]
    id: int = 0
    marks: list[MarkSeen] = field(default_factory=list)
    unsure_marks: int = 0
    zero_tried: bool = False
    told_done: bool = False
    import_tried: bool = False
    import_done: bool = False
    wants_back: bool = False
    said_no: bool = False
    let_go: bool = False  # out of an agent's order, so that its payment may come too late for them

    # ── at the desk

    def register(self) -> None:
        scene = self.world.scene
        number = id_number(scene.area, scene.birth, self.place * 2 + 1)
        row = Registration(
            f"张小{'一二三四五六'[self.place]}", RESIDENT_ID, number, scene.birth, "male", scene.area,
            scene.person_class, date(2020, 1, 1),
        )  # fmt: skip
        until_known(self.world, "office", lambda env: register(env, [row])[0], self._registered)

    def _registered(self, done: Done) -> None:
        rng = self.world.rng
        self.id = done.value.person_id
        first = rng.uniform(0, 9_000)
        self.world.after(first, self.visit)
        for _ in range(rng.choice((0, 1, 1, 2))):
            self.world.after(self._near(first), self.visit)
        for group in self.world.scene.groups:
            if rng.random() < 0.25:
                self.world.after(self._near(first), lambda group=group: self.join_group(group))
        if rng.random() < 0.06:
            self.world.after(rng.uniform(0, 9_000), self.be_taken_over)

    def _near(self, first: float) -> float:
        """Things happen together: most other visits fall into the half hour that an order lives."""
        if self.world.chance(0.3):
            return self.world.rng.uniform(0, 9_000)
        return max(0.0, first + self.world.rng.uniform(-300, 1_500))

    def join_group(self, group: str) -> None:
        """A department's roster names this person; the tax side may not know it yet."""
        today = local_date(self.world.now)
        pushed = self.world.rng.choice((None, today - timedelta(days=3)))
        since = self.world.rng.choice((date(2021, 1, 1), today, today + timedelta(days=1)))
        row = Marking(self.id, group, since, "civil_affairs", pushed)
        self.unsure_marks += 1

        def known(_done: Done) -> None:
            self.unsure_marks -= 1
            self.marks.append(MarkSeen(group, since, pushed))

        until_known(self.world, "office", lambda env: mark(env, [row]), known)

    def be_taken_over(self) -> None:
        """The earlier system says that this year is paid already."""
        scene = self.world.scene
        row = PastYear(self.id, scene.year, scene.area, scene.person_class, None)
        self.import_tried = True

        def known(_done: Done) -> None:
            self.import_done = True

        until_known(self.world, "office", lambda env: take_over(env, [row]), known)

    # ── on the phone

    def visit(self) -> None:
        """Look up what is owed, and go on from there."""
        if not self.world.faulty:
            return
        opening = self.ask_price()
        if opening is None:
            return
        rng = self.world.rng
        wait = rng.choice((0, 5, 60, 1_200))
        if rng.random() < 0.3:
            self.world.after(wait, lambda: Agent(self.world, [opening]).hand_in())
        else:
            self.world.after(wait, lambda: Phone(self, opening).tap())

    def ask_price(self) -> Opening | None:
        """The check page: a price, and the number that the order will have."""
        world, year = self.world, self.world.scene.year
        web = world.rng.choice(WEB)
        was_sure = not self.unsure_marks
        on = local_date(world.now + timedelta(seconds=world.processes[web].skew_s))
        done = world.run(web, "resident", lambda env: assess(env, [self.id], year)[0])
        if not done.is_known:
            world.after(world.rng.choice(RETRY_S), self.visit)
            return None
        said: Assessment = done.value
        if was_sure and not self.unsure_marks and not self.wants_back:
            self._compare(said, on)
        bill = said.bill
        if bill is None or said.answer is None or bill.state not in ("payable", "zero"):
            return None
        if said.facts.bill and said.facts.bill.is_ordered:
            return self._other_phone(bill.id)
        number = world.run(web, "resident", lambda env: new_order_number(env, bill.id))
        if not number.is_known:
            return None
        opening = Opening(
            *number.value,
            bill.id,
            world.rng.choice(("self", "proxy")),
            bill.content.area_code,
            said.answer.payable_until,
        )
        self.orders[opening.order_no] = Asked(self, bill.amount_fen or 0, opening)
        return opening

    def _other_phone(self, bill_id: int) -> None:
        """Somebody of the family has an order open: let it go and begin anew, or leave it be."""
        if self.world.chance(0.6):
            self.let_go = True
            self.world.run(self.world.rng.choice(WEB), "resident", lambda env: release(env, bill_id))
            self.world.after(self.world.rng.choice(RETRY_S), self.visit)

    def _compare(self, said: Assessment, on: date) -> None:
        """The price shown is the one that a naive reader of the notice would name."""
        facts = said.facts
        if said.is_covered:
            if (said.bill and not said.bill.is_ordered) or not self.import_tried:
                raise Violation("I9", f"{said.bill} for somebody covered, taken over: {self.import_tried}")
            return
        if facts.bill and (facts.bill.is_ordered or facts.bill.state == "settled"):
            return
        naive = self.world.scene.price(self.marks, on)
        ours = (said.bill.amount_fen, bool(said.bill.hold_code)) if said.bill else None
        if naive != ours:
            raise Violation("I9", f"on {on} with {self.marks}: asked {ours}, the notice says {naive}")


def until_known(
    world: World, process: str, work: Callable, then: Callable[[Done], None], tries: int = 0
) -> None:
    """What a desk does: try again until there is an answer."""
    done = world.run(process, "staff:office", work)
    if done.is_known:
        then(done)
    else:
        pause = RETRY_S[min(tries, len(RETRY_S) - 1)]
        world.after(pause, lambda: until_known(world, process, work, then, tries + 1))


@dataclass
class Phone:
    """One check page in somebody's hand."""

    who: Resident
    opening: Opening
    taps: int = 0

    @property
    def world(self) -> World:
        return self.who.world

    def tap(self) -> None:
        """支付. Sometimes twice, sometimes again after no answer."""
        self.taps += 1
        if self.taps == 1 and self.world.chance(0.35):
            self.world.after(self.world.rng.uniform(0, 2), self.tap)
        if self.taps == 1 and self.world.chance(0.1):  # thought better of it at once
            self.world.after(self.world.rng.uniform(0, 2), self.cancel)
        channel = self.world.rng.choice(CHANNELS)
        told_before = self.who.told_done and not self.who.import_tried
        self.who.zero_tried = self.who.zero_tried or self.who.orders[self.opening.order_no].fen == 0
        done = self._run(lambda env: pay(env, self.opening, Way(channel, BACK, "198.51.100.7")))
        if told_before and done.value not in (None, BACK):
            raise Violation("I2", f"{self.opening.order_no} asks again for what was confirmed as paid")
        self._go_on(done, channel, self.tap)

    def _go_on(self, done: Done, channel: str, again: Callable[[], None]) -> None:
        rng = self.world.rng
        if not done.is_known:
            if rng.random() < 0.7 and self.taps < 6:
                self.world.after(rng.choice(RETRY_S), again)
        elif isinstance(done.refusal, MaybeAssisted):
            self._answer(again)
        elif isinstance(done.refusal, OrderUnfinished | PageExpired):
            if rng.random() < 0.5:
                self.world.after(rng.choice(RETRY_S), self.who.visit)
        elif done.value == BACK:
            self.look()
        elif done.value:
            self._must_be_payable()
            self._at_the_cashier(self.world.channels[channel], done.value)

    def _answer(self, again: Callable[[], None]) -> None:
        """先问一句: most are of no assisted group; who is not sure goes to the agency instead (CZ-09)."""
        said = self.world.rng.choice(("no", "no", "no", "no", "unsure"))
        self.who.said_no = self.who.said_no or said == "no"
        done = self._run(lambda env: answer(env, self.opening.bill_id, said, "self"))
        if self.taps < 6 and (said == "no" or not done.is_known):
            self.world.after(self.world.rng.choice((2, 5, 30)), again)

    def _at_the_cashier(self, channel, number: str) -> None:
        """Pay, dawdle, cancel, leave and come back, perhaps through the other channel."""
        rng, world = self.world.rng, self.world
        what = rng.choice(("pay", "pay", "pay", "pay", "dawdle", "cancel", "leave", "back", "both"))
        if what in ("pay", "both"):
            world.after(rng.uniform(0, 300), lambda: channel.take(number))
        if what == "dawdle":
            world.after(rng.uniform(1_000, 2_400), lambda: channel.take(number))
        if what == "cancel":
            world.after(rng.uniform(1, 400), self.cancel)
            world.after(rng.uniform(1, 400), lambda: channel.take(number) if rng.random() < 0.5 else None)
        if what in ("back", "both"):
            world.after(rng.uniform(1, 900), self.come_back)
        if rng.random() < 0.5:
            world.after(rng.uniform(1, 400), self.look)

    def come_back(self) -> None:
        channel = self.world.rng.choice(CHANNELS)
        done = self._run(lambda env: resume(env, self.opening.token, Way(channel, BACK, "198.51.100.8")))
        self.taps += 1
        self._go_on(done, channel, self.come_back)

    def cancel(self) -> None:
        self._run(lambda env: cancel(env, self.opening.token))
        if self.world.chance(0.4):
            self.world.after(self.world.rng.choice(RETRY_S), self.who.visit)

    def look(self) -> None:
        """The confirming page."""
        done = self._run(lambda env: watch(env, self.opening.token))
        if done.value and done.value.phase == "done":
            self.who.told_done = True

    def _run(self, work: Callable) -> Done:
        return self.world.run(self.world.rng.choice(WEB), "resident", work)

    def _must_be_payable(self) -> None:
        """A link leads to an order that stands, and that ends with the last day on which its price holds."""
        last, who = self.world.scene.last_day, self.who
        if self.world.scene.asks and not (who.said_no or who.marks or who.unsure_marks):
            raise Violation("I9", f"person {who.place} may pay what cannot be turned back, and nobody asked")
        with self.world.machine.quiet():
            order = Order.objects.get(order_no=self.opening.order_no)
        if order.state in ("cancelled", "expired"):
            raise Violation("I8", f"a link was handed out for order {order.order_no}, which is {order.state}")
        in_time = last is None or local_date(order.opened_at) > last
        if not in_time and local_date(order.expires_at - timedelta(seconds=1)) > last:
            raise Violation("I9", f"order {order.order_no} lives until {order.expires_at}, past {last}")


@dataclass
class Agent:
    """A village agent: has taken the cash already, and hands it in under the same numbers until told."""

    world: World
    openings: list[Opening]
    tries: int = 0

    def hand_in(self) -> None:
        self.tries += 1
        asked = [self.orders[opening.order_no] for opening in self.openings]
        for one in asked:
            one.who.zero_tried = one.who.zero_tried or one.fen == 0
        done = self.world.run("office", "agent:0007", lambda env: collect(env, self.openings, "cash", "0007"))
        if not done.is_known:
            offline = self.world.chance(0.15)
            self.world.after(4_000 if offline else RETRY_S[min(self.tries, len(RETRY_S)) - 1], self.hand_in)
        elif done.refusal is None:
            for one in asked:
                one.cash = one.fen
                one.who.told_done = True
            if self.world.chance(0.3):  # the answer was lost on the agent's side: once more
                self.world.after(60, self.hand_in)

    @property
    def orders(self) -> dict[str, Asked]:
        return self.world.orders


def plan_jobs(world: World, faults_s: float, rest_s: float) -> None:
    """Rounds of `canbao jobs`; now and then the job runner is away for half an hour."""
    at = 30.0
    while at < rest_s:
        world.after(at, lambda: job_round(world))
        gap = world.rng.choice((20, 60, 60, 120, 300, 600, 1_800)) if at < faults_s else 300
        at += gap * (0.5 + world.rng.random())


def job_round(world: World, *, is_last: bool = False) -> None:
    """Each job once, but for those whose other side nobody plays here: no platform, and nobody who asked to be told.

    The journals are read for tax and medical insurance now and then, and before all is compared: it costs the most.
    """
    for name, job in JOBS.items():
        put_off = name == "journals_relayed" and not is_last and world.chance(0.8)
        if name.startswith(("platform_", "messages_")) or put_off:
            continue
        world.run("job", f"job:{name}", job)
