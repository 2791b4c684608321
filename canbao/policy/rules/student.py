"""学生: an entry year that starts in September, years paid at once, an end in summer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from canbao.basics.days import ONE_DAY, Span, add_months
from canbao.policy.format.sections import StudentRule
from canbao.policy.format.values import Value
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Reason, because
from canbao.policy.rules.case import Case
from canbao.policy.rules.cover import Cover
from canbao.policy.rules.subsidy import Help
from canbao.policy.rules.who import fits
from canbao.policy.rules.wording import day_text, money_text
from canbao.policy.situation import Situation


@dataclass(frozen=True)
class Term:
    """What being a student changes: how many years are paid, and what is said about it."""

    rule: StudentRule | None
    years: tuple[int, ...]
    is_entering: bool | None = False


def term_of(case: Case, help_: Help) -> Term:
    """The years a student pays for today.

    Raises:
        Stop: more years than may be paid at once, or without a locked price, or with help nobody states.
    """
    first = case.pack.benefit_year
    rule = next((one for one in case.pack.students.values() if fits(one.who, case.person, case.on)), None)
    wanted = case.person.lump_sum_years
    if rule is None or (wanted == 1 and not _dated(rule)):
        return Term(rule, (first,))
    if wanted > 1:
        _must_be_allowed(case, rule, wanted, help_)
    entered = case.person.entry_year
    entering = None if entered is None and rule.entry_year_start.known else entered == first - 1
    return Term(rule, tuple(range(first, first + wanted)), entering)


def place_of(pack: Pack, person: Situation, on: date) -> Value[str] | None:
    """Where a student enrols; None where no rule is about them. In principle (原则上): staff may decide otherwise."""
    rule = next((one for one in pack.students.values() if fits(one.who, person, on)), None)
    return rule.place if rule else None


def _dated(rule: StudentRule) -> bool:
    return rule.entry_year_start.known is not None or rule.last_year_ends.known is not None


def _must_be_allowed(case: Case, rule: StudentRule, wanted: int, help_: Help) -> None:
    most = rule.lump_sum_years.known
    if most is None or wanted > most:
        case.note(
            rule.lump_sum_years,
            f"{rule.label}一次最多缴{most}年。" if most else "能不能一次缴几年，通告没有写。",
        )
        raise case.unknown()
    if rule.price_locked.known is not True:
        case.note(rule.price_locked, "以后几年按什么标准缴，通告没有写。")
        raise case.unknown()
    if help_.outcome == "subsidy":
        case.note(rule.lump_sum_years, "资助对象一次缴几年，资助怎么算，通告没有写。")
        raise case.unknown("special", help_.group)
    case.note(rule.price_locked, f"一次缴{wanted}年，都按今年的标准。")


def lump_fen(case: Case, term: Term, price_fen: int) -> int:
    """What the further years cost, at this year's price."""
    more = len(term.years) - 1
    if more:
        case.note(
            term.rule.price_locked if term.rule else case.pack.fiscal_subsidy,
            f"每年{money_text(price_fen)}，共{more + 1}年。",
        )
    return more * price_fen


def student_cover(case: Case, term: Term, cover: Cover) -> Cover:
    """The cover of a student: earlier in the year of entering, longer for years paid at once, ending in summer."""
    rule = term.rule
    if rule is None or (term.is_entering is False and len(term.years) == 1 and not _dated(rule)):
        return cover
    needs = _needed(case, term, rule)
    if needs:
        told = Reason(
            "、".join(rule.entry_year_start.rules),
            "入学或毕业的年份还不知道，待遇的日子说不准。",
            "",
            "not_stated",
        )
        return Cover(None, (*cover.reasons, told), cover.wait, (*cover.needs, *needs))
    if cover.span is None:
        return cover
    first, until = cover.span.from_date, add_months(cover.span.until_date, 12 * (len(term.years) - 1))
    reasons: list[Reason] = []
    if term.is_entering and (start := rule.entry_year_start.known):
        first = max(start.in_year(case.pack.collection_year), case.on) if case.on < first else first
        reasons.append(because(rule.entry_year_start, f"新入学的从{day_text(first)}起享受。"))
    end = rule.last_year_ends.known
    if end and case.person.graduation_year == term.years[-1]:
        until = end.in_year(term.years[-1]) + ONE_DAY
        reasons.append(because(rule.last_year_ends, f"毕业那年享受到{day_text(until - ONE_DAY)}。"))
    span = Span(first, until) if first < until else None
    changed = span != cover.span
    return Cover(span, (*(() if changed else cover.reasons), *_told(case, reasons, span, rule)), cover.wait)


def _needed(case: Case, term: Term, rule: StudentRule) -> tuple[str, ...]:
    asked = {
        "entry_year": term.is_entering is None,
        "graduation_year": rule.last_year_ends.known is not None and case.person.graduation_year is None,
    }
    return tuple(fact for fact, lacks in asked.items() if lacks)


def _told(case: Case, reasons: Iterable[Reason], span: Span | None, rule: StudentRule) -> tuple[Reason, ...]:
    told = tuple(reasons)
    if told or span is None:
        return told
    said = rule.lump_sum_years
    return (because(said, f"待遇享受期从{day_text(span.from_date)}到{day_text(span.last_date)}。"),)
