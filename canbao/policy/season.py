"""缴费季: what the home page says about paying now, for everybody in general."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.days import WorkCalendar
from canbao.policy.format.sections import Cohort
from canbao.policy.format.values import LatePrice, PayDays
from canbao.policy.pack import Pack
from canbao.policy.rules.window import State, Window, begun_by, period_lines, window
from canbao.policy.rules.wording import day_text

Phase = Literal["before", "open", "masked", "unknown", "late", "closed"]


@dataclass(frozen=True)
class Season:
    """The collection period on a day. A date that is None is not stated.

    `is_open`: one may pay the ordinary price today. `late`: the period is over, the late band answers.
    """

    phase: Phase
    is_open: bool
    has_begun: bool
    opens_date: date | None
    closes_date: date | None
    mask: PayDays | None
    next_opening_date: date | None
    days_left: int | None
    common_lines: tuple[str, ...]
    cohort_lines: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything to say, one short sentence a line; those with dates of their own come last."""
        return self.common_lines + self.cohort_lines

    @property
    def sentence(self) -> str:
        """What holds for everybody, as one sentence for a card with little room."""
        return "，".join(line.rstrip("。") for line in self.common_lines) + "。"


def season(pack: Pack, on: date, calendar: WorkCalendar | None = None) -> Season:
    """The season of an area on a local day. `calendar`: needed where `pack.needs_calendar`."""
    now = window(pack, None, on, calendar)
    phase = _phase(pack, now.state)
    is_open = now.state == "open"
    days_left = (now.closes - on).days if now.closes and now.state in ("open", "masked") else None
    return Season(
        phase=phase,
        is_open=is_open,
        has_begun=has_begun(pack, on),
        opens_date=now.opens,
        closes_date=now.closes,
        mask=now.mask,
        next_opening_date=now.next_opening,
        days_left=days_left,
        common_lines=(
            *period_lines(now),
            *_closing_lines(pack, now, calendar),
            *_phase_lines(phase, now, days_left),
        ),
        cohort_lines=_cohort_lines(pack, on),
    )


def has_begun(pack: Pack, on: date) -> bool:
    """Whether people may be paying: from the first day, or from the month where only that is stated."""
    period = pack.collection
    opens, month = period.opens.known, period.opens_month.known
    in_month = opens is None and month is not None and f"{on:%Y-%m}" >= month
    return on.year > pack.benefit_year or in_month or begun_by(pack, opens, on) is True


def _closing_lines(pack: Pack, now: Window, calendar: WorkCalendar | None) -> tuple[str, ...]:
    """A last day that ends before midnight, or that a holiday may still move."""
    end = pack.collection.closes_at.known
    lines = [f"最后一天到{end}为止。"] if end and not end.is_end_of_day else []
    if calendar and now.closes and calendar.is_estimate(now.closes):
        lines.append("放假安排还没有公布，截止日是估计。")
    return tuple(lines)


def _phase(pack: Pack, state: State) -> Phase:
    if state == "after":
        payable = ("individual", "individual_and_fiscal", "fixed")
        return "late" if any(price and price.kind in payable for price in _late_prices(pack)) else "closed"
    return "closed" if state == "year_over" else state


def _late_prices(pack: Pack) -> list[LatePrice | None]:
    return [band.price.known for band in pack.late.values()]


def _phase_lines(phase: Phase, now: Window, days_left: int | None) -> tuple[str, ...]:
    if phase == "before":
        return ("还没有开始。",)
    if phase == "open":
        return (f"还剩{days_left}天。" if days_left else "今天是最后一天。",) if days_left is not None else ()
    if phase == "masked":
        return (
            f"今天不能缴，{day_text(now.next_opening)}再缴。"
            if now.next_opening
            else "这一期已经没有缴费日。",
        )
    if phase == "unknown":
        return ("今天能不能缴，通告没有写。",)
    return ("集中缴费期已经过了，可以补缴。",) if phase == "late" else ("集中缴费期已经过了。",)


def _cohort_lines(pack: Pack, on: date) -> tuple[str, ...]:
    """Who has longer than everybody: `2024年出生的新生儿到2025年3月25日。`"""
    return tuple(_cohort_line(cohort, end) for cohort, end in _longer(pack) if on <= end)


def _longer(pack: Pack) -> list[tuple[Cohort, date]]:
    return [(cohort, end) for cohort in pack.collection.cohorts.values() if (end := cohort.closes.known)]


def _cohort_line(cohort: Cohort, end: date) -> str:
    return f"{cohort.label}到{day_text(end)}。"
