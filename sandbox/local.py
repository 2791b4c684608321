"""The hidden hand's door: for this machine only, JSON in."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


@dataclass
class Refused(Exception):
    """What was asked cannot be done; the message says why."""

    message: str
    status: int = 400


def local(work: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """Let only this machine in, not even through a proxy on it; word refusals as JSON."""

    async def endpoint(request: Request) -> Response:
        if not _is_local(request):
            return JSONResponse({"code": "NO_AUTH", "message": "for this machine only"}, 403)
        try:
            answer: Response = await work(request)
        except Refused as refused:
            return JSONResponse({"code": "PARAM_ERROR", "message": refused.message}, refused.status)
        return answer

    return endpoint


async def asked_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent. Raises Refused."""
    try:
        asked = await request.json()
    except ValueError:
        raise Refused("the body is not JSON") from None
    if not isinstance(asked, dict):
        raise Refused("the body is not a JSON object")
    return asked


def _is_local(request: Request) -> bool:
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
