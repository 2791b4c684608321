"""What the payer sees: one page with four buttons, in place of the real Alipay."""

import sqlite3
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox.alipay import notices, trades
from sandbox.alipay.twin import Twin, clock, joined, sign, yuan
from sandbox.journeys import DEFAULT_DELAY_S, MANNERS

PAY_PATH = "/alipay/pay"
NOT_KEPT = {"Cache-Control": "no-store"}
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


def settle(
    twin: Twin, out_trade_no: str, outcome: str, manner: str | None, even_if_closed: bool = False
) -> str:
    """Carry out a payer's choice; return what happened, one of `WORDS`."""
    if outcome not in ("success", "timeout"):
        return outcome
    if not trades.charge(twin, out_trade_no, even_if_closed):
        return "closed" if trades.get(twin, out_trade_no)["paid_at"] is None else "paid"
    planned = twin.plans.take("notify", out_trade_no)
    delay = twin.plans.take("delay_seconds", out_trade_no)
    chosen = manner or planned or ("held" if outcome == "timeout" else "normal")
    notices.announce(twin, out_trade_no, chosen, float(delay or DEFAULT_DELAY_S))
    return outcome


class Payer:
    """The page behind a signed link, and its buttons. They work without JavaScript."""

    def __init__(self, twin: Twin, templates: Jinja2Templates) -> None:
        self.twin = twin
        self.templates = templates

    def routes(self) -> list[Route]:
        """Where the buttons lead."""
        return [Route(PAY_PATH, self.choose, methods=["POST"])]

    def show(self, request: Request, trade: sqlite3.Row) -> Response:
        """The amount, the merchant, the buttons."""
        state = trades.state_of(self.twin, trade)
        if state != "WAIT_BUYER_PAY":
            return self._say(
                request, WORDS["closed" if trade["paid_at"] is None else "paid"], trade["return_url"]
            )
        facts = {
            "brand": "支付宝",
            "amount": yuan(trade["amount_fen"]),
            "description": trade["subject"],
            "merchant": self.twin.keys.seller_id,
            "number": trade["out_trade_no"],
            "hidden": {"out_trade_no": trade["out_trade_no"], "proof": self._proof(trade)},
            "manners": {name: MANNERS[name] for name in notices.MANNERS},
            "pay_path": PAY_PATH,
        }
        return self.templates.TemplateResponse(request, "payer.html", facts, headers=NOT_KEPT)

    async def choose(self, request: Request) -> Response:
        """Carry out a button and send the payer back, unless the browser is not to be told."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        trade = trades.find(self.twin, form.get("out_trade_no", ""))
        if trade is None or form.get("proof") != self._proof(trade):
            return self._say(request, "支付链接不对", "", 404)
        outcome, manner = form.get("outcome", ""), form.get("notify") or None
        if outcome not in OUTCOMES or manner not in (None, *notices.MANNERS):
            return self._say(request, "没有这个选择", "", 400)
        happened = settle(self.twin, trade["out_trade_no"], outcome, manner)
        back = self._back(trades.get(self.twin, trade["out_trade_no"]), happened)
        if back and happened in ("success", "fail", "cancel"):
            return RedirectResponse(back, 303)
        return self._say(request, WORDS[happened], back, 504 if happened == "timeout" else 200)

    def _back(self, trade: sqlite3.Row, happened: str) -> str:
        """The address to return to; after a payment with the signed words that no merchant should believe."""
        address = str(trade["return_url"])
        if urlsplit(address).scheme not in ("http", "https") or happened != "success":
            return address
        told = {
            "app_id": self.twin.keys.app_id,
            "auth_app_id": self.twin.keys.app_id,
            "charset": "utf-8",
            "method": "alipay.trade.wap.pay.return",
            "out_trade_no": trade["out_trade_no"],
            "seller_id": self.twin.keys.seller_id,
            "timestamp": clock(self.twin.now()),
            "total_amount": yuan(trade["amount_fen"]),
            "trade_no": trade["trade_no"],
            "version": "1.0",
        }
        told |= {"sign": sign(self.twin.keys.platform_key, joined(told)), "sign_type": "RSA2"}
        return address + ("&" if "?" in address else "?") + urlencode(told)

    def _proof(self, trade: sqlite3.Row) -> str:
        return sign(self.twin.keys.platform_key, trade["trade_no"])[:32]

    def _say(self, request: Request, words: str, return_url: str, status: int = 200) -> Response:
        facts = {"brand": "支付宝", "words": words, "return_url": return_url}
        return self.templates.TemplateResponse(
            request, "said.html", facts, status_code=status, headers=NOT_KEPT
        )
