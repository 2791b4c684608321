"""The season: dates and days of the month together."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.basics.days import WorkCalendar
from canbao.policy.assess import assess
from canbao.policy.pack import Moment
from canbao.policy.rules.window import window
from canbao.policy.season import season
from canbao.policy.situation import Situation
from tests.policy.shelf import FIXTURES, HEAD, a_pack, from_text

days = st.dates(date(2021, 1, 1), date(2022, 12, 31))


@given(opens=days, length=st.integers(0, 400), first=st.integers(1, 31), width=st.integers(0, 30), on=days)
def test_a_day_is_payable_if_it_is_in_the_range_and_in_the_days_of_the_month(opens, length, first, width, on):
    closes, last = opens + timedelta(length), min(31, first + width)
    pack = from_text(
        c371500=HEAD + "collection:\n"
        f"  opens: {{value: {opens}, status: stated, rule: T}}\n"
        f"  closes: {{value: {closes}, status: stated, rule: T}}\n"
        f"  days_of_month: {{value: {first}-{last}, status: stated, rule: T}}\n"
    )

    now = season(pack, on)

    assert now.is_open == (opens <= on <= closes and first <= on.day <= last)
    following = [day for ahead in range(1, 800) if (day := on + timedelta(ahead)) <= closes and day >= opens]
    expected = next((day for day in following if first <= day.day <= last), None)
    if now.phase in ("before", "masked"):
        assert now.next_opening_date == expected


@given(on=st.dates(date(2024, 9, 1), date(2025, 2, 25)))
def test_one_may_pay_without_a_break_until_the_day_that_is_told(on):
    pack = a_pack("140400", 2025)
    now = window(pack, Situation("adult"), on)

    if now.state == "open":
        stretch = [on + timedelta(n) for n in range((now.payable_until - on).days + 1)]
        assert all(window(pack, Situation("adult"), day).state == "open" for day in stretch)
        assert window(pack, Situation("adult"), now.payable_until + timedelta(1)).state != "open"


MONTHS = HEAD + (
    "prices:\n  resident: {label: 城乡居民, individual: {yuan: 400, status: stated, rule: T}}\n"
    "collection:\n  opens: {value: 2021-09-01, status: stated, rule: T}\n"
    "  closes: {value: 2022-01-20, status: stated, rule: T}\n"
    "  days_of_month: {value: 1-25, status: stated, rule: T}\n"
    "  days_of_month_in:\n    2021-12: {value: 1-31, status: stated, rule: T}\n    2021-11: not_stated\n"
)


@given(on=st.dates(date(2021, 9, 1), date(2022, 1, 20)))
def test_a_month_may_have_days_of_its_own_and_an_unsaid_month_is_not_charged(on):
    pack = from_text(c371500=MONTHS)
    (answer,) = assess(pack, [Situation("adult", date(1980, 5, 1))], on)
    open_days = {
        day
        for n in range(142)
        if (day := date(2021, 9, 1) + timedelta(n)).month != 11 and (day.month == 12 or day.day <= 25)
    }

    assert (answer.amount_fen is not None) == (on in open_days)
    if answer.payable_until:
        assert {on + timedelta(n) for n in range((answer.payable_until - on).days + 1)} <= open_days
        assert answer.payable_until + timedelta(1) not in open_days or answer.payable_until == date(
            2022, 1, 20
        )


def test_a_month_with_days_of_its_own_is_told():
    now = season(from_text(c371500=MONTHS), date(2021, 12, 30))

    assert now.is_open
    assert now.lines[1] == "每月1–25日（2021年11月哪几天没有写、2021年12月1–31日）可缴。"


def test_the_home_page_says_who_has_longer():
    assert season(a_pack("140400", 2025), date(2025, 3, 1)).lines[-1] == "2024年出生的新生儿到2025年3月25日。"
    assert season(a_pack("140400", 2025), date(2025, 3, 1)).phase == "late"


def test_an_end_that_is_not_stated_is_not_counted_down_to():
    now = season(a_pack("371503", 2022), date(2021, 11, 1))

    assert (now.is_open, now.closes_date, now.days_left) == (True, None, None)
    assert "截止日期没有写" in now.sentence


def test_in_the_month_whose_day_is_not_stated_it_has_begun_but_is_not_open():
    now = season(a_pack("341200", 2021), date(2020, 9, 15))

    assert (now.has_begun, now.is_open, now.phase) == (True, False, "unknown")


def test_a_last_day_that_a_holiday_may_still_move_is_called_an_estimate():
    pack = a_pack("990100", 2027, FIXTURES)
    calendar = WorkCalendar(frozenset(), frozenset(), known_until=date(2025, 12, 31))
    person = Situation("student", date(2015, 5, 1), covered_years=(2025, 2026))

    (answer,) = assess(pack, [person], date(2026, 10, 8), Moment(calendar))

    assert "估计" in season(pack, date(2026, 10, 8), calendar).sentence
    assert "是估计" in "".join(reason.text for reason in answer.reasons)
    with pytest.raises(ValueError, match="calendar"):
        season(pack, date(2026, 10, 8))


def test_a_last_day_that_ends_in_the_afternoon_says_when():
    assert "最后一天到17:30为止" in season(a_pack("990200", 2027, FIXTURES), date(2026, 10, 8)).sentence
