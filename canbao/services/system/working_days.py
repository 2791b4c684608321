"""The working-day calendar as a value: the `holidays` library, overlaid by staff's own rows."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import holidays

from canbao.basics.days import WorkCalendar
from canbao.records.models import WorkCalendarOverride

YEARS = range(2019, 2030)


@lru_cache(maxsize=1)
def _published() -> tuple[frozenset[date], frozenset[date]]:
    calendar = holidays.country_holidays("CN", years=YEARS)
    days = [date(YEARS[0], 1, 1) + timedelta(days=n) for n in range(366 * len(YEARS))]
    off = frozenset(day for day in days if day.weekday() < 5 and not calendar.is_working_day(day))
    made_up = frozenset(day for day in days if day.weekday() >= 5 and calendar.is_working_day(day))
    return off, made_up


def work_calendar() -> WorkCalendar:
    """The calendar in force now."""
    off, made_up = _published()
    overrides = dict(WorkCalendarOverride.objects.order_by("day").values_list("day", "is_worked"))
    worked = frozenset(day for day, is_worked in overrides.items() if is_worked)
    idle = frozenset(day for day, is_worked in overrides.items() if not is_worked)
    return WorkCalendar(
        days_off=(off | idle) - worked,
        make_up_days=(made_up | worked) - idle,
        known_until=_known_until(made_up, overrides),
    )


def _known_until(made_up: frozenset[date], overrides: Iterable[date]) -> date:
    """The end of the last year whose make-up days are published, or that staff have entered.

    A year's holidays are only guessed by the library until the State Council's notice names the make-up days.
    """
    return date(max({day.year for day in made_up} | {day.year for day in overrides}), 12, 31)


def decide_day(day: date, *, is_worked: bool) -> None:
    """Put down that a day is worked, or is not, whatever the library says: the State Council's notice comes late."""
    WorkCalendarOverride.objects.update_or_create(day=day, defaults={"is_worked": is_worked})
