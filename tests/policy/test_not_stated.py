"""What a notice keeps for later is never charged by the rule that comes next."""

from datetime import date

import pytest

from canbao.policy.assess import assess
from canbao.policy.desk.check import check
from canbao.policy.situation import Mark, Situation
from tests.policy.shelf import HEAD, from_text

ADULT = Situation("adult", date(1980, 5, 1))
HELPED = Situation("adult", date(1980, 5, 1), (Mark("minimum_living_allowance", date(2020, 1, 1)),))
PRICED = HEAD + (
    "prices:\n  resident: {label: 城乡居民, individual: {yuan: 400, status: stated, rule: T}}\n"
    "fiscal_subsidy: {yuan: 700, status: stated, rule: T}\n"
    "assistance:\n  groups:\n"
    "    minimum_living_allowance: {name: 低保, subsidy: {fixed_yuan: 280, status: stated, rule: T}}\n"
    "late:\n  after:\n    label: 逾期\n    price: {value: individual_and_fiscal, status: stated, rule: T}\n"
    "    subsidy_kept: {value: true, status: stated, rule: T}\n"
    "collection:\n  opens: {value: 2021-09-01, status: stated, rule: T}\n"
    "  closes: {value: 2021-12-31, status: stated, rule: T}\n"
)
COHORTS = (
    "  cohorts:\n    helped:\n      label: 低保\n      who: {{groups: [minimum_living_allowance]}}\n"
    "      {side}: {{status: {status}{value}, rule: T}}\n"
    "    longer: {{label: 都能缴到一月, closes: {{value: 2022-01-31, status: stated, rule: T}}}}\n"
)


def amount_and_code(text: str, person: Situation, on: date) -> tuple[int | None, str | None]:
    (answer,) = assess(from_text(c371500=text), [person], on)
    return answer.amount_fen, answer.refusal.code if answer.refusal else None


def with_cohort(side: str, status: str = "not_stated", value: str = "") -> str:
    return PRICED + COHORTS.format(side=side, status=status, value=value)


@pytest.mark.parametrize(
    "text", [with_cohort("closes"), with_cohort("closes", "unverified", ", value: 2022-02-28")]
)
def test_who_has_a_last_day_that_is_not_stated_pays_in_the_period_and_nothing_after_it(text: str):
    in_period, after, much_later = date(2021, 12, 31), date(2022, 1, 1), date(2022, 6, 1)

    assert amount_and_code(text, HELPED, in_period) == (12000, None)
    assert amount_and_code(text, HELPED, after) == (None, "E-1021")
    assert amount_and_code(text, HELPED, much_later) == (None, "E-1021")
    assert amount_and_code(text, ADULT, after) == (40000, None)
    assert amount_and_code(text, ADULT, much_later) == (110000, None)


def test_who_has_a_first_day_that_is_not_stated_is_not_charged_at_all():
    text = with_cohort("opens")

    assert amount_and_code(text, HELPED, date(2021, 10, 1)) == (None, "E-1021")
    assert amount_and_code(text, ADULT, date(2021, 10, 1)) == (40000, None)


def test_the_check_says_that_the_day_is_missing_and_what_follows():
    data = with_cohort("closes").encode()

    found = check("371500", 2022, lambda area, _: data if area == "371500" else None, {"chiping-2022": None})

    (fault,) = [one for one in found if one.key == "collection.cohorts.helped.closes"]
    assert (fault.grade, "E-1021" in fault.text) == ("note", True)
