"""The platform's addresses: the link a payer's browser opens, and the calls of the merchant's server."""

import asyncio
import hmac
import json
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.till.page import PayerPage
from sandbox.unionpay import orders, refunds, statement
from sandbox.unionpay.keys import STATEMENT_PATH
from sandbox.unionpay.twin import Problem, Twin, asked_signature, clock, instant_of

ORDER_PATH = "/v1/netpay/uac/order"
CASHIER_PATH = "/unionpay/cashier"
FRESH_WITHIN_S = 600
SILENT_FOR_S = 30
# gateway: a proxy's 502 in HTML · busy: no word about the business · silence: nothing done, no answer ·
# silence_after: done, but no answer · other_merchant: an answer about somebody else's business
FAULTS = ("gateway", "busy", "silence", "silence_after", "other_merchant")
Work = Callable[[Twin, dict[str, Any]], dict[str, Any]]
WORKS: dict[str, Work] = {
    "query": orders.query,
    "close": orders.close,
    "refund": refunds.ask,
    "refund-query": refunds.query,
}
HEADER = re.compile(r'OPEN-BODY-SIG AppId="(.*?)", ?Timestamp="(.*?)", ?Nonce="(.*?)", ?Signature="(.*?)"')


class Api:
    """What is asked is signed; what is answered is not."""

    def __init__(self, twin: Twin, page: PayerPage) -> None:
        self.twin = twin
        self.page = page

    def routes(self) -> list[Route]:
        """The paths as the platform spells them; and the cashier's, which is ours."""
        return [
            Route(ORDER_PATH, self.open, methods=["GET"]),
            Route(CASHIER_PATH, self.cashier, methods=["GET"]),
            Route(STATEMENT_PATH, self.statement, methods=["POST"]),
            Route("/v1/netpay/{what:str}", self.call, methods=["POST"]),
        ]

    async def open(self, request: Request) -> Response:
        """A payer's browser: on to the cashier, without a word to the merchant."""
        told = request.query_params
        content = told.get("content", "").encode()
        try:
            if told.get("authorization") != "OPEN-FORM-PARAM":
                raise Problem("1000", "Authorization解析失败")
            self._check(
                *(told.get(name, "") for name in ("appId", "timestamp", "nonce", "signature")), content
            )
            order = orders.open_order(self.twin, self._read(content))
        except Problem as problem:
            return JSONResponse({"errCode": problem.code, "errInfo": problem.words}, 412)
        return RedirectResponse(f"{CASHIER_PATH}?no={order['out_trade_no']}&key={self._key(order)}", 302)

    async def cashier(self, request: Request) -> Response:
        """The page with the buttons."""
        order = orders.find(self.twin, request.query_params.get("no", ""))
        if order is None or request.query_params.get("key") != self._key(order):
            return self.page.say(request, "支付链接不对", "", 404)
        return self.page.show(request, order)

    async def call(self, request: Request) -> Response:
        """One call of the merchant's server."""
        body = await request.body()
        try:
            asked = self._asked(request, body)
            fault = self.twin.plans.take("fault", str(asked.get("merOrderId", "")))
            if fault == "gateway":
                return Response("<html>502 Bad Gateway</html>", 502, media_type="text/html")
            if fault == "busy":
                raise Problem("INTERNAL_ERROR", "系统繁忙")
            if fault == "silence":
                await asyncio.sleep(SILENT_FOR_S)
                raise Problem("INTERNAL_ERROR", "系统繁忙")
            if request.path_params["what"] not in WORKS:
                raise Problem("INVALID_REQUEST", "不存在的接口")
            told = WORKS[request.path_params["what"]](self.twin, asked)
        except Problem as problem:
            return self._said({"errCode": problem.code, "errMsg": problem.words})
        if fault == "silence_after":
            await asyncio.sleep(SILENT_FOR_S)
        merchant = {"mid": "8" * 15} if fault == "other_merchant" else {}
        return self._said({"errCode": "SUCCESS", **told, **self._merchant(), **merchant})

    async def statement(self, request: Request) -> Response:
        """The file of a day."""
        body = await request.body()
        try:
            content = statement.of_day(self.twin, str(self._asked(request, body).get("settleDate", "")))
        except Problem as problem:
            return self._said({"errCode": problem.code, "errMsg": problem.words})
        return Response(content, media_type="text/csv")

    def _asked(self, request: Request, body: bytes) -> dict[str, Any]:
        found = HEADER.fullmatch(request.headers.get("authorization", ""))
        if found is None:
            raise Problem("BAD_SIGN", "验签失败")
        app_id, stamp, nonce, signature = found.groups()
        self._check(app_id, stamp, nonce, signature, body)
        return self._read(body)

    def _check(self, app_id: str, stamp: str, nonce: str, signature: str, content: bytes) -> None:
        wanted = asked_signature(self.twin.keys, stamp, nonce, content)
        if app_id != self.twin.keys.app_id or not hmac.compare_digest(wanted.encode(), signature.encode()):
            raise Problem("BAD_SIGN", "验签失败")
        if abs(instant_of(stamp, "%Y%m%d%H%M%S") - self.twin.now()) > FRESH_WITHIN_S:
            raise Problem("ABNORMAL_REQUEST_TIME", "请求时间异常")

    def _read(self, content: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(content)
        except ValueError:
            raise Problem("INVALID_REQUEST", "报文不是 JSON") from None
        if not isinstance(asked, dict):
            raise Problem("INVALID_REQUEST", "报文不是 JSON 对象")
        if (asked.get("mid"), asked.get("tid")) != (self.twin.keys.mid, self.twin.keys.tid):
            raise Problem("NO_MERCHANT", "商户号不对")
        return asked

    def _merchant(self) -> dict[str, str]:
        return {"mid": self.twin.keys.mid, "tid": self.twin.keys.tid, "instMid": "H5DEFAULT"}

    def _said(self, told: dict[str, Any]) -> Response:
        return JSONResponse({**told, "responseTimestamp": clock(self.twin.now())})

    def _key(self, order: Any) -> str:
        return self.page.till.proof(order)
