"""The columns of a roster, found by their Chinese names, and one row of it as values."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "人员姓名", "对象姓名", "参保人姓名"),
    "number": (
        "身份证号",
        "身份证号码",
        "证件号码",
        "证件号",
        "身份证件号码",
        "公民身份号码",
        "居民身份证号",
    ),
    "group": ("对象类别", "身份类别", "人员类别", "资助类别", "资助对象类别", "特殊人群类别"),
    "begin": ("认定日期", "认定时间", "开始日期", "身份认定日期"),
    "end": ("终止日期", "终止时间", "退出日期", "取消日期"),
    "birth": ("出生日期", "出生年月日"),
    # Where a department registers its people (LZ-05): as what, and where, in codes of a county, school or village.
    "class": ("参保类别", "参保人员类别"),
    "place": ("参保地", "参保地编码", "学校编码", "参保单位编码"),
    # What a village adds for this person (CZ-18), in yuan.
    "share": ("集体补助", "村集体补助", "集体补助金额", "村集体补助金额", "集体资助"),
}
NEEDED = ("name", "number", "group", "begin")
LONGEST = {"name": 120, "group": 60, "number": 40, "class": 30, "place": 30, "share": 20}
# A spreadsheet keeps 15 digits of a number; from here on the last ones are made up.
FIRST_INEXACT = 10**15
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(?:年|-|/|\.)(\d{1,2})(?:月|-|/|\.)(\d{1,2})日?|(\d{4})(\d{2})(\d{2})")


class RosterUnfit(Exception):
    """The file cannot be read as a roster; `reason` is a word, `row` the file's own row number, 0 for none."""

    def __init__(self, reason: str, row: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.row = row


class RosterRow(NamedTuple):
    """One row. `cells` as they stand, for giving back; `fault` says why the row cannot be used."""

    row_no: int
    cells: tuple[str, ...]
    name: str
    number: str
    group: str
    begin: date | None
    end: date | None
    fault: str | None
    birth: date | None
    person_class: str = ""
    place: str = ""
    share: str = ""


class Columns:
    """Where each column stands, in one file."""

    def __init__(
        self, places: Mapping[str, int], header: tuple[str, ...], needed: Sequence[str] = NEEDED
    ) -> None:
        self.header = header
        self._places = places
        self._needed = needed

    def row(self, row_no: int, cells: Sequence[Any], merged: bool = False) -> RosterRow | None:
        """The row as values; None where nothing is written in it."""
        texts = tuple(map(plain, cells))
        if not any(texts):
            return None
        found = dict.fromkeys(HEADINGS, "")
        found |= {key: texts[place] if place < len(texts) else "" for key, place in self._places.items()}
        begin, end = day_of(found["begin"]), day_of(found["end"])
        fault = _fault(found, self._needed, begin, end, merged)
        name, number, group = (found[key][: LONGEST[key]] for key in ("name", "number", "group"))
        number = number.lstrip("'")
        birth = day_of(found.get("birth", "")) or birth_in(number)
        more = (found["class"], found["place"], found["share"])
        return RosterRow(row_no, texts, name, number, group, begin, end, fault, birth, *more)


def find_columns(cells: Sequence[Any], row_no: int, needed: Sequence[str] = NEEDED) -> Columns | None:
    """The columns, if these cells are the header: a name and a number stand in it.

    Raises:
        RosterUnfit: a needed column is missing, or stands there twice.
    """
    header = tuple(map(plain, cells))
    bare = ["".join(text.split()).rstrip("*＊:：") for text in header]
    places = {key: [n for n, text in enumerate(bare) if text in names] for key, names in HEADINGS.items()}
    if not places["name"] or not places["number"]:
        return None
    if any(len(found) > 1 for found in places.values()):
        raise RosterUnfit("column_twice", row_no)
    for key in needed:
        if not places[key]:
            raise RosterUnfit(f"no_{key}_column", row_no)
    return Columns({key: found[0] for key, found in places.items() if found}, header, needed)


def plain(value: Any) -> str:
    """A cell as text, without what nobody sees; a whole number without its `.0`, a day as ISO."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < FIRST_INEXACT else f"{value:.14E}"
    if isinstance(value, datetime):
        value = value.date()
    text = value if isinstance(value, str) else str(value)
    if not text.isprintable():
        text = "".join(ch if ch.isprintable() else " " * (not _is_mark(ch)) for ch in text)
    text = text.strip()
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text


def day_of(text: str) -> date | None:
    """A day as departments write it: 2024-10-10, 2024/10/10, 2024.10.10, 2024年10月10日, 20241010; else None."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", "").removesuffix("00:00:00"))
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups() if part))
    except ValueError:
        return None


def birth_in(number: str) -> date | None:
    """The birthday in a number, also in one whose other digits are wrong, missing, or lost to a spreadsheet."""
    digits = "".join(unicodedata.normalize("NFKC", number).split())
    if _SCIENTIFIC.fullmatch(digits):
        digits = digits.replace(".", "")[:15]
    return day_of(digits[6:14]) if digits[:14].isdigit() else None


def _fault(
    found: Mapping[str, str], needed: Sequence[str], begin: date | None, end: date | None, merged: bool
) -> str | None:
    missing = [key for key in needed if not found[key]]
    if missing:
        return "merged_cells" if merged else f"{missing[0]}_missing"
    if _SCIENTIFIC.fullmatch(found["number"]):
        return "number_as_float"
    if any(len(found[key]) > most for key, most in LONGEST.items()):
        return "too_long"
    if (begin is None and found["begin"]) or (end is None and found["end"]):
        return "bad_date"
    return "end_before_begin" if begin is not None and end is not None and end < begin else None


def _is_mark(ch: str) -> bool:
    """A zero-width mark leaves no gap; a line break or tab does."""
    return unicodedata.category(ch) == "Cf"
