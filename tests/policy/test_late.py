"""A late price that is one sum for every class, and bands that are about some people only."""

from datetime import date

import pytest

from canbao.policy.assess import assess
from canbao.policy.situation import Mark, Situation
from tests.policy.shelf import HEAD, from_text

LATE = date(2022, 1, 10)
HELPED = (Mark("minimum_living_allowance", date(2020, 1, 1)),)
TEXT = HEAD + (
    "prices:\n"
    "  college: {{label: 大学生, who: {{person_classes: [university_student]}},"
    " individual: {{yuan: 380, status: stated, rule: T}}}}\n"
    "  resident: {{label: 城乡居民, individual: {{yuan: 400, status: stated, rule: T}}}}\n"
    "fiscal_subsidy: {{yuan: 700, status: stated, rule: T}}\n"
    "assistance:\n  groups:\n"
    "    minimum_living_allowance: {{name: 低保, subsidy: {{fixed_yuan: 280, status: stated, rule: T}}}}\n"
    "collection:\n  opens: {{value: 2021-09-01, status: stated, rule: T}}\n"
    "  closes: {{value: 2021-12-31, status: stated, rule: T}}\n"
    "late:\n  after:\n    label: 逾期\n    price: {{yuan: 1100, status: stated, rule: T}}\n"
    "    subsidy_kept: {{value: {kept}, status: stated, rule: T}}\n"
)


def outcome(text: str, person: Situation):
    (answer,) = assess(from_text(c371500=text), [person], LATE)
    return answer


@pytest.mark.parametrize("person_class", ["adult", "university_student"])
def test_a_fixed_sum_is_the_same_for_every_class_and_says_nothing_of_the_treasury(person_class: str):
    answer = outcome(TEXT.format(kept="false"), Situation(person_class, date(2000, 5, 1)))

    assert (answer.kind, answer.amount_fen, dict(answer.shares)) == ("late", 110000, {"person": 110000})
    assert answer.fiscal_subsidy_fen is None


@pytest.mark.parametrize(("kept", "amount_fen", "code"), [("false", 110000, None), ("true", None, "E-1021")])
def test_what_help_would_be_of_a_fixed_sum_is_not_reckoned(
    kept: str, amount_fen: int | None, code: str | None
):
    answer = outcome(TEXT.format(kept=kept), Situation("adult", date(1980, 5, 1), HELPED))

    assert (answer.amount_fen, answer.refusal.code if answer.refusal else None) == (amount_fen, code)


def test_nobody_assisted_is_charged_late_while_it_is_open_whom_the_notice_spares():
    text = TEXT.format(kept="false") + "    spared_groups: {status: not_stated, rule: T}\n"

    assert outcome(text, Situation("adult", date(1980, 5, 1), HELPED)).refusal.code == "E-1021"
    assert outcome(text, Situation("adult", date(1980, 5, 1))).amount_fen == 110000


def test_a_band_may_be_about_some_people_and_asks_for_the_fact_that_tells():
    text = TEXT.format(kept="false").replace(
        "  after:\n",
        (
            "  young:\n    label: 未成年人\n    who: {ages: 0-17}\n    price: {value: individual, status: stated, rule: T}\n"
            "  after:\n"
        ),
    )

    assert outcome(text, Situation("student", date(2010, 5, 1))).amount_fen == 40000
    assert outcome(text, Situation("adult", date(1980, 5, 1))).amount_fen == 110000
    assert outcome(text, Situation("student")).needs == ("birth_date",)


BAND = "  {name}: {{label: {name}, {dates}, price: {{yuan: {yuan}, status: stated, rule: T}}}}\n"


@pytest.mark.parametrize(
    ("first", "second", "amount_fen", "code"),
    [
        ("closes: not_stated", "opens: {value: 2022-01-10, status: stated, rule: T}", 90000, None),
        ("closes: not_stated", "opens: {value: 2022-01-11, status: stated, rule: T}", 50000, None),
        ("opens: not_stated", "opens: {value: 2022-01-10, status: stated, rule: T}", 90000, None),
        ("opens: not_stated", "opens: {value: 2022-01-11, status: stated, rule: T}", None, "E-1021"),
    ],
)
def test_a_day_of_a_band_that_is_not_stated_never_lengthens_it(first, second, amount_fen, code):
    head, _, _ = TEXT.format(kept="false").partition("late:\n")
    bands = BAND.format(name="a", dates=first, yuan=500) + BAND.format(name="b", dates=second, yuan=900)

    answer = outcome(head + "late:\n" + bands, Situation("adult", date(1980, 5, 1)))

    assert (answer.amount_fen, answer.refusal.code if answer.refusal else None) == (amount_fen, code)
