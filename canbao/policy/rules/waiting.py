"""待遇等待期: how long after a gap or a late payment, what can be bought off, who is spared (E8, E9, N-38-1)."""

from dataclasses import dataclass
from datetime import date

from canbao.basics.days import ONE_DAY, Span, add_months
from canbao.policy.format.sections import Waiver
from canbao.policy.format.values import Length, Value
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Reason, Wait, because
from canbao.policy.rules.case import Case
from canbao.policy.rules.who import fits, missing
from canbao.policy.rules.wording import money_text


@dataclass(frozen=True)
class Waiting:
    """The wait, None where there is none. Not known: the notice does not say, or `needs` are missing."""

    wait: Wait | None = None
    is_known: bool = True
    reasons: tuple[Reason, ...] = ()
    needs: tuple[str, ...] = ()


NONE = Waiting()


def wait_of(case: Case, is_late: bool) -> Waiting:
    """The waiting period of a person who pays today."""
    rule = case.pack.waiting
    begins = rule.from_benefit_year.known
    if not is_late and rule.applies_to.known == "late":
        return NONE
    gaps_matter = bool(rule.fixed.source) and (begins is None or case.pack.benefit_year >= begins)
    if not gaps_matter and not is_late:
        return NONE
    if gaps_matter and case.person.covered_years is None and not _too_young_for_gap(case):
        told = Reason(
            "、".join(rule.fixed.rules),
            "以前哪几年参过保还不知道，有没有等待期说不准。",
            rule.fixed.source,
            rule.fixed.status,
        )
        return Waiting(None, False, (told,), ("covered_years",))
    gap = gap_years(case) if gaps_matter else 0
    if not gap and not is_late:
        return NONE
    return _spared(case) or _in_time_unsaid(case, is_late) or _counted(case, gap)


def _in_time_unsaid(case: Case, is_late: bool) -> Waiting | None:
    """A gap of who pays in time, where the notice ties the wait to late payers and is silent about the others."""
    said = case.pack.waiting.applies_to
    if is_late or not said.source or said.known:
        return None
    return _unknown(said, "断过保的人按时缴费要不要等待，通告没有写，第一天要请经办机构核定。")


def gap_years(case: Case) -> int:
    """Years missed in a row just before this one, as far back as they count; the birth year is no gap."""
    covered = case.person.covered_years or ()
    first = _first_counted(case)
    year = case.pack.benefit_year - 1
    while year >= first and year not in covered:
        year -= 1
    return case.pack.benefit_year - 1 - year


def first_counted(pack: Pack) -> int:
    """The first year that surely counts as missed, for whoever lived then; the year before, if none is stated."""
    rule = pack.waiting
    return rule.count_from_year.known or rule.from_benefit_year.known or pack.benefit_year - 1


def _first_counted(case: Case) -> int:
    birth = case.person.birth_date
    counted = first_counted(case.pack)
    return max(counted, birth.year + 1) if birth else counted


def _too_young_for_gap(case: Case) -> bool:
    return _first_counted(case) >= case.pack.benefit_year


def _spared(case: Case) -> Waiting | None:
    """Who is spared the whole wait; None: nobody says so."""
    rule = case.pack.waiting
    for waiver in rule.waivers.values():
        applies = waives(case, waiver)
        if applies is None:
            told = because(waiver.waives, f"{waiver.label}免等待期，是不是还说不准。")
            return Waiting(None, False, (told,), missing(waiver.who, case.person) or ("covered_years",))
        if applies and waiver.waives.known == "all":
            return Waiting(reasons=(because(waiver.waives, f"{waiver.label}，没有等待期。"),))
    if rule.waivers_are_open.known and any(mark.acquired_date <= case.on for mark in case.person.marks):
        told = because(rule.waivers_are_open, "特殊群体的等待期另有规定，没有写到这一类。")
        return Waiting(None, False, (told,))
    return None


def waives(case: Case, waiver: Waiver) -> bool | None:
    """Whether a waiver applies: the person fits, the event is recent enough, the years before it in a row."""
    fit = fits(waiver.who, case.person, case.on)
    if not fit or waiver.event is None:
        return fit
    dates = [event.on_date for event in case.person.events if event.kind == waiver.event]
    if waiver.event == "birth" and case.person.birth_date:
        dates.append(case.person.birth_date)
    within = waiver.within.known
    recent = [day for day in dates if day <= case.on and (within is None or case.on <= within.after(day))]
    needed = waiver.continuous_years.known
    if not recent or needed is None:
        return bool(recent)
    if case.person.covered_years is None:
        return None
    return any(_in_a_row(case.person.covered_years, day.year) >= needed for day in recent)


def _in_a_row(covered: tuple[int, ...], until_year: int) -> int:
    """Covered years in a row that end in a year or the one before it."""
    year = until_year if until_year in covered else until_year - 1
    first = year
    while first in covered:
        first -= 1
    return year - first


def _counted(case: Case, gap: int) -> Waiting:
    """The fixed and the variable part, less what is bought off."""
    rule, fixed = case.pack.waiting, case.pack.waiting.fixed.known
    if fixed is None:
        return _unknown(rule.fixed, "有待遇等待期，多长没有写，第一天要请经办机构核定。")
    if _is_unsettled(case, gap):
        return _unknown(rule.count_from_year, "更早的断保怎么算没有定，变动的部分要请经办机构核定。")
    months = _variable_months(case, gap)
    if months is None:
        return _unknown(
            rule.free_years, f"断保{gap}年有待遇等待期，变动的部分怎么算没有写，要请经办机构核定。"
        )
    useful = _useful_repairs(case, gap, fixed, months)
    bought = min(max(case.person.repair_years, 0), useful)
    price = _repair_fen(case)
    wait = Wait(gap, fixed, months - bought, bought, useful - bought, price)
    reasons = [
        because(
            rule.fixed, f"等待期：固定{fixed}" + (f"，断保{gap}年加变动{months}个月。" if months else "。")
        )
    ]
    if bought and price:
        reasons.append(
            because(rule.repair_price, f"补缴{bought}年（每年{money_text(price)}），等待期减{bought}个月。")
        )
    if case.person.repair_years > useful:
        reasons.append(because(rule.floor, f"最多补缴{useful}年有用，再多补也不再缩短，不收。"))
    return Waiting(wait, reasons=tuple(reasons))


def _is_unsettled(case: Case, gap: int) -> bool:
    """A gap that began before the years that surely count, where the pack does not say from which year (N-38-2)."""
    rule, covered = case.pack.waiting, case.person.covered_years or ()
    first, birth = _first_counted(case), case.person.birth_date
    reaches_back = gap > 0 and gap == case.pack.benefit_year - first and first - 1 not in covered
    lived = birth is None or birth.year < first - 1
    return rule.count_from_year.known is None and reaches_back and lived


def _unknown(said: Value[object], text: str) -> Waiting:
    return Waiting(None, False, (because(said, text),))


def _variable_months(case: Case, gap: int) -> int | None:
    """The variable part; 0 without a gap or for who is spared it; None where the notice leaves it open."""
    rule = case.pack.waiting
    spared = any(
        waiver.waives.known == "variable" and waives(case, waiver) for waiver in rule.waivers.values()
    )
    if not gap or spared:
        return 0
    each, free = rule.variable_per_year.known, rule.free_years.known
    if each is None or free is None:
        return None
    return max(0, gap - free) * each.count


def _useful_repairs(case: Case, gap: int, fixed: Length, months: int) -> int:
    """How many years can be bought off: never below the floor, and never the fixed part."""
    rule = case.pack.waiting
    if not months or rule.repair_price.known is None:
        return 0
    floor, from_gap = rule.floor.known, rule.floor_from_gap_years.known
    if not floor or not from_gap or gap < from_gap or fixed.unit == "days":
        return months
    return max(0, min(months, fixed.count + months - floor.count))


def _repair_fen(case: Case) -> int | None:
    """The price of one year bought off, at this year's standard of the place; None: not stated."""
    word = case.pack.waiting.repair_price.known
    price = case.individual_fen
    if word is None or price is None:
        return None
    fiscal = case.pack.fiscal_subsidy.known
    if word == "individual":
        return price
    return None if fiscal is None else price + fiscal


def first_after(case: Case, waiting: Waiting, period: Span) -> date | None:
    """The first day after the wait: from the period if paid before it, else from the day the pack names (E8)."""
    wait = waiting.wait
    if wait is None or wait.fixed is None:
        return period.from_date
    timely, rule = case.on < period.from_date, case.pack.waiting
    base = period.from_date if timely else _counting_from(case)
    if base is None:
        return None
    first = wait.fixed.after(add_months(base, wait.variable_months))
    counted = not timely and wait.fixed.unit == "days" and rule.counts_from.known == "payment_day"
    return first + ONE_DAY if counted and rule.last_day_waits.known else first


def _counting_from(case: Case) -> date | None:
    word = case.pack.waiting.counts_from.known
    days = {"payment_day": case.on, "next_day": case.on + ONE_DAY, "payment_month": case.on.replace(day=1)}
    return days[word] if word else None
