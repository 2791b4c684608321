"""在不在缴费期: the collection period, its days of the month, and the people with dates of their own."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.days import ONE_DAY, WorkCalendar, add_months
from canbao.policy.format.sections import Cohort
from canbao.policy.format.values import PayDays, Value
from canbao.policy.pack import Pack
from canbao.policy.rules.who import fits, missing
from canbao.policy.rules.wording import day_text, mask_text, month_text
from canbao.policy.situation import Situation

State = Literal["before", "open", "masked", "unknown", "after", "year_over"]


@dataclass(frozen=True)
class Window:
    """The window as it stands for one person on one day.

    `closes`: the last day that counts, None where not stated. `unknown`: the day falls where the notice
    does not say whether it is open. `payable_until`: the end of the present stretch of open days.
    """

    state: State
    opens: date | None
    opens_month: str | None
    closes: date | None
    mask: PayDays | None
    cohort: str | None
    next_opening: date | None
    payable_until: date | None


def window(pack: Pack, person: Situation | None, on: date, calendar: WorkCalendar | None = None) -> Window:
    """The window for a person, or for everybody in general where `person` is None.

    Raises:
        ValueError: the pack moves its last day for holidays (`Pack.needs_calendar`), and no calendar was given.
    """
    return _window_of(pack, *_cohort(pack, person, on), on, calendar)


def doubtful(pack: Pack, person: Situation, on: date, calendar: WorkCalendar | None) -> tuple[str, ...]:
    """The facts that would tell whether a window of their own is open for the person on the day."""
    unsure = [
        cohort
        for key, cohort in pack.collection.cohorts.items()
        if fits(cohort.who, person, on) is None
        and _may_be_open(cohort, _window_of(pack, key, cohort, on, calendar).state)
    ]
    return tuple(fact for cohort in unsure for fact in missing(cohort.who, person))


def _window_of(
    pack: Pack, key: str | None, cohort: Cohort | None, on: date, calendar: WorkCalendar | None
) -> Window:
    period = pack.collection
    opens = cohort.opens.known if cohort and cohort.opens.source else period.opens.known
    closes = _last_day(pack, (cohort.closes.known if cohort else None) or period.closes.known, calendar)
    if cohort is None or cohort.closes.known is None:
        opens, closes = _stretch(pack, opens, closes, on, calendar)
    mask = _mask(pack, cohort, on)
    state = _state(pack, opens, closes, mask, on)
    if cohort and _is_unsaid(cohort, state):
        state = "unknown"
    return Window(
        state=state,
        opens=opens,
        opens_month=period.opens_month.known,
        closes=closes,
        mask=mask,
        cohort=key,
        next_opening=_next_opening(state, opens, closes, mask, on),
        payable_until=_payable_until(closes, mask, on) if state == "open" else None,
    )


def _is_unsaid(cohort: Cohort, state: State) -> bool:
    """Whether the day hangs on a date of the cohort that the notice keeps for later: never the next rule's turn."""
    said = unsaid_date(cohort)
    return (said is cohort.opens and state != "year_over") or (said is cohort.closes and state == "after")


def _may_be_open(cohort: Cohort, state: State) -> bool:
    return state == "open" or (state == "unknown" and unsaid_date(cohort) is not None)


def unsaid_date(cohort: Cohort) -> Value[date] | None:
    """The first or last day of the cohort that the pack names and that may not be relied on."""
    return next((said for said in (cohort.opens, cohort.closes) if said.source and said.known is None), None)


def _stretch(
    pack: Pack, opens: date | None, closes: date | None, on: date, calendar: WorkCalendar | None
) -> tuple[date | None, date | None]:
    """The stretch of collecting that a day belongs to: the one it falls into, the next to come, or the last."""
    for further in pack.collection.further.values():
        if closes is None or on <= closes or further.opens.known is None:
            break
        opens, closes = further.opens.known, _last_day(pack, further.closes.known, calendar)
    return opens, closes


def _last_day(pack: Pack, closes: date | None, calendar: WorkCalendar | None) -> date | None:
    """The last day that counts; one that is not worked moves on only if a notice says so (E6)."""
    if closes is None or not pack.needs_calendar:
        return closes
    if calendar is None:
        raise ValueError(f"{pack.area} {pack.benefit_year} moves its last day for holidays: give a calendar")
    return calendar.after(closes - ONE_DAY, 1)


def _cohort(pack: Pack, person: Situation | None, on: date) -> tuple[str | None, Cohort | None]:
    """The cohort a person belongs to; of several the one that closes last, so that nobody loses a right.

    One with a day that is not stated may be that one.
    """
    if person is None:
        return None, None
    found = [(key, cohort) for key, cohort in pack.collection.cohorts.items() if fits(cohort.who, person, on)]
    common = pack.collection.closes.known or date.max
    return max(found, key=lambda pair: _end_of(pair[1], common), default=(None, None))


def _end_of(cohort: Cohort, common: date) -> date:
    return date.max if unsaid_date(cohort) else cohort.closes.known or common


def _mask(pack: Pack, cohort: Cohort | None, on: date) -> PayDays | None:
    """The days of the month in force: a cohort's days after the common period may be free of them (CZ-05)."""
    common_end = pack.collection.closes.known
    after_common = cohort is not None and common_end is not None and on > common_end
    if after_common and cohort is not None and cohort.days_of_month_after_period.known is False:
        return None
    usual, months = pack.collection.days_of_month.known, pack.collection.days_of_month_in
    if usual is None and not months:
        return None
    return PayDays(usual, {month: said.known for month, said in months.items()})


def _state(pack: Pack, opens: date | None, closes: date | None, mask: PayDays | None, on: date) -> State:
    if on.year > pack.benefit_year:
        return "year_over"
    begun = begun_by(pack, opens, on)
    if begun is not True:
        return "before" if begun is False else "unknown"
    if closes and on > closes:
        return "after"
    if mask is None or on in mask:
        return "open"
    return "unknown" if mask.leaves_open(on) else "masked"


def begun_by(pack: Pack, opens: date | None, on: date) -> bool | None:
    """Whether collection has begun; None where the notice leaves the day open (FY-04 names only a month)."""
    if opens:
        return on >= opens
    month = pack.collection.opens_month.known
    if month is None:
        return None
    first = date.fromisoformat(f"{month}-01")
    if on < first:
        return False
    return True if on >= add_months(first, 1) else None


def _next_opening(
    state: State, opens: date | None, closes: date | None, mask: PayDays | None, on: date
) -> date | None:
    """The next day on which one may pay, None where there is none or it is not stated."""
    if state == "before":
        day = opens
    elif state == "masked":
        day = on + ONE_DAY
    else:
        return None
    while day and mask and day not in mask:
        day += ONE_DAY
    return None if day and closes and day > closes else day


def _payable_until(closes: date | None, mask: PayDays | None, on: date) -> date | None:
    """The last day before the window or the month's days end; None where no end is stated."""
    return mask.stretch_end(on, closes) if mask else closes


def period_lines(now: Window) -> tuple[str, ...]:
    """The period itself: `集中缴费期 2024年9月1日至2025年2月25日。` and the days of the month."""
    if now.opens:
        start = day_text(now.opens)
    elif now.opens_month:
        start = f"{month_text(now.opens_month)}（哪一天没有写）"
    else:
        start = "开始日期没有写"
    end = (
        f"至{day_text(now.closes)}"
        if now.closes
        else "起，截止日期没有写"
        if now.opens or now.opens_month
        else ""
    )
    lines = [f"集中缴费期 {start}{end}。"]
    if now.mask:
        lines.append(f"{mask_text(now.mask)}。")
    return tuple(lines)
