"""Born late in the year before: a band that still runs answers, and nobody is charged as a late payer."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.policy.assess import assess
from canbao.policy.situation import Situation
from tests.policy.shelf import HEAD, from_text

TEXT = HEAD + (
    "prices:\n  resident: {label: 城乡居民, individual: {yuan: 400, status: stated, rule: T}}\n"
    "fiscal_subsidy: {yuan: 700, status: stated, rule: T}\n"
    "collection:\n  opens: {value: 2021-09-01, status: stated, rule: T}\n"
    "  closes: {value: 2021-12-31, status: stated, rule: T}\n"
    "late:\n  after: {label: 逾期, price: {value: individual_and_fiscal, status: stated, rule: T}}\n"
    "newborn:\n  bands:\n    first:\n      label: 90日内\n"
    "      within: {value: 90 days, status: stated, rule: T}\n"
    "      last_day_counts: {value: true, status: stated, rule: T}\n"
    "      price: {value: individual, status: stated, rule: T}\n"
    "      coverage_start: {value: birth, status: stated, rule: T}\n"
)
PACK = from_text(c371500=TEXT)


def answer_to(birth: date | None, on: date):
    (answer,) = assess(PACK, [Situation("newborn", birth)], on)
    return answer


@given(birth=st.dates(date(2021, 1, 1), date(2021, 12, 31)), days=st.integers(1, 150))
def test_who_is_born_in_the_year_before_pays_the_ordinary_price_while_the_band_runs(birth, days):
    on = date(2021, 12, 31) + timedelta(days)

    answer = answer_to(birth, on)

    runs = (on - birth).days <= 90
    assert (answer.kind, answer.amount_fen) == (("normal", 40000) if runs else ("late", 110000))
    if runs:
        assert answer.price_valid_until == birth + timedelta(90)
        assert answer.cover.from_date == date(2022, 1, 1)


@pytest.mark.parametrize(
    ("on", "code"), [(date(2022, 1, 10), "E-1024"), (date(2022, 3, 31), "E-1024"), (date(2022, 4, 1), None)]
)
def test_a_newborn_whose_birthday_is_unknown_is_asked_for_it_while_a_band_could_run(
    on: date, code: str | None
):
    refusal = answer_to(None, on).refusal

    assert (refusal.code if refusal else None) == code
