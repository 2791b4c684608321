"""How one bank writes its files, as data: there is no national format, and no two banks agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

HEADER_FIELDS = frozenset({"batch_no", "date", "count", "total"})
OUT_FIELDS = frozenset({"seq", "account", "name", "amount", "agreement_no", "number", "remark"})
BACK_FIELDS = frozenset({"seq", "account", "amount", "number", "code", "message", "serial", "time"})
NEEDED_OUT = frozenset({"seq", "account", "amount", "number"})
NEEDED_BACK = frozenset({"seq", "number", "amount", "code", "serial", "time"})
Unit = Literal["fen", "yuan"]


@dataclass(frozen=True)
class Field:
    """One column: its meaning, and its width in bytes where columns are fixed."""

    name: str
    width: int = 0


@dataclass(frozen=True)
class BankFormat:
    """One bank's files. `delimiter` empty: columns of fixed widths. `paid_codes`: which result codes mean money."""

    bank: str
    label: str
    encoding: str
    delimiter: str
    unit: Unit
    header: tuple[Field, ...]
    out: tuple[Field, ...]
    back: tuple[Field, ...]
    paid_codes: frozenset[str]
    time_format: str


def read_format(path: Path) -> BankFormat:
    """Read a bank's data file.

    Raises:
        ValueError: it says something that cannot be, in one sentence.
    """
    told = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(told, dict):
        raise ValueError(f"{path.name}: not a mapping")  # noqa: TRY004 (the file is unfit)
    try:
        found = BankFormat(
            bank=path.stem,
            label=str(told["label"]),
            encoding=str(told["encoding"]),
            delimiter=str(told.get("delimiter", "")),
            unit=told["unit"],
            header=_fields(told["header"]),
            out=_fields(told["out"]),
            back=_fields(told["back"]),
            paid_codes=frozenset(map(str, told["paid_codes"])),
            time_format=str(told["time_format"]),
        )
    except (KeyError, TypeError) as problem:
        raise ValueError(f"{path.name}: {problem}") from None
    _check(path.name, found)
    return found


def _fields(told: Any) -> tuple[Field, ...]:
    pairs: Mapping[str, int] = told if isinstance(told, dict) else dict.fromkeys(told, 0)
    return tuple(Field(str(name), int(width)) for name, width in pairs.items())


def _check(name: str, told: BankFormat) -> None:
    "".encode(told.encoding)
    if told.unit not in get_args(Unit):
        raise ValueError(f"{name}: unit is fen or yuan")
    for what, fields, known, needed in (
        ("header", told.header, HEADER_FIELDS, HEADER_FIELDS),
        ("out", told.out, OUT_FIELDS, NEEDED_OUT),
        ("back", told.back, BACK_FIELDS, NEEDED_BACK),
    ):
        names = {field.name for field in fields}
        if not needed <= names <= known:
            raise ValueError(f"{name}: {what} needs {sorted(needed)} and knows {sorted(known)}")
        if not told.delimiter and not all(field.width > 0 for field in fields):
            raise ValueError(f"{name}: without a delimiter every column of {what} has a width")
