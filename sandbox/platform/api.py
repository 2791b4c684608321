"""The platform's door: signed questions in, signed answers out; and the hidden hand beside it."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.local import Refused, asked_of, local
from sandbox.platform.twin import FLAWS, PlatformTwin

SLOW_FOR_S, SILENT_FOR_S = 1.0, 30
# slow: answers late · silence: too late for anybody · down: 500 · refuse: a signed no · rubbish: signed, not readable
# forged: signed by nobody · stranger: about somebody else
FAULTS = ("slow", "silence", "down", "refuse", "rubbish", "forged", "stranger")
ENVELOPE = (
    "infno", "msgid", "insuplc_admdvs", "mdtrtarea_admvs", "recer_sys_code", "dev_no", "dev_safe_info", "cainfo", "signtype",
    "infver", "opter_type", "opter", "opter_name", "inf_time", "fixmedins_code", "fixmedins_name", "sign_no", "input",
)  # fmt: skip
ASKED = ("mdtrt_cert_type", "mdtrt_cert_no", "card_sn", "begntime", "psn_cert_type", "certno", "psn_name")


class PlatformApi:
    """Two numbers for senders, four paths for whoever plays with the sandbox."""

    def __init__(self, twin: PlatformTwin) -> None:
        self.twin = twin

    def routes(self) -> list[Route]:
        """The paths."""
        hand = {"behaviour": self.behaviour, "persons": self.persons, "day": self.day, "mend": self.mend}
        return [
            Route("/platform/1101", self.person, methods=["POST"]),
            Route("/platform/FEED", self.feed, methods=["POST"]),
            *(Route(f"/sandbox/platform/{name}", local(work), methods=["POST"]) for name, work in hand.items()),
        ]  # fmt: skip

    async def person(self, request: Request) -> Response:
        """1101 人员基本信息获取."""
        told = self._told(await request.body(), "1101")
        if told is None:
            return JSONResponse({"infcode": -1, "err_msg": "验签失败"}, 401)
        msgid, asked = told["msgid"], told["input"]["data"]
        fault = self.twin.plans.take("fault", str(asked.get("certno", "")))
        if fault in ("slow", "silence"):
            await asyncio.sleep(SLOW_FOR_S if fault == "slow" else SILENT_FOR_S)
        if fault == "down":
            return JSONResponse({"infcode": -1, "err_msg": "系统繁忙"}, 500)
        absent = [name for name in ASKED if name not in asked]
        if fault == "refuse" or absent:
            return self._refused(
                msgid, "系统繁忙，请稍后再试" if not absent else f"缺少字段：{'、'.join(absent)}"
            )
        output = self.twin.person(asked["certno"], asked["psn_name"])
        if fault == "stranger":
            output["baseinfo"]["certno"] = "110199199001010011"
        if fault == "rubbish":
            output["insuinfo"] = [{"insutype": "310", "psn_insu_stas": "？"}]
        answer = self._signed(msgid, {"infcode": 0, "err_msg": "", "output": output})
        if fault == "forged":
            answer.headers["X-Signature"] = "0" * 64
        return answer

    async def feed(self, request: Request) -> Response:
        """The daily feed that follows a number, in `output.feed`; null: there is none yet."""
        told = self._told(await request.body(), "FEED")
        if told is None:
            return JSONResponse({"infcode": -1, "err_msg": "验签失败"}, 401)
        if self.twin.plans.take("fault", "feed") is not None:
            return JSONResponse({"infcode": -1, "err_msg": "系统繁忙"}, 500)
        body = self.twin.feed_after(int(told["input"]["data"]["after"]))
        return self._signed(told["msgid"], {"infcode": 0, "err_msg": "", "output": {"feed": body}})

    async def behaviour(self, request: Request) -> Response:
        """Plan a `fault` of the next question, or of those about a `certno` (`feed`: of the feed); `times` repeats."""
        asked = await asked_of(request)
        fault, times = asked.get("fault"), asked.get("times", 1)
        if fault not in FAULTS or type(times) is not int or times < 1:
            raise Refused(f"fault: {', '.join(FAULTS)}; times: a whole number")
        self.twin.plans.make("fault", fault, str(asked.get("certno", "")), times)
        return JSONResponse({"planned": asked})

    async def persons(self, request: Request) -> Response:
        """Tell the platform of `persons`; `quietly`: as if it had always known, so no feed says so."""
        asked = await asked_of(request)
        try:
            for told in asked["persons"]:
                self.twin.put(told, quietly=bool(asked.get("quietly")))
        except (KeyError, TypeError):
            raise Refused(
                "persons: certno, psn_name, die_date, insured with insutype, insu_admdvs, psn_insu_date"
            ) from None
        return JSONResponse({"told": len(asked["persons"])})

    async def day(self, request: Request) -> Response:
        """Make a feed of what has changed, with a `flaw` if wanted."""
        flaw = (await asked_of(request)).get("flaw")
        if flaw not in (None, *FLAWS):
            raise Refused(f"flaw: {', '.join(FLAWS)}")
        return JSONResponse({"feed_no": self.twin.close_day(flaw)})

    async def mend(self, request: Request) -> Response:
        """Make a feed whole again."""
        self.twin.mend(int((await asked_of(request)).get("feed_no", 0)))
        return JSONResponse({"mended": True})

    def _told(self, body: bytes, infno: str) -> dict[str, Any] | None:
        """A question of our sender's, in the national envelope and signed; else None."""
        try:
            told: dict[str, Any] = json.loads(body)
            whole = set(ENVELOPE) <= told.keys() and isinstance(told["input"]["data"], dict)
            signed = whole and hmac.compare_digest(self._seal(told), told["cainfo"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        known = whole and (told["infno"], told["fixmedins_code"]) == (infno, self.twin.sender.name)
        return told if known and signed else None

    def _seal(self, told: Mapping[str, Any]) -> str:
        plain = json.dumps(told["input"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(plain.encode()).hexdigest()
        return self._mac(told["infno"], told["msgid"], told["inf_time"], digest)

    def _refused(self, msgid: str, words: str) -> Response:
        return self._signed(msgid, {"infcode": -1, "err_msg": words, "output": {}})

    def _signed(self, msgid: str, content: dict[str, Any]) -> Response:
        stamp = self.twin.stamp
        told = {"inf_refmsgid": msgid, "refmsg_time": stamp, "respond_time": stamp, **content}
        body = json.dumps(told, ensure_ascii=False).encode()
        seal = self._mac("ANSWER", msgid, hashlib.sha256(body).hexdigest())
        return Response(body, headers={"X-Signature": seal}, media_type="application/json")

    def _mac(self, *parts: str) -> str:
        return hmac.new(self.twin.sender.key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()
