"""逐行看: what each row of a collection comes to before anything is opened, in a few statements for any number of rows.

Nobody's trouble is anybody else's: whatever stands in one person's way is that row's outcome.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from canbao.basics.areas import pooling_area_of
from canbao.basics.refusals import (
    CannotSayYet,
    EnrolledElsewhere,
    EnrolmentEnded,
    FigureUnknown,
    InEmployeeScheme,
    MaybeAssisted,
    NotRegistered,
    OrderUnfinished,
    PushPending,
    Refusal,
    RosterPending,
)
from canbao.policy.admit import admit
from canbao.policy.format.vocabulary import ONLINE_CHANNELS
from canbao.policy.registration.outside import Outside
from canbao.policy.registration.outside import unanswered as not_said
from canbao.records.models import Enrolment, OrderLine
from canbao.records.money.bills import BillToPay, bills_to_pay
from canbao.services.exchange.platform.ask import answered_of
from canbao.services.money.assess import Assessment, assess, situation_of
from canbao.services.money.collective.read import Named
from canbao.services.people.before_paying import pending_in_rosters
from canbao.services.people.hall import HALL_CHANNELS, hall_only
from canbao.services.people.one_way import unanswered
from canbao.services.people.others import barred_people
from canbao.services.people.paid import paid_people
from canbao.services.people.roster.judged import OUTCOMES as ROSTER_OUTCOMES
from canbao.services.people.roster.judged import Kind, Outcome
from canbao.services.system.env import Env

OUTCOMES: dict[str, Outcome] = {
    "due": Outcome("ok", "可以缴。"),
    "free": Outcome("ok", "免缴，随单确认。"),
    "paid": Outcome("ok", "已经缴过，不用再缴。"),
    "in_order": Outcome("ok", "已经在这份名单的订单里。"),
    "share_too_much": Outcome("bad", "集体补助比个人要缴的还多。"),
    "share_unreadable": Outcome("bad", "集体补助的金额看不懂，请写元，例如 100 或者 87.50。"),
    "certificate": Outcome("bad", "名单只收身份证号。用出生证登记的，请单独缴。"),
    "twice": Outcome("bad", "同一个号码在前面已经有一行，前面那行算数。"),
    **{
        name: Outcome("bad", ROSTER_OUTCOMES[name].words)
        for name in (
            "number_unknown", "name_differs", "died", "number_as_float", "number_length", "number_digits", "number_check",
            "number_date", "name_missing", "number_missing", "merged_cells", "bad_date", "end_before_begin", "too_long",
        )
    },
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """One row and what it comes to. `outcome`: a word of `OUTCOMES`, or `refused`, whose refusal then says why."""

    row: Named
    outcome: str
    bill: BillToPay | None = None
    refusal: Refusal | None = None
    payable_until: date | None = None

    @property
    def goes(self) -> bool:
        """Whether it can be put into an order now."""
        return self.outcome in ("due", "free")

    @property
    def kind(self) -> Kind:
        """ok, doubtful (something must happen first), or bad (the row is wrong)."""
        return "doubtful" if self.refusal else OUTCOMES[self.outcome].kind

    @property
    def words(self) -> str:
        """What the agent reads in 错误说明."""
        if self.refusal is None:
            return OUTCOMES[self.outcome].words
        return f"{self.refusal.say(self.refusal.heading)}（{self.refusal.code}）。{self.refusal.say(self.refusal.steps[0])}"


@dataclass(frozen=True)
class Paying:
    """How people are to be paid for: where and for which year, by whom, through which channels (all must suit).

    `asked`: whoever collects has asked everybody whether they are of an assisted group. `own`: the orders in which it is
    no surprise to find them.
    """

    area_code: str
    benefit_year: int
    ways: tuple[str, ...]
    payer: str = "proxy"
    asked: bool = False
    own: frozenset[str] = frozenset()


def judge(env: Env, paying: Paying, rows: Sequence[Named]) -> list[Judged]:
    """Judge rows. People are assessed, so in a dry run call it inside `rehearse`."""
    people = list(dict.fromkeys(row.person_id for row in rows if row.person_id))
    assessed = {done.facts.person.id: done for done in assess(env, people, paying.benefit_year)}
    ids = [done.bill.id for done in assessed.values() if done.bill]
    bills = {bill.person_id: bill for bill in bills_to_pay(ids).values()} if ids else {}
    view = _View(env, paying, assessed, bills, rows)
    return [view.judged(row) for row in rows]


def before_a_rehearsal(env: Env, person_ids: Sequence[int], benefit_year: int) -> None:
    """Read the packs of these people's areas, and fetch what serials judging and declaring need, before it is undone.

    A pack is written down when it is first read, and a block of serials counted when it is fetched: undone with the
    rehearsal, the one would be missing for good, and the other be handed out twice.
    """
    size = len(person_ids)
    env.serials.warm({"bill": 4 * size, "event": 12 * size, "collective_share": 2 * size})
    areas = Enrolment.objects.filter(person__in=person_ids, state="active").values_list(
        "area_code", flat=True
    )
    for area_code in sorted(set(areas)):
        env.packs.get(area_code, benefit_year, env.now)


class _View:
    """Everything that is asked once for all of them."""

    def __init__(
        self, env: Env, paying: Paying, assessed: Mapping[int, Assessment], bills: Mapping[int, BillToPay],
        rows: Sequence[Named],
    ) -> None:  # fmt: skip
        people = list(assessed)
        pack = env.packs.get(paying.area_code, paying.benefit_year, env.now)
        self.env, self.pack, self.paying = env, pack, paying
        self.assessed, self.bills = assessed, bills
        self.on = env.local_date(pack.area_code)
        self.paid = paid_people(people, paying.benefit_year)
        self.barred = barred_people(env, [(id_, paying.area_code) for id_ in people])
        self.answered = answered_of(env, people) if not_said(pack, Outside()) else set(people)
        must = pack.assistance.confirm_before_normal.known
        self.pending = pending_in_rosters([row.number for row in rows if row.person_id]) if must else set()
        is_asked = paying.asked or not set(paying.ways) & ONLINE_CHANNELS
        self.unasked = set() if is_asked else _ids(unanswered(env, bills.values()))
        self.open = _open_orders(bills.values())

    def judged(self, row: Named) -> Judged:
        """One row. What is asked of a person alone comes in the order in which the pages ask it."""
        if row.person_id is None or row.person_id not in self.assessed:
            return Judged(row, row.fault or "number_unknown")
        done, bill = self.assessed[row.person_id], self.bills.get(row.person_id)
        if row.person_id in self.paid or done.is_covered or (bill and bill.is_paid):
            return Judged(row, "paid", bill)
        order_no = self.open.get(bill.id) if bill else None
        if order_no in self.paying.own:
            return Judged(row, "in_order", bill)
        refusal = OrderUnfinished() if order_no else self._refusal(row, done, bill)
        if refusal or bill is None:
            return Judged(row, "refused", bill, refusal or FigureUnknown(area=self.pack.name))
        until = done.answer.payable_until if done.answer else None
        return Judged(row, "due" if bill.amount_fen else "free", bill, payable_until=until)

    def _refusal(self, row: Named, done: Assessment, bill: BillToPay | None) -> Refusal | None:
        person_id = done.facts.person.id
        if refusal := self._not_enrolled(done) or self.barred.get(person_id):
            return refusal
        if row.number[1] in self.pending:
            return RosterPending()
        answer = done.answer
        if answer is None or (answer.refusal and not isinstance(answer.refusal, PushPending)):
            return answer.refusal if answer else FigureUnknown(area=self.pack.name)
        if bill is None or bill.hold_code or bill.state not in ("payable", "zero"):
            return PushPending() if bill and bill.hold_code else FigureUnknown(area=self.pack.name)
        if bill.has_collective and not set(self.paying.ways) & set(HALL_CHANNELS):
            return hall_only(self.env, bill.area_code, bill.benefit_year)
        if person_id not in self.answered:
            return CannotSayYet()
        person = situation_of(done.facts, self.on)
        said = (admit(self.pack, person, answer, self.paying.payer, way, self.on) for way in self.paying.ways)
        return next(filter(None, said), None) or (MaybeAssisted() if bill.id in self.unasked else None)

    def _not_enrolled(self, done: Assessment) -> Refusal | None:
        facts = done.facts
        if facts.in_employee_scheme:
            return InEmployeeScheme()
        if facts.enrolment is None:
            ended = facts.ended.ended_date if facts.ended else None
            return EnrolmentEnded(ended_date=str(ended)) if ended else NotRegistered()
        if pooling_area_of(facts.enrolment.area_code) != pooling_area_of(self.paying.area_code):
            return EnrolledElsewhere(area=self.env.areas.full_name(facts.enrolment.area_code))
        return None


def _ids(bills: Iterable[BillToPay]) -> set[int]:
    return {bill.id for bill in bills}


def _open_orders(bills: Iterable[BillToPay]) -> dict[int, str]:
    """The number of the open order of each of these bills that has one."""
    ids = [bill.id for bill in bills]
    return dict(OrderLine.objects.filter(bill__in=ids, open_slot=1).values_list("bill_id", "order_no"))
