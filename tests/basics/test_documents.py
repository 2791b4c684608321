"""Identity documents: one spelling, a checked digit, and a mask that shows little."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.basics.documents import (
    BadNumber,
    ResidentId,
    mask_name,
    mask_number,
    normal_name,
    normal_number,
    parse_resident_id,
)

TODAY = date(2025, 6, 1)
# GB 11643: the sum of digits by these weights, and what each remainder writes as the last character.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
LAST = "10X98765432"


def numbered(area: int, birth: date, serial: int) -> str:
    """A well-formed number, its last character worked out by hand and not by the library under test."""
    body = f"{area:06d}{birth:%Y%m%d}{serial:03d}"
    return body + LAST[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


NUMBERS = st.builds(
    numbered, st.integers(110000, 659999), st.dates(date(1906, 1, 1), TODAY), st.integers(0, 999)
)


@given(NUMBERS)
def test_a_well_formed_number_gives_birthday_and_sex_whatever_its_county(number: str) -> None:
    person = parse_resident_id(number, TODAY)

    assert person.number == number
    assert f"{person.birth_date:%Y%m%d}" == number[6:14]
    assert person.sex == ("female", "male")[int(number[16]) % 2]


@given(NUMBERS, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: str, place: int, shift: int) -> None:
    old = number[place]
    new = str((int(old) + shift) % 10) if old != "X" else str(shift)

    with pytest.raises(BadNumber) as refused:
        parse_resident_id(number[:place] + new + number[place + 1 :], TODAY)

    assert refused.value.reason == "check"


@given(NUMBERS, st.integers(0, 16))
def test_two_neighbours_changing_places_are_noticed(number: str, place: int) -> None:
    left, right = number[place], number[place + 1]
    swapped = number[:place] + right + left + number[place + 2 :]

    if swapped == number:
        assert parse_resident_id(swapped, TODAY).number == number
    else:
        with pytest.raises(BadNumber):
            parse_resident_id(swapped, TODAY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("11010519491231002", "length"),
        ("110105194912310022X", "length"),
        ("", "length"),
        ("1101051949123100XX", "digits"),
        ("11010519491231OO2X", "digits"),
        ("110105194912310021", "check"),
        (numbered(110105, date(2025, 6, 2), 2), "date"),
        (numbered(110105, date(1904, 12, 31), 2), "date"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadNumber) as refused:
        parse_resident_id(text, TODAY)

    assert refused.value.reason == reason


def test_a_thirtieth_of_february_is_no_birthday() -> None:
    body = "11010519900230002"
    last = LAST[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]

    with pytest.raises(BadNumber, match="date"):
        parse_resident_id(body + last, TODAY)


def test_full_width_digits_spaces_hyphens_and_a_small_x_are_one_spelling() -> None:
    person = ResidentId("11010519491231002X", date(1949, 12, 31), "female")

    assert parse_resident_id(" １１０１０５-19491231 002x ", TODAY) == person
    assert normal_number("110105–19491231—002x") == person.number


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("李 小 兰", "李小兰"),
        ("阿依努尔•买买提", "阿依努尔·买买提"),
        ("阿依努尔.买买提", "阿依努尔·买买提"),
        ("䶮𬭎", "䶮𬭎"),
    ],
)
def test_a_name_has_one_spelling_and_keeps_its_rare_characters(written: str, normal: str) -> None:
    assert normal_name(written) == normal


@given(st.text("0123456789X", max_size=20))
def test_a_masked_number_shows_at_most_eight_characters_and_keeps_its_length(number: str) -> None:
    masked = mask_number(number)

    assert len(masked) == len(number)
    assert sum(ch != "*" for ch in masked) == (8 if len(number) > 8 else 0)


@pytest.mark.parametrize(
    ("name", "masked"), [("李兰", "李*"), ("李小兰", "李*兰"), ("欧阳小兰", "欧**兰"), ("李", "李*")]
)
def test_a_masked_name_keeps_its_ends(name: str, masked: str) -> None:
    assert mask_name(name) == masked
