"""缴费后被标识的 (E3): who paid the normal price and was named by a roster since gets what the pack says.

A refund is applied for in the roster's name and goes its ordinary way of two people (FY-12); where there is no way
back that is said (CZ-09, SX-09); where the notice leaves it open, somebody must look. Asked again, nothing is opened twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.refusals import RefundNotAllowed, RefundTooMuch, RefundUnclear, Refusal
from canbao.policy.rules.subsidy import group_named
from canbao.records.models import Bill, OrderLine, Refund, Roster, RosterLine
from canbao.services.money.refund import Application, apply
from canbao.services.people.roster.take import get_roster
from canbao.services.system.env import Env

REASON = "status_gained"
Outcome = Literal["refund", "no_way_back", "look"]


@dataclass(frozen=True)
class AfterPaying:
    """One row: what its person gets. `refund_no`: the refund that was applied for, now or before.

    `why`: the notice's reasons, or what is still in the way.
    """

    row: int
    person_id: int
    outcome: Outcome
    refund_no: str | None
    why: str


def settle_after_paying(env: Env, roster_id: int) -> list[AfterPaying]:
    """Give each row that came to `normal_before` what the pack says, in the file's order.

    Raises:
        NotFound, RosterRefused: as `get_roster`.
    """
    roster = get_roster(roster_id)
    lines = list(RosterLine.objects.filter(roster_id=roster.id, outcome="normal_before").order_by("row_no"))
    paid = _paid_lines(lines, roster.benefit_year)
    opened = _opened(paid)
    return [_one(env, roster, line, paid.get(line.person_id or 0), opened) for line in lines]


def _paid_lines(lines: Sequence[RosterLine], benefit_year: int) -> dict[int, OrderLine]:
    """The settled order line of each person who paid the year here."""
    people = [line.person_id for line in lines]
    bills = Bill.objects.filter(person__in=people, benefit_year=benefit_year, state="settled")
    by_bill = dict(bills.values_list("id", "person_id"))
    settled = OrderLine.objects.filter(bill__in=list(by_bill), state="settled")
    return {by_bill[line.bill_id]: line for line in settled}


def _opened(paid: dict[int, OrderLine]) -> dict[int, str]:
    """The refund that was applied for already, by bill; a refused one may be applied for again by hand."""
    rows = Refund.objects.filter(bill_id__in=[line.bill_id for line in paid.values()], reason=REASON)
    return {bill: no for bill, no in rows.values_list("bill_id", "refund_no") if bill}


def _one(
    env: Env, roster: Roster, line: RosterLine, paid: OrderLine | None, opened: dict[int, str]
) -> AfterPaying:
    person_id = line.person_id or 0
    if paid is None:  # an order was open: it has run out, or is being paid at this moment
        return AfterPaying(line.row_no, person_id, "look", None, "当时有一笔没付完的订单，现在没有缴费记录。")
    if no := opened.get(paid.bill_id):
        return AfterPaying(line.row_no, person_id, "refund", no, "已经申请退费。")
    pack = env.packs.get(roster.area_code, roster.benefit_year, env.now)
    if REASON not in pack.refunds:
        one_way = bool(pack.assistance.confirm_before_normal.known)
        why = (
            "当地规定：按普通标准缴过，不能再按资助标准缴。"
            if one_way
            else "缴费后取得资格的退不退，通告没有写。"
        )
        return AfterPaying(line.row_no, person_id, "no_way_back" if one_way else "look", None, why)
    return _applied_for(env, line, paid, group_named(pack, line.group_text), line.begin_date)


def _applied_for(
    env: Env, line: RosterLine, paid: OrderLine, group: str | None, acquired: date | None
) -> AfterPaying:
    wish = Application(paid.order_no, paid.line_no, REASON, group, acquired)
    person_id = line.person_id or 0
    try:
        (made,) = apply(env, [wish])
    except RefundNotAllowed as no:
        return AfterPaying(line.row_no, person_id, "no_way_back", None, _reasons(no))
    except (RefundUnclear, RefundTooMuch) as unclear:
        return AfterPaying(line.row_no, person_id, "look", None, _reasons(unclear))
    return AfterPaying(line.row_no, person_id, "refund", made.refund_no, "已申请退费，等核验。")


def _reasons(refusal: Refusal) -> str:
    return refusal.say(refusal.why)
