"""The words of every message, in one place; carriers approve them as templates (`canbao notify texts`).

Short, plain, nobody named whole, no figure that name and number alone would not show, and no link: whoever wants to see
more goes in by the official entries (FY-28). `{phone}` is the area's own.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Text(NamedTuple):
    """`heading` fits the short field of a WeChat template (20 characters), `body` is the short message."""

    heading: str
    body: str


CONSENT_VERSION = "2026-11-1"  # of the words beside the tick on the page
TEXTS: Mapping[str, Text] = {
    "paid": Text("居民医保已缴费", "{name}的{year}年度居民医保已缴费。有疑问打{phone}。"),
    "posted": Text("缴费已经入库", "{name}的{year}年度居民医保缴费已入库。有疑问打{phone}。"),
    "released": Text(
        "现在可以办理缴费",
        "{name}的{year}年度居民医保可以办了：{result}。请从官方入口办理，有疑问打{phone}。",
    ),
    "season_ends": Text(
        "缴费快要截止", "{name}的{year}年度居民医保还没有缴，{until}截止。请从官方入口缴费，有疑问打{phone}。"
    ),
    "debit_failed": Text(
        "代扣没有成功", "{name}的{year}年度居民医保代扣没有成功，还没有缴上。有疑问打{phone}。"
    ),
    "refund_applied": Text(
        "退费申请已登记", "{name}的{year}年度居民医保退费已登记，等待核验。有疑问打{phone}。"
    ),
    "refund_approved": Text(
        "退费已经批准", "{name}的{year}年度居民医保退费已批准，正在退款。有疑问打{phone}。"
    ),
    "refund_paid": Text("退费已经退回", "{name}的{year}年度居民医保退费已退回。有疑问打{phone}。"),
    "refund_refused": Text("退费没有批准", "{name}的{year}年度居民医保退费没有批准。想知道原因，打{phone}。"),
    "refund_returned": Text(
        "退款退不回去", "{name}的{year}年度居民医保退款退不回原账户，钱不会丢。请打{phone}。"
    ),
}
MUST_PAY, NOTHING_TO_PAY = "要缴{amount}元", "不用缴费，请进去点“确认参保”"


def filled(kind: str, values: Mapping[str, str]) -> str:
    """A message as its reader finds it."""
    return TEXTS[kind].body.format(**values)


def as_template(kind: str) -> str:
    """The body as carriers want a template written: `${name}` for what is filled in."""
    return TEXTS[kind].body.replace("{", "${")
