"""The signed doors between the tax side and its partner: a day's file, refunds; and the notices that leave."""

import hashlib
import hmac
import json
import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.courier import Courier
from sandbox.journeys import DEFAULT_DELAY_S, journeys
from sandbox.local import Refused, asked_of, local
from sandbox.plans import Plans
from sandbox.tax.keys import Partner
from sandbox.tax.portals.labels import keep_portals
from sandbox.tax.portals.till import FLAWS, NotAllowed, Till, as_row, clock, day_of

NOTICE_PATH = "/api/tax/collected/"
DAY_PATH, REFUND_PATH, QUERY_PATH = "/tax/collected", "/tax/refunds", "/tax/refunds/query"
FRESH_WITHIN_S = 300
RETRY_AFTER_S = (15, 30, 180, 600, 1800, 3600)
# wrong_amount: signed, and one yuan too much · wrong_sum: the rows do not add up to the sum
MANNERS = (
    "normal", "twice", "together", "lost", "held", "delayed", "reordered", "stale", "forged", "wrong_amount", "wrong_sum",
)  # fmt: skip


@dataclass
class Doors:
    """What the partner may call, and how it is called."""

    partner: Partner
    till: Till
    courier: Courier
    plans: Plans
    home: Any
    merchant_url: str
    speed: float = 1.0
    bills_for_today: bool = False

    def routes(self) -> list[Route]:
        """Three doors, and the hidden hand's."""
        return [
            Route(DAY_PATH, self.day, methods=["POST"]),
            Route(REFUND_PATH, self.refund, methods=["POST"]),
            Route(QUERY_PATH, self.query, methods=["POST"]),
            Route("/sandbox/tax/people", local(self.people), methods=["POST"]),
            Route("/sandbox/tax/portals", local(self.portals), methods=["POST"]),
            Route("/sandbox/tax/collect", local(self.collect), methods=["POST"]),
            Route("/sandbox/tax/plan", local(self.plan), methods=["POST"]),
            Route("/sandbox/tax/collected", local(self.collected), methods=["GET"]),
        ]

    def announce(self, row: sqlite3.Row, manner: str) -> None:
        """Tell the partner of one payment in the manner asked."""
        told = as_row(row)
        if manner == "wrong_amount":
            told["psn_clct_amt"] = f"{Decimal(told['psn_clct_amt']) + 1:.2f}"
        total = Decimal(told["psn_clct_amt"]) + (1 if manner == "wrong_sum" else 0)
        body = {"msg_no": told["elec_taxrpt_no"], "row_cnt": 1, "clct_sumamt": f"{total:.2f}", "data": [told]}
        # A sum that is not its own is an honest mistake, so it comes again like any other notice.
        way = "normal" if manner in ("wrong_sum", "wrong_amount") else manner
        for each in journeys(way, DEFAULT_DELAY_S, self.speed):
            self.courier.post(
                "tax", told["elec_taxrpt_no"], self.merchant_url + NOTICE_PATH,
                json.dumps(body, ensure_ascii=False).encode(), **each,
            )  # fmt: skip

    def dress(self, row: sqlite3.Row) -> dict[str, str]:
        """Headers of an attempt, signed when it leaves; a stale one is signed an hour ago, a forged one by nobody."""
        stamp = str(int(self.till.now()) - (3_600 if row["manner"] == "stale" else 0))
        nonce = hashlib.sha256(f"{row['id']}|{row['attempts']}".encode()).hexdigest()[:32]
        signed = self._signature("POST", NOTICE_PATH, stamp, nonce, bytes(row["body"]))
        return {
            "X-Partner": self.partner.name, "X-Timestamp": stamp, "X-Nonce": nonce,
            "X-Signature": "0" * 64 if row["manner"] == "forged" else signed,
        }  # fmt: skip

    async def day(self, request: Request) -> Response:
        """The file of a day that is over."""
        asked = await self._asked(request)
        if asked is None:
            return JSONResponse({"infcode": -1, "err_msg": "验签失败"}, 401)
        day = str(asked.get("day", ""))
        if self.plans.take("day_down"):
            return JSONResponse({"infcode": -1, "err_msg": "系统繁忙"}, 500)
        today = day_of(self.till.now())
        if day > today or (day == today and not self.bills_for_today):
            return self._signed(request, {"infcode": 2, "err_msg": "文件还没有生成"})
        return self._signed(
            request, {"infcode": 0, "file": self.till.day_file(day, self.plans.take("day_flaw", day))}
        )

    async def refund(self, request: Request) -> Response:
        """Give back."""
        asked = await self._asked(request)
        if asked is None:
            return JSONResponse({"infcode": -1, "err_msg": "验签失败"}, 401)
        try:
            row = self.till.refund(asked["refd_no"], asked["elec_taxrpt_no"], asked["refd_amt"])
        except NotAllowed as no:
            return self._signed(request, {"infcode": -1, "err_code": "NOT_ALLOWED", "err_msg": str(no)})
        if self.plans.take("refund_silent", asked["refd_no"]):
            return JSONResponse({"infcode": -1, "err_msg": "系统繁忙"}, 500)
        return self._signed(request, {"infcode": 0, "output": _refund(row)})

    async def query(self, request: Request) -> Response:
        """What became of a refund."""
        asked = await self._asked(request)
        if asked is None:
            return JSONResponse({"infcode": -1, "err_msg": "验签失败"}, 401)
        row = self.till.refund_of(str(asked.get("refd_no", "")))
        return self._signed(
            request,
            {"infcode": 0, "output": _refund(row)} if row else {"infcode": 3, "err_msg": "没有这笔退费"},
        )

    async def people(self, request: Request) -> Response:
        """Hand the register in: whom the tax side knows, with the normal price of a year."""
        for row in (await asked_of(request))["people"]:
            self.till.know(row)
        return JSONResponse({"ok": True})

    async def portals(self, request: Request) -> Response:
        """Hand the portals in, with the notices' labels and steps."""
        keep_portals(self.home, (await asked_of(request))["portals"])
        return JSONResponse({"ok": True})

    async def collect(self, request: Request) -> Response:
        """Somebody pays, whatever they owe: `amount` and `kind` as asked; told in the `notify` manner."""
        asked = await asked_of(request)
        manner = asked.get("notify", "normal")
        if manner not in MANNERS:
            raise Refused(f"notify: {MANNERS}")
        who = {name: str(asked[name]) for name in ("certno", "psn_name", "year", "optins_no", "portal")}
        row = self.till.collect(who, str(asked.get("kind", "1")), f"{Decimal(str(asked['amount'])):.2f}")
        self.announce(row, manner)
        return JSONResponse({"elec_taxrpt_no": row["elec_taxrpt_no"]})

    async def plan(self, request: Request) -> Response:
        """Plan how the next case goes: `day_flaw` of a day, `day_down`, `refund` (PROCESSING, ABNORMAL), `refund_silent`, `notify`."""
        asked = await asked_of(request)
        what, value = str(asked.get("what", "")), str(asked.get("value", ""))
        known = {"day_flaw": FLAWS, "notify": MANNERS, "refund": ("PROCESSING", "ABNORMAL", "SUCCESS")}
        if what not in (*known, "day_down", "refund_silent") or value not in known.get(what, (value,)):
            raise Refused(f"what: {(*known, 'day_down', 'refund_silent')}; value: {known.get(what)}")
        self.plans.make(what, value or "yes", str(asked.get("scope", "")), int(asked.get("times", 1)))
        return JSONResponse({"planned": asked})

    async def collected(self, _: Request) -> Response:
        """Everything that was collected."""
        return JSONResponse({"collected": [dict(row) for row in self.till.all()]})

    async def _asked(self, request: Request) -> dict[str, Any] | None:
        body = await request.body()
        told = request.headers
        stamp, nonce = told.get("x-timestamp", ""), told.get("x-nonce", "")
        fresh = stamp.isdigit() and abs(int(stamp) - self.till.now()) <= FRESH_WITHIN_S
        signed = self._signature("POST", request.url.path, stamp, nonce, body)
        known = told.get("x-partner") == self.partner.name
        if not (known and fresh and hmac.compare_digest(signed, told.get("x-signature", ""))):
            return None
        asked: dict[str, Any] = json.loads(body)
        return asked

    def _signed(self, request: Request, content: dict[str, Any]) -> Response:
        body, stamp = json.dumps(content, ensure_ascii=False).encode(), str(int(self.till.now()))
        nonce = request.headers.get("x-nonce", "")
        signed = self._signature("ANSWER", request.url.path, stamp, nonce, body)
        return Response(
            body, headers={"X-Timestamp": stamp, "X-Signature": signed}, media_type="application/json"
        )

    def _signature(self, verb: str, path: str, stamp: str, nonce: str, body: bytes) -> str:
        text = "\n".join((verb, path, stamp, nonce, hashlib.sha256(body).hexdigest()))
        return hmac.new(self.partner.key, text.encode(), hashlib.sha256).hexdigest()


def _refund(row: sqlite3.Row) -> dict[str, Any]:
    done = row["done_at"]
    return {
        "refd_no": row["refd_no"], "tax_refd_no": f"TS{row['refd_no']}", "refd_fen": int(Decimal(row["amt"]) * 100),
        "refd_stas": row["state"], "taken_time": clock(row["taken_at"]), "done_time": clock(done) if done else "",
    }  # fmt: skip
