"""The working-day calendar: the published one under the rows of the staff."""

from datetime import date

from canbao.records.models import WorkCalendarOverride
from canbao.services.system.working_days import decide_day, work_calendar


def test_a_year_whose_make_up_days_are_not_published_is_an_estimate_until_staff_enter_them(db):
    before = work_calendar()
    year = before.known_until.year + 1
    WorkCalendarOverride.objects.create(day=date(year, 2, 6), is_worked=True)
    after = work_calendar()

    assert before.is_estimate(date(year, 3, 1))
    assert not after.is_estimate(date(year, 3, 1))
    assert after.is_worked(date(year, 2, 6))
    assert after.is_estimate(date(year + 1, 1, 1))


def test_what_staff_decide_goes_before_the_library_and_may_be_changed(db):
    """6 February 2027 is a Saturday."""
    day = date(2027, 2, 6)
    assert not work_calendar().is_worked(day)
    decide_day(day, is_worked=True)
    assert work_calendar().is_worked(day)
    decide_day(day, is_worked=False)
    assert not work_calendar().is_worked(day)
