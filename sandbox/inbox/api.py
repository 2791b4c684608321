"""The doors: dysmsapi (SendSms, QuerySendDetails), an official account (token, template/send), and the inbox itself."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox.inbox.twin import FATES, InboxTwin
from sandbox.local import local

SILENT_FOR_S = 30
SLOW_FOR_S = 3
MOBILE = re.compile(r"1[3-9]\d{9}")


@dataclass
class InboxApi:
    """Two services, one page, and the hidden hand."""

    twin: InboxTwin
    templates: Jinja2Templates

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            Route("/sms/", self.sms, methods=["GET", "POST"]),
            Route("/cgi-bin/token", self.token, methods=["GET"]),
            Route("/cgi-bin/message/template/send", self.template, methods=["POST"]),
            Route("/inbox", self.page, methods=["GET"]),
            Route("/sandbox/inbox/behaviour", local(self.behaviour), methods=["POST"]),
            Route("/sandbox/inbox/messages", local(self.messages), methods=["GET"]),
        ]

    async def sms(self, request: Request) -> Response:
        """One RPC call, by its `Action`."""
        asked = dict(request.query_params)
        if not self._is_signed(request.method, asked):
            return _sms("SignatureDoesNotMatch", "签名不对", 400)
        if asked.get("Action") == "QuerySendDetails":
            return self._details(asked)
        if asked.get("Action") != "SendSms":
            return _sms("InvalidAction.NotFound", "没有这个接口", 404)
        phone = asked.get("PhoneNumbers", "")
        fate = self.twin.plans.take("fate", phone) or ""
        if fate in ("down", "silence"):
            await asyncio.sleep(SILENT_FOR_S if fate == "silence" else 0)
            return Response("busy", 503)
        if fate.startswith("refuse:"):
            return _sms(fate.removeprefix("refuse:"), "被拒绝")
        if not MOBILE.fullmatch(phone):
            return _sms("isv.MOBILE_NUMBER_ILLEGAL", "非法手机号")
        template, number = asked.get("TemplateCode", ""), 0
        words = f"【{asked.get('SignName', '')}】" + self.twin.words(
            template, _values(asked.get("TemplateParam", ""))
        )
        for _ in range(2 if fate == "twice" else 1):
            number = self.twin.take("sms", phone, asked.get("OutId", ""), template, words)
        if fate.startswith("fail:"):
            self.twin.fail(number, fate.removeprefix("fail:"))
        if fate in ("silence_after", "slow") or fate.startswith("fail:"):
            await asyncio.sleep(SLOW_FOR_S if fate == "slow" else SILENT_FOR_S)
        return _sms("OK", "OK", BizId=f"{number}^0")

    def _details(self, asked: Mapping[str, str]) -> Response:
        rows = [
            {"PhoneNum": row["address"], "OutId": row["client_id"], "TemplateCode": row["template"],
             "Content": row["content"], "SendStatus": 2 if row["failed"] else 3, "ErrCode": row["failed"] or "DELIVERED"}
            for row in self.twin.of_day(asked.get("PhoneNumber", ""), asked.get("SendDate", ""))
        ]  # fmt: skip
        return _sms("OK", "OK", TotalCount=len(rows), SmsSendDetailDTOs={"SmsSendDetailDTO": rows})

    async def token(self, request: Request) -> Response:
        """An access token for the official account."""
        asked = request.query_params
        known = (asked.get("appid"), asked.get("secret")) == (self.twin.sender.appid, self.twin.sender.secret)
        if not known:
            return JSONResponse({"errcode": 40001, "errmsg": "invalid credential"})
        return JSONResponse({"access_token": self.twin.new_token(), "expires_in": 7200})

    async def template(self, request: Request) -> Response:
        """One template message."""
        if not self.twin.token or request.query_params.get("access_token") != self.twin.token:
            return JSONResponse({"errcode": 42001, "errmsg": "access_token expired"})
        asked = await request.json()
        openid, number = str(asked.get("touser", "")), str(asked.get("client_msg_id", ""))
        fate = self.twin.plans.take("fate", openid) or ""
        if fate in ("down", "silence"):
            await asyncio.sleep(SILENT_FOR_S if fate == "silence" else 0)
            return Response("busy", 503)
        if fate.startswith("refuse:"):
            return JSONResponse({"errcode": int(fate.removeprefix("refuse:")), "errmsg": "refused"})
        if known := self.twin.same(openid, number):
            return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": known["id"]})
        template = str(asked.get("template_id", ""))
        words = self.twin.words(
            template, {name: str(each.get("value", "")) for name, each in asked.get("data", {}).items()}
        )
        msgid = self.twin.take("wechat", openid, number, template, words)
        if fate == "twice":
            self.twin.take("wechat", openid, number, template, words)
        if fate in ("silence_after", "slow"):
            await asyncio.sleep(SLOW_FOR_S if fate == "slow" else SILENT_FOR_S)
        return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": msgid})

    async def page(self, request: Request) -> Response:
        """The inbox of every address."""
        addresses: dict[str, list[Any]] = {}
        for row in self.twin.all():
            addresses.setdefault(row["address"], []).append(row)
        return self.templates.TemplateResponse(request, "inbox.html", {"addresses": addresses})

    async def behaviour(self, request: Request) -> Response:
        """Plan the `fate` of the next message to an `address` (empty: to anybody); `times` repeats."""
        asked = await request.json()
        fate, times = str(asked.get("fate", "")), asked.get("times", 1)
        if fate not in FATES and not fate.startswith(("refuse:", "fail:")):
            return JSONResponse({"code": "PARAM_ERROR", "message": f"fate: {FATES}, refuse:…, fail:…"}, 400)
        self.twin.plans.make("fate", fate, str(asked.get("address", "")), int(times))
        return JSONResponse({"planned": asked})

    async def messages(self, _: Request) -> Response:
        """Everything that lies in the inbox, the newest first."""
        return JSONResponse({"messages": [dict(row) for row in self.twin.all()]})

    def _is_signed(self, verb: str, asked: Mapping[str, str]) -> bool:
        rest = {name: value for name, value in asked.items() if name != "Signature"}
        query = "&".join(f"{_coded(name)}={_coded(rest[name])}" for name in sorted(rest))
        text = f"{verb}&%2F&{_coded(query)}"
        key = f"{self.twin.sender.access_key_secret}&".encode()
        signed = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha1).digest()).decode()
        known = asked.get("AccessKeyId") == self.twin.sender.access_key_id
        fresh = self.twin.is_fresh(asked.get("Timestamp", ""))
        return known and fresh and hmac.compare_digest(signed, asked.get("Signature", ""))


def _coded(text: str) -> str:
    return quote(text, safe="~")


def _sms(code: str, words: str, status: int = 200, **more: Any) -> Response:
    return JSONResponse({"RequestId": "sandbox", "Code": code, "Message": words, **more}, status)


def _values(text: str) -> dict[str, str]:
    try:
        values = json.loads(text)
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in values.items()} if isinstance(values, dict) else {}
