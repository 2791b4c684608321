"""Ids with a gene: every id ends in the bucket of its person, so any row knows its shard.

`bucket = HMAC-SHA256(secret, id type | number) mod 10000`, fixed for ever at creation.
Neither BUCKETS nor the secret can change once a row exists (`docs/scale.md`); test vectors guard both.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

BUCKETS = 10_000
ID_LIMIT = 2**53  # JSON readers keep integers exact below this


def gene_of(secret: bytes, id_type: str, number: str) -> int:
    """The bucket of a document number, already normalised by `normal_number`."""
    digest = hmac.new(secret, f"{id_type}|{number}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") % BUCKETS


def gene_id(serial: int, bucket: int) -> int:
    """The id of the `serial`-th row of its kind, in `bucket`.

    Raises:
        ValueError: a bucket outside 0…9999, or an id too large for JSON.
    """
    made = serial * BUCKETS + bucket
    if not 0 <= bucket < BUCKETS or not 0 < made < ID_LIMIT:
        raise ValueError(f"no id from serial {serial} and bucket {bucket}")
    return made


def bucket_of(id_: int) -> int:
    """The bucket an id carries."""
    return id_ % BUCKETS


ORDER_NO_DIGITS = 17


@dataclass(frozen=True)
class OrderNumber:
    """缴费订单号: year (2) + bucket (4) + serial (10) + check digit (1), seventeen digits in all."""

    year: int
    bucket: int
    serial: int

    def __str__(self) -> str:
        body = f"{self.year % 100:02d}{self.bucket:04d}{self.serial:010d}"
        return body + _luhn_digit(body)


@lru_cache(maxsize=8_192)  # settling a chunk reads each number several times
def parse_order_no(text: str) -> OrderNumber:
    """Read an order number back.

    Raises:
        ValueError: wrong length, not digits, or a check digit that does not fit.
    """
    if len(text) != ORDER_NO_DIGITS or not text.isascii() or not text.isdigit():
        raise ValueError("not an order number")
    if _luhn_digit(text[:-1]) != text[-1]:
        raise ValueError("the check digit of the order number does not fit")
    return OrderNumber(2000 + int(text[:2]), int(text[2:6]), int(text[6:16]))


def out_trade_no(order_no: str, attempt: int) -> str:
    """What the channel calls one attempt at paying an order: the order number + two digits.

    Raises:
        ValueError: more attempts than two digits hold.
    """
    if not 1 <= attempt <= 99:
        raise ValueError("an order takes at most 99 attempts")
    return f"{order_no}{attempt:02d}"


def parse_out_trade_no(text: str) -> tuple[OrderNumber, int]:
    """The order and the attempt behind a channel's number. Raises ValueError like `parse_order_no`."""
    order_no, attempt = text[:ORDER_NO_DIGITS], text[ORDER_NO_DIGITS:]
    if not re.fullmatch("[0-9]{2}", attempt) or attempt == "00":
        raise ValueError("not an attempt number")
    return parse_order_no(order_no), int(attempt)


# What a doubled digit counts: 7 doubled is 14, and 1 + 4 is 5.
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def _luhn_digit(digits: str) -> str:
    doubled = sum(_DOUBLED[int(digit)] for digit in digits[::-2])
    return str(-(doubled + sum(map(int, digits[-2::-2]))) % 10)
