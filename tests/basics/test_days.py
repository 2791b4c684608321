"""Days: half-open spans, months and working days as the notices count them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.basics.days import Span, WorkCalendar, add_months, full_years, local_date, year_span

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
ONE_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    """The working days of 2024 and 2025 as the State Council arranged them."""
    published = holidays.country_holidays("CN", years=(2024, 2025))
    days = [date(2024, 1, 1) + n * ONE_DAY for n in range(731)]
    return WorkCalendar(
        days_off=frozenset(day for day in days if day.weekday() < 5 and not published.is_working_day(day)),
        make_up_days=frozenset(day for day in days if day.weekday() >= 5 and published.is_working_day(day)),
    )


@pytest.mark.parametrize(
    ("paid_date", "working_days", "shown_date"),
    [
        (date(2024, 9, 25), 5, date(2024, 10, 8)),  # the Sunday 29th is worked, National Day is not
        (date(2024, 9, 25), 6, date(2024, 10, 9)),
        (date(2025, 1, 24), 5, date(2025, 2, 7)),  # Spring Festival, with the Sunday 26th worked
        (date(2025, 1, 24), 6, date(2025, 2, 8)),  # a make-up Saturday counts
        (date(2024, 3, 1), 1, date(2024, 3, 4)),
        (date(2024, 3, 1), 0, date(2024, 3, 1)),
    ],
)
def test_five_working_days_are_counted_with_holidays_and_make_up_days(
    calendar: WorkCalendar, paid_date: date, working_days: int, shown_date: date
) -> None:
    """E12: the tax page shows a payment five working days later, the day of payment not counted."""
    assert calendar.after(paid_date, working_days) == shown_date


def test_a_make_up_day_is_worked_even_when_it_is_also_off() -> None:
    saturday = date(2025, 2, 8)

    assert WorkCalendar(frozenset({saturday}), frozenset({saturday})).is_worked(saturday)
    assert not WorkCalendar(frozenset(), frozenset()).is_worked(saturday)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 10, 10), 3, date(2025, 1, 10)),  # E7: not 90 days, which would be 2025-01-08
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 12, 31), 12, date(2025, 12, 31)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 11, 15), 1, date(2024, 12, 15)),
    ],
)
def test_months_are_counted_by_the_calendar_and_not_as_thirty_days(
    day: date, months: int, later: date
) -> None:
    assert add_months(day, months) == later


@given(DAYS, st.integers(-60, 60))
def test_months_later_is_the_same_day_or_the_last_of_that_month(day: date, months: int) -> None:
    later = add_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + ONE_DAY).day == 1)


@given(DAYS, st.integers(1, 2000))
def test_a_span_cut_at_new_year_is_whole_and_every_piece_stays_in_its_year(start: date, length: int) -> None:
    span = Span(start, start + length * ONE_DAY)

    pieces = list(span.by_calendar_year())

    assert [pieces[0].from_date, pieces[-1].until_date] == [span.from_date, span.until_date]
    assert all(left.until_date == right.from_date for left, right in pairwise(pieces))
    assert all(piece.from_date.year == piece.last_date.year for piece in pieces)


def test_a_span_holds_its_first_day_and_not_the_day_it_ends() -> None:
    year = year_span(2021)

    assert date(2021, 1, 1) in year
    assert date(2021, 12, 31) in year
    assert date(2022, 1, 1) not in year
    assert year.last_date == date(2021, 12, 31)


@pytest.mark.parametrize("until_date", [date(2021, 1, 1), date(2020, 12, 31)])
def test_an_empty_span_cannot_be_made(until_date: date) -> None:
    with pytest.raises(ValueError, match="empty span"):
        Span(date(2021, 1, 1), until_date)


def test_the_chinese_day_begins_at_sixteen_hours_universal_time() -> None:
    assert local_date(datetime(2024, 12, 31, 15, 59, tzinfo=UTC)) == date(2024, 12, 31)
    assert local_date(datetime(2024, 12, 31, 16, 0, tzinfo=UTC)) == date(2025, 1, 1)


def test_an_instant_without_a_time_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2024, 12, 31, 16, 0))  # noqa: DTZ001 (the fault under test)


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (date(2022, 2, 27), 17),
        (date(2022, 2, 28), 17),  # born on 29 February: the eighteenth year is complete the day after
        (date(2022, 3, 1), 18),
        (date(2024, 2, 29), 20),
    ],
)
def test_age_counts_completed_years_also_for_a_leap_day_child(on: date, years: int) -> None:
    assert full_years(date(2004, 2, 29), on) == years
