"""从哪天起享受: the span of cover a payment on a day gives, or that the notice does not say."""

from datetime import date
from typing import Any

from canbao.basics.days import ONE_DAY, Span
from canbao.policy.format.values import Start, Value
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Reason, because
from canbao.policy.rules.wording import day_text
from canbao.policy.situation import Situation

Cover = tuple[Span | None, Reason]
"""The span and the reason for it; None: the first day is not stated."""

NATIONAL_WAITING_FROM = 2025
"""国办发〔2024〕38号: gaps matter for benefit years from 2025."""


def benefit_span(pack: Pack) -> Span | None:
    """待遇享受期, where both ends are stated."""
    first, last = pack.benefit_period.first_date.known, pack.benefit_period.last_date.known
    return Span(first, last + ONE_DAY) if first and last else None


def ordinary_cover(pack: Pack, person: Situation, on: date) -> Cover:
    """Cover of who pays in the collection period."""
    if has_gap(pack, person):
        return None, _waits(pack)
    period = benefit_span(pack)
    if period is None:
        return None, because(pack.benefit_period.first_date, "待遇从哪天开始，通告没有写。")
    timely = on < period.from_date
    start = pack.benefit_period.paid_before_start if timely else pack.benefit_period.paid_after_start
    return cover_from(start, period, person, on)


def cover_from(start: Value[Start], period: Span, person: Situation, on: date) -> Cover:
    """Cover from a stated start to the end of the period."""
    word = start.known
    first = word.first_date(on, period, person.birth_date) if word else None
    if first is None or first >= period.until_date:
        return None, because(start, "现在缴费，待遇从哪天开始，通告没有写。")
    span = Span(first, period.until_date)
    return span, because(start, f"待遇享受期从{day_text(span.from_date)}到{day_text(span.last_date)}。")


def has_gap(pack: Pack, person: Situation) -> bool:
    """Whether the year before is known to be without cover, in a year for which gaps matter."""
    before = pack.benefit_year - 1
    if (
        pack.benefit_year < NATIONAL_WAITING_FROM
        or person.covered_years is None
        or before in person.covered_years
    ):
        return False
    return before >= NATIONAL_WAITING_FROM and not (person.birth_date and person.birth_date.year >= before)


def late_cover(pack: Pack, waiting: Value[Any], start: Value[Start], person: Situation, on: date) -> Cover:
    """Cover of who pays late; None as long as a waiting period of unstated length stands before it."""
    if waiting.known == "by_rule":
        return None, because(waiting, "补缴后有待遇等待期，多长按相关规定，通告没有写。")
    period = benefit_span(pack)
    if period is None:
        return None, because(pack.benefit_period.first_date, "补缴后待遇从哪天开始，通告没有写。")
    return cover_from(start, period, person, on)


def _waits(pack: Pack) -> Reason:
    return because(pack.waiting.fixed, "上一年没有参保，有待遇等待期，第一天要请经办机构核定。")
