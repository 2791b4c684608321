"""起草: next year's pack from this year's, as text, with nothing in it that may be charged before it is confirmed."""

import re

HEADER = """\
# {year}年度草稿，由{old}年度的文件改年份得来。逐条对照新通告：核实的把 status 改成 stated、source 改成新通告；
# 通告没有写的写 not_stated。写着 unverified 的都不能收费。日期已顺延一年，只供对照。
"""
_STATUS = re.compile(r"\bstatus: (?:stated|derived|corroborated)\b")
_YEAR = re.compile(r"\b(20\d\d)(?=-\d\d(?:-\d\d)?\b|年)")
_HEAD_YEAR = re.compile(r"^(benefit_year|collection_year): (\d{4})$", re.MULTILINE)


def draft(text: str, old_year: int) -> str:
    """The text of a pack file a year on. Comments, order and anchors stay; every figure becomes `unverified`."""
    moved = _HEAD_YEAR.sub(lambda found: f"{found[1]}: {int(found[2]) + 1}", text)
    lines = [line if _is_comment(line) else _moved(line) for line in moved.splitlines()]
    return HEADER.format(year=old_year + 1, old=old_year) + "\n".join(lines) + "\n"


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _moved(line: str) -> str:
    line = _STATUS.sub("status: unverified", line)
    return _YEAR.sub(lambda found: str(int(found[1]) + 1), line)
