"""Template words: how money, days and states are written for residents."""

from datetime import date, datetime
from typing import Any

from django import template

from canbao.basics.days import CHINA
from canbao.basics.money import yuan_text
from canbao.basics.refusals import NothingHere
from canbao.policy.guidance import guidance

register = template.Library()
CHANNEL_NAMES = {
    "wechat": "微信支付",
    "alipay": "支付宝",
    "unionpay": "银联",
    "cash": "现金",
    "pos": "刷卡",
    "bank": "银行",
    "bank_batch": "银行批扣",
    "tax": "税务缴费渠道",
}


@register.inclusion_tag("five_parts.html", takes_context=True)
def nothing_here(context: dict[str, Any]) -> dict[str, Any]:
    """An empty list in the same five parts as a refusal, with the phones of the page it stands on."""
    return {"advice": guidance(None, None, NothingHere()), "phone_lines": context.get("lines", ())}


@register.filter
def yuan(amount_fen: int) -> str:
    """28000 → 280.00"""
    return yuan_text(amount_fen)


@register.filter
def channel_name(channel: str) -> str:
    """Wechat → 微信支付; a name we have no word for stands as it is."""
    return CHANNEL_NAMES.get(channel, channel)


@register.filter
def short_yuan(amount_fen: int) -> str:
    """28000 → 280, 8750 → 87.50: for a button."""
    return yuan_text(amount_fen).removesuffix(".00")


@register.filter
def chinese_date(day: date | None) -> str:
    """2021-01-01 → 2021年1月1日; nothing stated reads 未公布."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "未公布"


@register.filter
def chinese_minute(instant: datetime) -> str:
    """An instant in Chinese time, to the minute."""
    local = instant.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


@register.filter
def spaced(number: str) -> str:
    """An order number in groups of four, easier to read out on the phone."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
