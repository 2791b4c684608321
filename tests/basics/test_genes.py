"""Ids and numbers that carry their bucket. The fixed values below must never change: rows rest on them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.basics.genes import (
    BUCKETS,
    ID_LIMIT,
    OrderNumber,
    bucket_of,
    gene_id,
    gene_of,
    out_trade_no,
    parse_order_no,
    parse_out_trade_no,
)

BUCKET = st.integers(0, BUCKETS - 1)
ORDER_NUMBERS = st.builds(OrderNumber, st.integers(2000, 2099), BUCKET, st.integers(0, 10**10 - 1))


@pytest.mark.parametrize(
    ("secret", "number", "bucket"),
    [
        (b"vector", "11010519491231002X", 4200),
        (b"vector", "341225199001011223", 5164),
        (b"other", "11010519491231002X", 2573),
    ],
)
def test_the_bucket_of_a_number_never_changes(secret: bytes, number: str, bucket: int) -> None:
    assert gene_of(secret, "01", number) == bucket


def test_the_same_digits_of_another_document_type_are_another_person() -> None:
    assert gene_of(b"vector", "01", "11010519491231002X") != gene_of(b"vector", "02", "11010519491231002X")


def test_there_are_ten_thousand_buckets_for_ever() -> None:
    assert BUCKETS == 10_000


@pytest.mark.parametrize(
    ("order_no", "text"),
    [
        (OrderNumber(2026, 0, 1), "26000000000000013"),
        (OrderNumber(2026, 1234, 1), "26123400000000017"),
        (OrderNumber(2024, 9999, 9_999_999_999), "24999999999999994"),
    ],
)
def test_the_text_of_an_order_number_never_changes(order_no: OrderNumber, text: str) -> None:
    assert str(order_no) == text


@given(st.integers(1, ID_LIMIT // BUCKETS - 1), BUCKET)
def test_an_id_carries_its_bucket_and_stays_exact_in_json(serial: int, bucket: int) -> None:
    made = gene_id(serial, bucket)

    assert bucket_of(made) == bucket
    assert made < 2**53


@pytest.mark.parametrize(
    ("serial", "bucket"), [(0, 0), (1, -1), (1, 10_000), (ID_LIMIT // BUCKETS + 1, 0), (-1, 5)]
)
def test_an_id_that_cannot_be_is_refused(serial: int, bucket: int) -> None:
    with pytest.raises(ValueError, match="no id"):
        gene_id(serial, bucket)


@given(ORDER_NUMBERS)
def test_an_order_number_reads_back(order_no: OrderNumber) -> None:
    assert parse_order_no(str(order_no)) == order_no


@given(ORDER_NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_in_an_order_number_is_noticed(order_no: OrderNumber, place: int, shift: int) -> None:
    digits = [int(digit) for digit in str(order_no)]
    digits[place] = (digits[place] + shift) % 10

    with pytest.raises(ValueError, match="check digit"):
        parse_order_no("".join(map(str, digits)))


@pytest.mark.parametrize(
    "text", ["", "2600000000000001", "260000000000000130", "2600000000000001x", "２６000000000000013"]
)
def test_what_is_no_order_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an order number"):
        parse_order_no(text)


@given(ORDER_NUMBERS, st.integers(1, 99))
def test_an_attempt_reads_back_with_its_order(order_no: OrderNumber, attempt: int) -> None:
    assert parse_out_trade_no(out_trade_no(str(order_no), attempt)) == (order_no, attempt)


@pytest.mark.parametrize("attempt", [0, 100, -1])
def test_an_order_takes_one_to_ninety_nine_attempts(attempt: int) -> None:
    with pytest.raises(ValueError, match="99 attempts"):
        out_trade_no("26000000000000013", attempt)


@pytest.mark.parametrize(
    "text", ["26000000000000013", "2600000000000001300", "26000000000000013０１", "26000000000000013011"]
)
def test_what_is_no_attempt_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an attempt number"):
        parse_out_trade_no(text)
