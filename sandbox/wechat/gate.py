"""The gate of the API: who may speak, and the signature on every answer."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.wechat import seal
from sandbox.wechat.twin import Problem, Twin

FRESH_WITHIN_S = 300
SILENT_FOR_S = 30
# down: 500 · gateway: a proxy's 502 in HTML · silence: nothing done, no answer ·
# silence_after: done, but no answer · forged_answer: done, the answer's signature is nobody's
FAULTS = ("down", "gateway", "silence", "silence_after", "forged_answer")

FIELDS = frozenset({"mchid", "nonce_str", "signature", "timestamp", "serial_no"})
_FIELD = re.compile(r'([a-z_]+)="([^"]*)"')
_TIMESTAMP = re.compile(r"[0-9]{1,11}")

Answer = dict[str, Any] | None
Work = Callable[[Request, dict[str, Any]], Answer]


def guarded(twin: Twin, work: Work) -> Callable[[Request], Any]:
    """Wrap an endpoint: check the caller, do the work, sign the answer. None is answered as 204."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        fault = None
        try:
            verify(twin, request, body)
            params = _json(body)
            fault = twin.plans.take("fault", _about(request, params))
            if fault == "gateway":
                return Response("<html>502 Bad Gateway</html>", 502, media_type="text/html")
            if fault == "down":
                raise Problem(500, "SYSTEM_ERROR", "系统异常，请稍后重试")
            if fault == "silence":
                await asyncio.sleep(SILENT_FOR_S)
                raise Problem(500, "SYSTEM_ERROR", "系统异常，请稍后重试")
            answer = work(request, params)
            response = signed(twin, 204 if answer is None else 200, answer)
        except Problem as problem:
            response = signed(twin, problem.status, problem.payload())
        if fault == "silence_after":
            await asyncio.sleep(SILENT_FOR_S)
        if fault == "forged_answer":
            response.headers["Wechatpay-Signature"] = seal.spoilt({})["Wechatpay-Signature"]
        return response

    return endpoint


def signed(twin: Twin, status: int, payload: Answer) -> Response:
    """An answer as the platform sends it."""
    body = b"" if payload is None else json.dumps(payload, ensure_ascii=False).encode()
    headers = seal.platform_headers(twin.keys, body, int(twin.now()))
    media_type = None if payload is None else "application/json; charset=utf-8"
    return Response(body, status, headers=headers, media_type=media_type)


def verify(twin: Twin, request: Request, body: bytes) -> None:
    """Refuse whoever is not the merchant, or speaks from another hour. Raises Problem."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    fields = dict(_FIELD.findall(rest))
    if scheme != seal.SCHEME or not fields.keys() >= FIELDS:
        raise _sign_error("Http头Authorization值格式错误，请参考APIv3文档")
    if fields["mchid"] != twin.keys.mchid or fields["serial_no"].upper() != twin.keys.merchant_cert_serial:
        raise _sign_error("商户证书序列号有误")
    written_at = fields["timestamp"]
    if not _TIMESTAMP.fullmatch(written_at) or abs(int(written_at) - twin.now()) > FRESH_WITHIN_S:
        raise _sign_error("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    target = request.scope["raw_path"].partition(b"?")[0]
    if request.scope["query_string"]:
        target += b"?" + request.scope["query_string"]
    lines = (request.method, target, written_at, fields["nonce_str"], body)
    if not seal.is_signed(twin.keys.merchant_public_key, fields["signature"], *lines):
        raise _sign_error("错误的签名，验签失败")


def _sign_error(message: str) -> Problem:
    return Problem(401, "SIGN_ERROR", message, {"field": "signature", "location": "authorization"})


def _about(request: Request, params: dict[str, Any]) -> str:
    """The out_trade_no a request is about, where it names one."""
    return str(request.path_params.get("number") or params.get("out_trade_no", ""))


def _json(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        told = json.loads(body)
    except ValueError:
        raise Problem(400, "PARAM_ERROR", "请求体不是JSON") from None
    if not isinstance(told, dict):
        raise Problem(400, "PARAM_ERROR", "请求体不是JSON对象")
    return told
