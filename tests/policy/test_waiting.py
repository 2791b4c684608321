"""E8 and E9: when a wait ends, and what shortens it."""

from datetime import date

import pytest

from canbao.basics.days import Span
from canbao.policy.assess import assess
from canbao.policy.format.scalars import build_start
from canbao.policy.situation import Situation
from tests.policy.shelf import HEAD, from_text

WAITING = HEAD.replace("2022", "2027").replace("2021", "2026") + (
    "prices:\n  resident: {{label: 居民, individual: {{yuan: 400, status: stated, rule: T}}}}\n"
    "collection:\n  opens: {{value: 2026-09-01, status: stated, rule: T}}\n"
    "benefit_period:\n"
    "  first_date: {{value: 2027-01-01, status: stated, rule: T}}\n"
    "  last_date: {{value: 2027-12-31, status: stated, rule: T}}\n"
    "  paid_before_start: {{value: period_start, status: stated, rule: T}}\n"
    "waiting:\n"
    "  fixed: {{value: 3 months, status: stated, rule: T}}\n"
    "  variable_per_year: {{value: 1 months, status: stated, rule: T}}\n"
    "  free_years: {{value: {free}, status: stated, rule: T}}\n"
    "  count_from_year: {{value: 2022, status: stated, rule: T}}\n"
    "  repair_price: {{value: individual, status: stated, rule: T}}\n"
    "  floor: {{value: 6 months, status: stated, rule: T}}\n"
    "  floor_from_gap_years: {{value: 4, status: stated, rule: T}}\n"
)


def one(pack, person: Situation, on: date):
    (answer,) = assess(pack, [person], on)
    return answer


def cover_first(start: str, paid: date) -> date:
    period = (date(paid.year, 1, 1), date(paid.year + 1, 1, 1))
    return build_start(start).first_date(paid, Span(*period), None)


@pytest.mark.parametrize(
    ("start", "paid", "first"),
    [
        ("month 3", date(2023, 1, 20), date(2023, 4, 1)),
        ("plus 3 months", date(2023, 1, 20), date(2023, 4, 20)),
        ("plus 3 months", date(2025, 3, 10), date(2025, 6, 10)),
        ("plus 90 days", date(2025, 3, 10), date(2025, 6, 8)),
        ("plus 60 days", date(2023, 4, 10), date(2023, 6, 9)),
        ("after 60 days", date(2023, 4, 10), date(2023, 6, 10)),
    ],
)
def test_e8_a_wait_depends_on_its_unit_and_on_the_day_it_starts(start: str, paid: date, first: date):
    assert cover_first(start, paid) == first


@pytest.mark.parametrize(
    ("free", "covered", "repair", "first", "amount_fen", "left"),
    [
        (1, (2024,), 0, date(2027, 5, 1), 40000, 1),
        (1, (2024,), 1, date(2027, 4, 1), 80000, 0),
        (0, (2024,), 0, date(2027, 6, 1), 40000, 2),
        (0, (2021,), 0, date(2027, 9, 1), 40000, 2),
        (0, (2021,), 2, date(2027, 7, 1), 120000, 0),
        (0, (2021,), 5, date(2027, 7, 1), 120000, 0),
    ],
)
def test_e9_the_variable_wait_and_its_repair(free, covered, repair, first, amount_fen, left):
    """A gap of five: 2022 … 2026, counted from 2022. The floor of six months makes three repairs useless."""
    pack = from_text(2027, c371500=WAITING.format(free=free))
    person = Situation("adult", date(1980, 1, 1), covered_years=covered, repair_years=repair)

    answer = one(pack, person, date(2026, 10, 8))

    assert (answer.cover.from_date, answer.amount_fen) == (first, amount_fen)
    assert answer.wait.repairable_years == left


def test_e9_a_gap_from_before_the_years_that_surely_count_is_not_guessed():
    """N-38-2: earlier gaps are unsettled where the pack does not say from which year it counts."""
    text = WAITING.format(free=1).replace(
        "  count_from_year: {value: 2022, ", "  from_benefit_year: {value: 2026, "
    )
    pack = from_text(2027, c371500=text)

    def told(*covered: int):
        return one(pack, Situation("adult", date(1980, 1, 1), covered_years=covered), date(2026, 10, 8))

    assert told(2025).cover.from_date == date(2027, 4, 1)
    assert (told(2024).amount_fen, told(2024).cover) == (40000, None)
    silent = from_text(
        2027, c371500=text.replace("  from_benefit_year: {value: 2026, status: stated, rule: T}\n", "")
    )
    unsaid = one(silent, Situation("adult", date(1980, 1, 1), covered_years=(2024,)), date(2026, 10, 8))
    assert unsaid.cover is None
    assert "更早的断保怎么算没有定" in "".join(reason.text for reason in told(2024).reasons)


def test_where_only_the_variable_part_is_open_the_fixed_part_is_told():
    late = "late:\n  a:\n    label: 逾期\n    price: {value: individual, status: stated, rule: T}\n"
    waits = "    waiting: {value: by_rule, status: stated, rule: T}\n"
    text = WAITING.format(free=1).replace(
        "  free_years: {value: 1, status: stated, rule: T}", "  free_years: not_stated"
    )
    closed = text.replace(
        "collection:\n", "collection:\n  closes: {value: 2026-12-31, status: stated, rule: T}\n"
    )

    answer = one(
        from_text(2027, c371500=closed + late + waits),
        Situation("adult", date(1980, 1, 1), covered_years=(2025,)),
        date(2027, 1, 10),
    )

    told = "".join(reason.text for reason in answer.reasons)
    assert answer.cover is None
    assert "固定的部分3个月" in told
    assert "变动的部分怎么算没有写" in told


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("{value: late, status: stated, rule: T}", date(2027, 1, 1)),
        ("{value: all, status: stated, rule: T}", date(2027, 5, 1)),
        ("not_stated", None),
    ],
)
def test_a_wait_may_be_for_late_payers_only_and_is_not_guessed_for_the_others(said: str, first: date | None):
    pack = from_text(
        2027, c371500=WAITING.format(free=1).replace("waiting:\n", f"waiting:\n  applies_to: {said}\n")
    )

    answer = one(pack, Situation("adult", date(1980, 1, 1), covered_years=(2024,)), date(2026, 10, 1))

    assert answer.amount_fen == 40000
    assert (answer.cover.from_date if answer.cover else None) == first
