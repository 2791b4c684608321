"""Days: half-open spans, working days, and the one time zone of the country.

A span holds its first day and not its last: `[2021-01-01, 2022-01-01)` is the year 2021.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Span:
    """Days from `from_date` up to, not including, `until_date`."""

    from_date: date
    until_date: date

    def __post_init__(self) -> None:
        if self.from_date >= self.until_date:
            raise ValueError(f"an empty span: {self.from_date} to {self.until_date}")

    def __contains__(self, day: date) -> bool:
        return self.from_date <= day < self.until_date

    @property
    def last_date(self) -> date:
        """The last day inside, the one people read: `待遇享受期 … 至 2021-12-31`."""
        return self.until_date - ONE_DAY

    def by_calendar_year(self) -> Iterator["Span"]:
        """Cut at each New Year, since a coverage row stays inside one calendar year."""
        start = self.from_date
        while start < self.until_date:
            end = min(self.until_date, date(start.year + 1, 1, 1))
            yield Span(start, end)
            start = end


def year_span(year: int) -> Span:
    """The calendar year as a span."""
    return Span(date(year, 1, 1), date(year + 1, 1, 1))


def local_date(instant: datetime) -> date:
    """The Chinese calendar day of an aware instant.

    Raises:
        ValueError: the instant carries no time zone, so its day cannot be known.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(CHINA).date()


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the month's last day where there is none (E7)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - ONE_DAY).day
    return date(year, month + 1, min(day.day, last))


def full_years(birth: date, on: date) -> int:
    """Age in completed years on a day (周岁)."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked: weekdays, less the holidays, plus the make-up working days.

    Built by a service from the `holidays` library and the staff's own override rows. `known_until`: the last
    day of the last year that is published; None: all that is asked for is known.
    """

    days_off: frozenset[date]
    make_up_days: frozenset[date]
    known_until: date | None = None

    def is_estimate(self, day: date) -> bool:
        """Whether the day lies beyond what is published, so that a holiday may still change it (E12)."""
        return self.known_until is not None and day > self.known_until

    def is_worked(self, day: date) -> bool:
        """Whether offices work that day."""
        if day in self.make_up_days:
            return True
        return day.weekday() < 5 and day not in self.days_off

    def after(self, day: date, working_days: int) -> date:
        """The n-th working day after `day`, `day` itself not counted (CZ-22, E12)."""
        left = working_days
        while left > 0:
            day += ONE_DAY
            left -= self.is_worked(day)
        return day
