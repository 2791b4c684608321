"""Plain Chinese for days, money and names, the same everywhere."""

from datetime import date

from canbao.basics.money import Fen, yuan_text
from canbao.policy.format.values import DayMask, PayDays
from canbao.policy.format.vocabulary import GROUPS, PERSON_CLASSES

ROUNDING_TEXT = {
    "half_up_fen": "按分四舍五入",
    "down_fen": "分以下舍去",
    "up_fen": "分以下进一",
    "half_up_jiao": "按角四舍五入",
    "half_up_yuan": "按元四舍五入",
    "down_yuan": "元以下舍去",
    "up_yuan": "元以下进一",
}


def day_text(day: date) -> str:
    """`2024年9月1日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def month_text(month: str) -> str:
    """`2020-09` → `2020年9月`."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def mask_text(days: PayDays) -> str:
    """`每月1–25日可缴`, `每月1–25日（2026年12月1–31日）可缴`."""
    months = [f"{month_text(month)}{_days_text(mask)}" for month, mask in sorted(days.months.items())]
    usual = f"每月{_days_text(days.usual)}" if days.usual else "每天"
    return usual + (f"（{'、'.join(months)}）" if months else "") + "可缴"


def _days_text(mask: DayMask | None) -> str:
    return f"{mask.first}–{mask.last}日" if mask else "哪几天没有写"


def money_text(amount_fen: Fen) -> str:
    """`400元`, `87.50元`."""
    text = yuan_text(amount_fen)
    return f"{text.removesuffix('.00')}元"


def group_text(group: str) -> str:
    """The Chinese name of an assisted group."""
    return GROUPS.get(group, group)


def class_text(person_class: str) -> str:
    """The Chinese name of a person class."""
    word = PERSON_CLASSES.get(person_class)
    return word.text if word else person_class
