"""The small values of a pack: how each is read from the file, kept in the document, and built again."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from canbao.basics.money import fen_from_yuan
from canbao.policy.format.values import AgeRange, DayMask, Length, Start, Subsidy, Yuan

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
        raise BadScalar(f"“{text}”请加引号")
    if not text.strip():
        raise BadScalar("不能是空的")
    return text


def _whole(text: str, tag: str) -> int:
    if tag != "int" or not text.isdigit():
        raise BadScalar(f"“{text}”不是整数")
    return int(text)


def _flag(text: str, _tag: str) -> bool:
    if text not in ("true", "false"):
        raise BadScalar(f"“{text}”要写 true 或 false")
    return text == "true"


def _day(text: str, _tag: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadScalar(f"“{text}”不是日期，要写成 2024-09-01") from error


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
    """`period_start`, or `plus 3 months`."""
    if text.startswith("plus "):
        return Start("plus", build_length(text[5:]))
    return Start(text)  # type: ignore[arg-type]  # the reader admits only the words of Start


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


_LENGTH = _pattern(r"[1-9]\d{0,2} (days|months)", "要写成 3 months 或 90 days")
_START = _pattern(
    rf"({'|'.join(START_WORDS)})|plus [1-9]\d{{0,2}} (days|months)",
    f"要写 {'、'.join(START_WORDS)} 或 plus 3 months",
)

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
    Subsidy: Scalar(lambda text, tag: read_subsidy("value", text, tag), build_subsidy),
}
