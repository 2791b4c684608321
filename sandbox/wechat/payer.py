"""What the payer sees: one page with four buttons, in place of the real WeChat."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox.journeys import DEFAULT_DELAY_S, MANNERS
from sandbox.wechat import notices, orders
from sandbox.wechat.api import H5_PATH
from sandbox.wechat.twin import Twin

NOT_KEPT = {"Cache-Control": "no-store"}
PAY_PATH = "/cgi-bin/mmpayweb-bin/pay"
# success: charged and told · timeout: charged, but the browser is not told and the notice is held
# back · fail, cancel: nothing charged, the order still waits · payerror: the order ends PAYERROR
OUTCOMES = ("success", "fail", "cancel", "timeout", "payerror")
WORDS = {
    "success": "支付成功",
    "fail": "支付失败，没有扣款",
    "cancel": "已取消，没有扣款",
    "payerror": "支付失败，没有扣款",
    "timeout": "网络超时，没有等到结果",
    "closed": "订单已关闭，不能付款",
    "paid": "订单已付款，不用再付",
}


def settle(
    twin: Twin, out_trade_no: str, outcome: str, manner: str | None, even_if_closed: bool = False
) -> str:
    """Carry out a payer's choice; return what happened, one of `WORDS`.

    A manner of the notice that was planned for this payment goes before `normal`, and the manner
    asked for here goes before the plan.
    """
    if outcome == "payerror":
        orders.fail(twin, out_trade_no)
    if outcome not in ("success", "timeout"):
        return outcome
    if not orders.charge(twin, out_trade_no, even_if_closed):
        state = orders.state_of(twin, orders.get(twin, out_trade_no))
        return "paid" if state in orders.PAID_STATES else "closed"
    planned = twin.plans.take("notify", out_trade_no)
    delay = twin.plans.take("delay_seconds", out_trade_no)
    chosen = manner or planned or ("held" if outcome == "timeout" else "normal")
    notices.announce_payment(twin, out_trade_no, chosen, float(delay or DEFAULT_DELAY_S))
    return outcome


class Payer:
    """The pages behind `h5_url`. They work without JavaScript."""

    def __init__(self, twin: Twin, templates: Jinja2Templates) -> None:
        self.twin = twin
        self.templates = templates

    def routes(self) -> list[Route]:
        """Where the link leads, and where the buttons lead."""
        return [
            Route(H5_PATH, self.show, methods=["GET"]),
            Route(PAY_PATH, self.choose, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The amount, the merchant, the buttons."""
        order = orders.find_by_prepay(self.twin, request.query_params.get("prepay_id", ""))
        if order is None or request.query_params.get("package") != orders.package_of(order):
            return self._say(request, "支付链接不对", "", 404)
        return_url = _web_address(request.query_params.get("redirect_url"))
        state = orders.state_of(self.twin, order)
        if state != "NOTPAY":
            return self._say(request, WORDS["paid" if state in orders.PAID_STATES else "closed"], return_url)
        facts = {
            "brand": "微信",
            "amount": orders.yuan(order),
            "description": order["description"],
            "merchant": self.twin.keys.mchid,
            "number": order["out_trade_no"],
            "hidden": {
                "prepay_id": order["prepay_id"],
                "package": orders.package_of(order),
                "redirect_url": return_url,
            },
            "manners": MANNERS,
            "pay_path": PAY_PATH,
        }
        return self.templates.TemplateResponse(request, "payer.html", facts, headers=NOT_KEPT)

    async def choose(self, request: Request) -> Response:
        """Carry out a button and send the payer back, unless the browser is not to be told."""
        form = await request.form()

        def field(name: str) -> str:
            return str(form.get(name, ""))

        order = orders.find_by_prepay(self.twin, field("prepay_id"))
        manner = field("notify") or None
        if order is None or field("package") != orders.package_of(order):
            return self._say(request, "支付链接不对", "", 404)
        if field("outcome") not in OUTCOMES or manner not in (None, *MANNERS):
            return self._say(request, "没有这个选择", "", 400)
        happened = settle(self.twin, order["out_trade_no"], field("outcome"), manner)
        return_url = _web_address(field("redirect_url"))
        if return_url and happened in ("success", "fail", "cancel", "payerror"):
            return RedirectResponse(return_url, 303)
        return self._say(request, WORDS[happened], return_url, 504 if happened == "timeout" else 200)

    def _say(self, request: Request, words: str, return_url: str, status: int = 200) -> Response:
        facts = {"brand": "微信", "words": words, "return_url": return_url}
        return self.templates.TemplateResponse(
            request, "said.html", facts, status_code=status, headers=NOT_KEPT
        )


def _web_address(value: str | None) -> str:
    """The address if it is one of the web, else nothing: no script can hide in a link back."""
    parts = urlsplit(value or "")
    return value if value and parts.scheme in ("http", "https") and parts.netloc else ""
