"""Who gives money back: one hand applies and verifies, another agrees, a cashier pays what the channel cannot."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from canbao.basics.accounts import CASH
from canbao.basics.days import local_date
from canbao.basics.refusals import RefundTooMuch
from canbao.records.models import Order, Refund
from canbao.services.money.refund import Application, apply, approve, refuse, verify
from canbao.services.money.repay import approve_route, pay_out, reroute
from tests.simulation.people import Resident, until_known
from tests.simulation.world import Done, World

FIRST, SECOND = "staff:甲", "staff:乙"


@dataclass
class Office:
    """The agency's two hands. They see what our pages list, and know what cash they handed out."""

    world: World

    def plan(self, until_s: float) -> None:
        """Look at the lists every ten to forty minutes."""
        at = self.world.rng.uniform(600, 1_800)
        while at < until_s:
            self.world.after(at, self.work)
            at += self.world.rng.uniform(600, 2_400)
        for person in self.world.residents:
            if self.world.chance(0.5):
                self.world.after(self.world.rng.uniform(1_200, 9_000), lambda person=person: self.ask(person))

    def ask(self, person: Resident) -> None:
        """A resident wants it back: 重复缴费, the relation ended yesterday or ends tomorrow (then perhaps 原则上不退)."""
        with self.world.machine.quiet():
            mine = [no for no, asked in self.world.orders.items() if asked.who is person]
            settled = Order.objects.filter(order_no__in=mine, state="settled", amount_fen__gt=0)
            order_no = settled.values_list("order_no", flat=True).first()
        if order_no:
            person.wants_back = True
            ended = local_date(self.world.now) + timedelta(days=self.world.rng.choice((-1, 1)))
            wish = Application(order_no, 1, "duplicate", terminated_date=ended)
            for _ in range(self.world.rng.choice((1, 1, 2))):  # now and then it is entered twice
                self._do(FIRST, lambda env: apply(env, [wish]))

    def work(self) -> None:
        """One look at the lists: verify, agree or refuse, choose a second route, hand out cash."""
        with self.world.machine.quiet():
            rows = list(Refund.objects.exclude(state__in=("refused", "paid")).order_by("id"))
        for row in rows:
            if row.state == "applied" and (row.reason != "surplus" or not self.world.faulty):
                self._verify(row)
            elif row.state == "verified":
                self._decide(row)
            elif row.state == "approved" and row.route == CASH:
                self._hand_out(row)
            elif row.state == "abnormal" and self.world.chance(0.5):
                self._second_route(row)
            elif row.state == "rerouted":
                self._hand_out(row)

    def _verify(self, row: Refund) -> None:
        why = None if row.verdict == "refund" else "核定"
        fen = self.world.rng.choice((row.paid_fen, row.paid_fen // 2)) if why else None

        def known(done: Done) -> None:
            if isinstance(done.refusal, RefundTooMuch):  # entered twice: the other one has it all
                self._do(FIRST, lambda env: refuse(env, row.refund_no, "重复申请"))

        self._do(FIRST, lambda env: verify(env, row.refund_no, fen, why), known)

    def _decide(self, row: Refund) -> None:
        if row.reason != "surplus" and self.world.chance(0.2):
            self._do(SECOND, lambda env: refuse(env, row.refund_no, "材料不齐"))
        else:
            self._do(SECOND, lambda env: approve(env, row.refund_no, row.content_hash))

    def _second_route(self, row: Refund) -> None:
        def agree(done: Done) -> None:
            if done.value:
                self._do(SECOND, lambda env: approve_route(env, row.refund_no, done.value))

        self._do(FIRST, lambda env: reroute(env, row.refund_no, CASH, "张小一"), agree)

    def _hand_out(self, row: Refund) -> None:
        """Cash goes over the counter once, however often its booking must be tried."""

        def handed(done: Done) -> None:
            if done.value and not self.world.chance(0.8):
                self._do(FIRST, lambda env: pay_out(env, row.refund_no, "收据1"))

        self.world.machine.counts["cash_back"] += row.refund_no not in self.world.cash_back
        self.world.cash_back.setdefault(row.refund_no, row.amount_fen)
        self._do(FIRST, lambda env: pay_out(env, row.refund_no, "收据1"), handed)

    def _do(self, actor: str, work: Any, then: Any = lambda _done: None) -> None:
        until_known(self.world, "office", lambda env: work(replace(env, actor=actor)), then)
