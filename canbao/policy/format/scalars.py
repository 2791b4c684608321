"""The small values of a pack: how each is read from the file, kept in the document, and built again."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from canbao.basics.money import fen_from_yuan
from canbao.policy.format.values import (
    AgeRange,
    DayMask,
    LatePrice,
    Length,
    MonthDay,
    Start,
    Subsidy,
    TimeOfDay,
    Yuan,
)

LATE_WORDS = ("individual", "individual_and_fiscal", "closed")
START_WORDS = ("period_start", "payment_day", "next_day", "next_month", "birth")


class BadScalar(ValueError):
    """A value that cannot be read; the message says in Chinese what should stand there."""


@dataclass(frozen=True)
class Scalar:
    """`read(text, yaml tag)` gives the plain JSON value; `build` makes the typed one from it."""

    read: Callable[[str, str], Any]
    build: Callable[[Any], Any]


def _text(text: str, tag: str) -> str:
    if tag not in ("str", "int", "timestamp"):
        raise BadScalar(f'“{text}”请加引号："{text}"（YAML 会把它当成是或否，或者数）')
    if not text.strip():
        raise BadScalar("不能是空的")
    return text


def _whole(text: str, tag: str) -> int:
    if text.isdigit() and text[0] == "0" and text != "0":
        raise BadScalar(f"“{text}”前面的 0 会让 YAML 读错，写 {int(text)}")
    if tag != "int" or not text.isdigit():
        raise BadScalar(f"“{text}”不是整数")
    return int(text)


def _flag(text: str, tag: str) -> bool:
    if text not in ("true", "false"):
        raise BadScalar(f"“{text}”要写 true 或 false" + ("（YAML 把它当成是或否）" if tag == "bool" else ""))
    return text == "true"


def _day(text: str, _tag: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        looks_right = re.fullmatch(r"\d{4}-\d\d-\d\d", text)
        problem = "日历上没有这一天，请对照通告" if looks_right else "不是日期，要写成 2024-09-01"
        raise BadScalar(f"“{text}”{problem}") from error


def _month_day(text: str, _tag: str) -> str:
    try:
        date.fromisoformat(f"2000-{text}")
    except ValueError as error:
        raise BadScalar(f"“{text}”不是月日，要写成 09-01") from error
    return text


def _fen(text: str, tag: str) -> int:
    if tag == "float":
        raise BadScalar(f'不能写小数 {text}；金额请加引号，如 "87.50"')
    try:
        amount = fen_from_yuan(text)
    except (InvalidOperation, ValueError) as error:
        raise BadScalar(f"“{text}”不是金额（元）") from error
    if amount < 0:
        raise BadScalar("金额不能是负数")
    return amount


def _pattern(pattern: str, problem: str) -> Callable[[str, str], str]:
    def read(text: str, _tag: str) -> str:
        if not re.fullmatch(pattern, text):
            raise BadScalar(f"“{text}”{problem}")
        return text

    return read


def _range(low: int, high: int, problem: str) -> Callable[[str, str], str]:
    def read(text: str, _tag: str) -> str:
        found = re.fullmatch(r"(\d{1,3})-(\d{1,3})", text)
        if not found or not low <= int(found[1]) <= int(found[2]) <= high:
            raise BadScalar(f"“{text}”{problem}")
        return text

    return read


def _ends(text: str) -> tuple[int, int]:
    first, last = text.split("-")
    return int(first), int(last)


def build_length(text: str) -> Length:
    """`3 months` → Length(3, "months")."""
    count, unit = text.split()
    return Length(int(count), "days" if unit == "days" else "months")


def build_start(text: str) -> Start:
    """`period_start`, `plus 3 months`, `after 60 days`, `month 3`."""
    word, _, rest = text.partition(" ")
    length = Length(int(rest), "months") if word == "month" else build_length(rest) if rest else None
    return Start(word, length)  # type: ignore[arg-type]  # the reader admits only the words of Start


def read_subsidy(name: str, text: str, tag: str) -> dict[str, Any]:
    """`value: full|none|pending`, `fixed_yuan: 280` or `percent: 90` as its plain form."""
    if name == "fixed_yuan":
        return {"kind": "fixed", "fen": _fen(text, tag)}
    if name == "percent":
        if tag == "float" or not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text) or Decimal(text) > 100:
            raise BadScalar(f"“{text}”不是百分比；有小数请加引号")
        return {"kind": "percent", "percent": text}
    if name == "value" and text in ("full", "none", "pending"):
        return {"kind": text}
    raise BadScalar("资助要写 value: full、none、pending，或 fixed_yuan，或 percent")


def build_subsidy(plain: Any) -> Subsidy:
    """The formula from its plain form."""
    return Subsidy(plain["kind"], plain.get("fen", 0), Decimal(plain.get("percent", 0)))


def read_late_price(name: str, text: str, tag: str) -> str | dict[str, Any]:
    """`value: individual|individual_and_fiscal|closed`, or a fixed sum as `yuan: 1100`, as its plain form."""
    if name == "yuan":
        return {"kind": "fixed", "fen": _fen(text, tag)}
    if name == "value" and text in LATE_WORDS:
        return text
    raise BadScalar(f"补缴的价格要写 value: {'、'.join(LATE_WORDS)}，或者写 yuan（定额多少元）")


def build_late_price(plain: Any) -> LatePrice:
    """The price from its plain form."""
    return LatePrice(plain) if isinstance(plain, str) else LatePrice("fixed", plain["fen"])  # type: ignore[arg-type]


FORMULAS: dict[Any, Callable[[str, str, str], Any]] = {Subsidy: read_subsidy, LatePrice: read_late_price}
"""Values that may stand under more than one key: `read(key, text, yaml tag)` gives the plain form."""

LENGTH_PATTERN = r"[1-9]\d{0,2} (days|months)"
START_PATTERN = rf"{'|'.join(START_WORDS)}|plus {LENGTH_PATTERN}|after [1-9]\d{{0,2}} days|month [1-9]\d?"
TIME_PATTERN = r"([01]\d|2[0-3]):[0-5]\d|24:00"

_LENGTH = _pattern(LENGTH_PATTERN, "要写成 3 months 或 90 days")
_START = _pattern(START_PATTERN, f"要写 {'、'.join(START_WORDS)}，或 plus 3 months、after 60 days、month 3")
_TIME = _pattern(TIME_PATTERN, "要写成 17:30，当天结束写 24:00")

SCALARS: dict[Any, Scalar] = {
    str: Scalar(_text, str),
    int: Scalar(_whole, int),
    bool: Scalar(_flag, bool),
    date: Scalar(_day, date.fromisoformat),
    Yuan: Scalar(_fen, int),
    DayMask: Scalar(_range(1, 31, "要写成 1-25"), lambda text: DayMask(*_ends(text))),
    AgeRange: Scalar(_range(0, 150, "要写成 18-50（周岁，含两端）"), lambda text: AgeRange(*_ends(text))),
    Length: Scalar(_LENGTH, build_length),
    Start: Scalar(_START, build_start),
    MonthDay: Scalar(_month_day, lambda text: MonthDay(*map(int, text.split("-")))),
    TimeOfDay: Scalar(_TIME, lambda text: TimeOfDay(*map(int, text.split(":")))),
    LatePrice: Scalar(lambda text, tag: read_late_price("value", text, tag), build_late_price),
    Subsidy: Scalar(lambda text, tag: read_subsidy("value", text, tag), build_subsidy),
}
