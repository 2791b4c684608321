"""门诊统筹: how much of a bill is paid back, from one's own cap or the household's shared one (E10, FY-21, FY-22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from canbao.basics.areas import lineage
from canbao.basics.money import Fen, percent_of
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Reason, because
from canbao.policy.rules.wording import money_text


@dataclass(frozen=True)
class Visit:
    """One outpatient bill. `eligible_fen`: what the scheme covers at all; `area_code`: where the clinic is.

    `is_covered_clinic`: of the level the notice names (一级及以下).
    """

    eligible_fen: Fen
    area_code: str
    is_covered_clinic: bool = True


@dataclass(frozen=True)
class Quota:
    """What is left to a person or household for the year. `members`: who count, without the employee-insured.

    `area_code`: the place of enrolment. `is_household`: grouped as one 户 (opt-in).
    """

    area_code: str
    used_fen: Fen = 0
    members: int = 1
    is_household: bool = False


@dataclass(frozen=True)
class Reimbursement:
    """What is paid back, None where the notice does not say; and the quota after it."""

    amount_fen: Fen | None
    after: Quota
    reason: Reason


def cap_fen(pack: Pack, quota: Quota) -> Fen | None:
    """The cap for the year: a head's, or the sum of the household's heads where it is shared (E11)."""
    rule = pack.outpatient_pooling
    if rule.cap.known is None:
        return None
    shared = quota.is_household and rule.shared_in_household.known is True
    return rule.cap.known * (quota.members if shared else 1)


def reimburse(pack: Pack, quota: Quota, visits: Sequence[Visit]) -> list[Reimbursement]:
    """Bills in order, each from what the one before it left: two never see the same remainder."""
    done: list[Reimbursement] = []
    for visit in visits:
        one = _one(pack, quota, visit)
        quota = one.after
        done.append(one)
    return done


def _one(pack: Pack, quota: Quota, visit: Visit) -> Reimbursement:
    rule, cap = pack.outpatient_pooling, cap_fen(pack, quota)
    rate = rule.rate_percent.known
    if cap is None or rate is None:
        return Reimbursement(None, quota, because(rule.cap, "门诊统筹报多少，通告没有写。"))
    if not visit.is_covered_clinic:
        return Reimbursement(0, quota, because(rule.institutions, f"只报{rule.institutions.known}的。"))
    if not _inside(rule.only_in.known, quota.area_code, visit.area_code):
        return Reimbursement(0, quota, because(rule.only_in, "不在参保的县区里，不用这个限额。"))
    amount = min(percent_of(visit.eligible_fen, Decimal(rate)), max(0, cap - quota.used_fen))
    after = Quota(quota.area_code, quota.used_fen + amount, quota.members, quota.is_household)
    text = f"报{rate}%，限额{money_text(cap)}，已用{money_text(quota.used_fen)}，这次报{money_text(amount)}。"
    return Reimbursement(amount, after, because(rule.cap, text))


def _inside(level: str | None, enrolled: str, clinic: str) -> bool:
    """Whether the clinic lies in the county or prefecture of enrolment; where no limit is stated, anywhere."""
    if level is None:
        return True
    digits = 6 if level == "county" else 4
    lineage(enrolled), lineage(clinic)  # both must be area codes
    return enrolled[:digits] == clinic[:digits]
