"""A till: how one twin finds, charges and announces its orders, and what a payer's choice does to one."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.journeys import DEFAULT_DELAY_S
from sandbox.plans import Plans

# success: charged and told · timeout: charged, but the browser is not told and the notice is held back
OUTCOMES = ("success", "fail", "cancel", "timeout")
WORDS = {
    "success": "支付成功",
    "fail": "支付失败，没有扣款",
    "cancel": "已取消，没有扣款",
    "timeout": "网络超时，没有等到结果",
    "closed": "交易已关闭，不能付款",
    "paid": "交易已付款，不用再付",
}


@dataclass(frozen=True)
class Till:
    """One twin's orders. Their rows have `out_trade_no`, `subject`, `amount_fen`, `return_url`, `paid_at`, `made_at`.

    `manners`: the ways in which its notices may go. `back`: where a payer returns to after paying. `proof`: what only
    whoever was shown the page can know.
    """

    name: str
    brand: str
    merchant: str
    manners: tuple[str, ...]
    plans: Plans
    find: Callable[[str], sqlite3.Row | None]
    is_open: Callable[[sqlite3.Row], bool]
    charge: Callable[[str, bool], bool]
    announce: Callable[[str, str, float], list[int]]
    back: Callable[[sqlite3.Row], str]
    proof: Callable[[sqlite3.Row], str]

    def settle(self, number: str, outcome: str, manner: str | None, even_if_closed: bool = False) -> str:
        """Carry out a payer's choice; return what happened, one of `WORDS`."""
        if outcome not in ("success", "timeout"):
            return outcome
        if not self.charge(number, even_if_closed):
            row = self.find(number)
            return "closed" if row is None or row["paid_at"] is None else "paid"
        planned = self.plans.take("notify", number)
        delay = self.plans.take("delay_seconds", number)
        chosen = manner or planned or ("held" if outcome == "timeout" else "normal")
        self.announce(number, chosen, float(delay or DEFAULT_DELAY_S))
        return outcome
