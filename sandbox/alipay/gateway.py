"""`gateway.do`: every call of the merchant, and the page a payer's browser is sent to."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.alipay import bill, codes, trades
from sandbox.alipay.keys import GATEWAY_PATH
from sandbox.alipay.twin import Problem, Twin, is_signed, joined, sign

FILE_PATH = "/alipay/bill/file"
WAP = "alipay.trade.wap.pay"
SILENT_FOR_S = 30
# gateway: a proxy's 502 in HTML · busy: no word about the business · silence: nothing done, no answer ·
# silence_after: done, but no answer · forged_answer: done, the answer's signature is nobody's
FAULTS = ("gateway", "busy", "silence", "silence_after", "forged_answer")
Work = Callable[[Twin, dict[str, Any]], dict[str, Any]]
WORKS: dict[str, Work] = {
    "alipay.trade.query": trades.query,
    "alipay.trade.close": trades.close,
    "alipay.trade.refund": trades.refund,
    "alipay.trade.fastpay.refund.query": trades.query_refund,
}


class Gateway:
    """One address for all; `method` says what is asked."""

    def __init__(self, twin: Twin, show_payer: Callable[[Request, Any], Response]) -> None:
        self.twin = twin
        self.show_payer = show_payer

    def routes(self) -> list[Route]:
        """The gateway, and where bills lie."""
        return [
            Route(GATEWAY_PATH, self.enter, methods=["GET", "POST"]),
            Route(FILE_PATH, self.bill_file, methods=["GET"]),
            Route(codes.CODE_PATH, self.scan, methods=["GET"]),
        ]

    async def enter(self, request: Request) -> Response:
        """Check the caller, do the work, sign the answer."""
        params = dict(request.query_params) | {k: str(v) for k, v in (await request.form()).items()}
        method = params.get("method", "")
        try:
            asked = self._checked(params)
            if method == WAP:
                told = trades.open_trade(
                    self.twin, asked, params.get("notify_url", ""), params.get("return_url", "")
                )
                return self.show_payer(request, told)
            return await self._answered(request, method, asked, params.get("notify_url", ""))
        except Problem as problem:
            return self._signed(method, problem.payload())

    async def scan(self, request: Request) -> Response:
        """Whoever scans a code gets the page of its trade."""
        try:
            return self.show_payer(request, codes.scan(self.twin, request.path_params["code"]))
        except Problem as problem:
            return self._signed("scan", problem.payload())

    async def _answered(
        self, request: Request, method: str, asked: dict[str, Any], notify_url: str
    ) -> Response:
        fault = self.twin.plans.take("fault", str(asked.get("out_trade_no", "")))
        if fault == "gateway":
            return Response("<html>502 Bad Gateway</html>", 502, media_type="text/html")
        if fault == "busy":
            raise Problem("20000", "aop.unknow-error", "系统繁忙")
        if fault == "silence":
            await asyncio.sleep(SILENT_FOR_S)
            raise Problem("20000", "aop.unknow-error", "系统繁忙")
        answer = self._work(request, method, asked, notify_url)
        if fault == "silence_after":
            await asyncio.sleep(SILENT_FOR_S)
        return self._signed(
            method, {"code": "10000", "msg": "Success", **answer}, forged=fault == "forged_answer"
        )

    def _work(self, request: Request, method: str, asked: dict[str, Any], notify_url: str) -> dict[str, Any]:
        if method == codes.PRECREATE:
            return codes.precreate(self.twin, asked, notify_url, str(request.base_url).rstrip("/"))
        if method == "alipay.data.dataservice.bill.downloadurl.query":
            token = bill.ask(self.twin, str(asked.get("bill_type", "")), str(asked.get("bill_date", "")))
            base = str(request.base_url).rstrip("/")
            return {"bill_download_url": f"{base}{FILE_PATH}?token={token}"}
        if method not in WORKS:
            raise Problem("40002", "isv.invalid-method", "不存在的方法名")
        return WORKS[method](self.twin, asked)

    async def bill_file(self, request: Request) -> Response:
        """The archive itself, unsigned; its link lives half a minute."""
        content = bill.fetch(self.twin, request.query_params.get("token", ""))
        if content is None:
            return Response("<html>expired</html>", 403, media_type="text/html")
        return Response(content, media_type="application/octet-stream")

    def _checked(self, params: dict[str, str]) -> dict[str, Any]:
        """The `biz_content` of a caller who may speak. Raises Problem."""
        signed = {name: value for name, value in params.items() if name != "sign" and value != ""}
        if params.get("app_id") != self.twin.keys.app_id:
            raise Problem("40002", "isv.invalid-app-id", "无效的AppID参数")
        if params.get("sign_type") != "RSA2" or not is_signed(
            self.twin.keys.app_public_key, params.get("sign", ""), joined(signed)
        ):
            raise Problem("40002", "isv.invalid-signature", "验签出错")
        try:
            asked = json.loads(params.get("biz_content") or "{}")
        except ValueError:
            raise Problem("40002", "isv.invalid-arguments", "biz_content 不是 JSON") from None
        if not isinstance(asked, dict):
            raise Problem("40002", "isv.invalid-arguments", "biz_content 不是 JSON 对象")
        return asked

    def _signed(self, method: str, payload: dict[str, Any], *, forged: bool = False) -> Response:
        """An answer as the gateway sends it: the signature is over the inner object, byte for byte."""
        inner = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        signature = sign(self.twin.keys.platform_key, "something else" if forged else inner)
        name = method.replace(".", "_") + "_response"
        return Response(f'{{"{name}":{inner},"sign":"{signature}"}}', media_type="text/html;charset=utf-8")
