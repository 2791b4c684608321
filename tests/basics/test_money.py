"""Fen: read, written, taken in percent and split, without ever losing one."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.basics.money import fen_from_yuan, percent_of, split_by_weight, yuan_text

AMOUNTS = st.integers(0, 10**12)
WEIGHTS = st.dictionaries(st.text(min_size=1), st.integers(0, 10**6), min_size=1).filter(
    lambda weights: any(weights.values())
)


@given(st.integers(-(10**12), 10**12))
def test_what_is_written_reads_back_as_the_same_amount(amount_fen: int) -> None:
    assert fen_from_yuan(yuan_text(amount_fen)) == amount_fen


@pytest.mark.parametrize(
    ("text", "amount_fen"), [("280", 28000), ("87.50", 8750), ("0.1", 10), ("-1.05", -105), ("1.000", 100)]
)
def test_a_yuan_figure_is_read_exactly(text: str, amount_fen: int) -> None:
    assert fen_from_yuan(text) == amount_fen


@pytest.mark.parametrize(
    "text", ["0.001", "", "abc", "1e3", "NaN", "Infinity", "2_80", " 280", "２８０", "1,000"]
)
def test_what_is_no_plain_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an amount|finer than one fen"):
        fen_from_yuan(text)


def test_seventy_five_percent_of_350_leaves_87_50_to_pay() -> None:
    """E1: half a yuan is money; a subsidy in whole yuan would lose it."""
    share = percent_of(35000, Decimal(75))

    assert (share, 35000 - share) == (26250, 8750)


@given(AMOUNTS, st.decimals(0, 100, places=2))
def test_a_percentage_is_the_nearest_fen_and_half_a_fen_goes_up(amount_fen: int, percent: Decimal) -> None:
    exact = Fraction(amount_fen) * Fraction(percent) / 100

    assert Fraction(-1, 2) < percent_of(amount_fen, percent) - exact <= Fraction(1, 2)


@given(AMOUNTS, WEIGHTS)
def test_a_split_keeps_its_sum_and_no_part_is_off_by_a_whole_fen(
    amount_fen: int, weights: dict[str, int]
) -> None:
    total = sum(weights.values())

    parts = split_by_weight(amount_fen, weights)

    assert sum(parts.values()) == amount_fen
    assert all(abs(part - Fraction(amount_fen * weights[name], total)) < 1 for name, part in parts.items())


def test_the_spare_fen_goes_to_the_largest_remainder_then_by_name() -> None:
    assert split_by_weight(100, {"b": 1, "a": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}
    assert split_by_weight(10, {"a": 1, "b": 2}) == {"a": 3, "b": 7}


@pytest.mark.parametrize(
    ("amount_fen", "weights"), [(-1, {"a": 1}), (1, {}), (1, {"a": 0}), (1, {"a": 2, "b": -1})]
)
def test_a_split_without_sense_is_refused(amount_fen: int, weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="split"):
        split_by_weight(amount_fen, weights)
