"""退费: may what was paid be paid back, how much, to whom? Each reason has its own day and boundary (E4)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from canbao.basics.days import ONE_DAY
from canbao.basics.money import Fen
from canbao.policy.format.sections import RefundRule
from canbao.policy.format.values import UNSAID, Value
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Reason, because
from canbao.policy.rules.price import Price
from canbao.policy.rules.subsidy import find_help
from canbao.policy.rules.wording import day_text, money_text
from canbao.policy.situation import Mark, Situation

Outcome = Literal["refund", "none", "staff_decide", "not_stated", "needs"]
KEY_DATES = {
    "status_acquired": "取得资助资格的日期",
    "terminated": "终止参保关系的日期",
    "applied": "申请的日期",
    "paid": "缴费的日期",
    "event": "事情发生的日期",
}


@dataclass(frozen=True)
class Claim:
    """What somebody wants back. `reason`: a key of the pack's `refunds`; days that are None are unknown.

    `group`: the assisted group that was gained, where that is the reason.
    """

    reason: str
    paid_fen: Fen
    paid_date: date | None = None
    applied_date: date | None = None
    terminated_date: date | None = None
    status_acquired_date: date | None = None
    event_date: date | None = None
    group: str | None = None


@dataclass(frozen=True)
class Refund:
    """Whether and how much. `amount_fen` None where it is not stated, or where there is no refund to count.

    `staff_decide`: in principle none, staff may decide otherwise with a reason (原则上).
    `payee` None: the notice does not say who gets it. `terminates`: the enrolment ends with it.
    `needs`: the day nobody knows.
    """

    outcome: Outcome
    amount_fen: Fen | None = None
    payee: Literal["payer", "heirs"] | None = None
    terminates: bool = False
    apply_at: str | None = None
    needs: str | None = None
    reasons: tuple[Reason, ...] = field(default=())


def refund(pack: Pack, claim: Claim) -> Refund:
    """The answer to one claim, by the rule the pack has for its reason."""
    rule = pack.refunds.get(claim.reason)
    if rule is None or rule.key_date.known is None:
        said = rule.key_date if rule else UNSAID
        return _as(rule, "not_stated", because(said, "这种情形退不退，通告没有写。"))
    key = _key_day(rule, claim)
    if key is None:
        what = KEY_DATES[rule.key_date.known]
        told = because(rule.key_date, f"还说不准，要先知道{what}。")
        return _as(rule, "needs", told, needs=what)
    boundary, bound_by = _boundary(pack, rule)
    if boundary is None:
        return _as(rule, "not_stated", because(bound_by, "退费到哪天为止，通告没有写。"))
    side = rule.before if key <= boundary else rule.after
    told = because(bound_by, f"{KEY_DATES[rule.key_date.known]}{day_text(key)}，界线是{day_text(boundary)}。")
    return _sided(pack, rule, claim, side, told)


def _sided(pack: Pack, rule: RefundRule, claim: Claim, side: Value[str], told: Reason) -> Refund:
    word = side.known
    if word is None:
        return _as(rule, "not_stated", told, because(side, "这一边退不退，通告没有写。"))
    if word == "none":
        outcome: Outcome = "staff_decide" if side.force == "principle" else "none"
        text = "原则上不退，工作人员可以按实际情况决定。" if outcome == "staff_decide" else "不退。"
        return _as(rule, outcome, told, because(side, text))
    if word == "refund":
        return _as(
            rule,
            "refund",
            told,
            because(side, f"退{money_text(claim.paid_fen)}。"),
            amount_fen=claim.paid_fen,
        )
    amount_fen = _covered_part(pack, claim)
    if amount_fen is None:
        return _as(rule, "refund", told, because(side, "退资助的那一部分，资助多少通告没有写。"))
    return _as(
        rule,
        "refund",
        told,
        because(side, f"退资助的那一部分，{money_text(amount_fen)}。"),
        amount_fen=amount_fen,
    )


def _as(
    rule: RefundRule | None,
    outcome: Outcome,
    *reasons: Reason,
    amount_fen: Fen | None = None,
    needs: str | None = None,
) -> Refund:
    if rule is None:
        return Refund(outcome, reasons=reasons)
    if outcome == "refund" and rule.payee.known is None:
        reasons = (*reasons, because(rule.payee, "退给谁，通告没有写。"))
    return Refund(
        outcome=outcome,
        amount_fen=amount_fen,
        payee=rule.payee.known,
        terminates=rule.terminates.known is True,
        apply_at=rule.apply_at.known,
        needs=needs,
        reasons=reasons,
    )


def _key_day(rule: RefundRule, claim: Claim) -> date | None:
    days = {
        "status_acquired": claim.status_acquired_date,
        "terminated": claim.terminated_date,
        "applied": claim.applied_date,
        "paid": claim.paid_date,
        "event": claim.event_date,
    }
    return days[rule.key_date.known or "applied"]


def _boundary(pack: Pack, rule: RefundRule) -> tuple[date | None, Value[object]]:
    """The last day of the side `before`, and the value that says so."""
    if rule.boundary_date.known:
        return rule.boundary_date.known, rule.boundary_date
    if rule.boundary.known == "before_benefit_period":
        first = pack.benefit_period.first_date.known
        return (
            first - ONE_DAY if first else None
        ), rule.boundary if first else pack.benefit_period.first_date
    if rule.boundary.known == "collection_closes":
        return pack.collection.closes.known, rule.boundary
    return None, rule.boundary_date


def _covered_part(pack: Pack, claim: Claim) -> Fen | None:
    """What the subsidy of the group gained would have paid of what was paid; None: not stated."""
    if claim.group is None:
        return None
    gained = Mark(claim.group, claim.status_acquired_date or date.min)
    person = Situation("adult", marks=(gained,))
    help_ = find_help(pack, person, Price(claim.paid_fen), gained.acquired_date)
    return help_.amount_fen if help_.outcome == "subsidy" else 0 if help_.outcome == "none" else None
