"""The door of the tax authority: signed batches in, signed answers out; and the hidden hand beside it."""

import asyncio
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.door import SignedDoor
from sandbox.local import local
from sandbox.tax.twin import TaxTwin
from sandbox.words import ROW_FATES

SILENT_FOR_S = 30
# silence: nothing decided, no answer · silence_after: decided, no answer · forged: decided, signed by nobody
FAULTS = ("down", "silence", "silence_after", "forged", "refuse_batch")


class TaxApi:
    """Two addresses for partners, four for whoever plays with the sandbox."""

    def __init__(self, twin: TaxTwin) -> None:
        self.twin = twin
        self.door = SignedDoor(twin.partner.name, twin.partner.key, twin.now)

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            *(Route(f"/tax/{what}", self.push, methods=["POST"]) for what in self.twin.words),
            Route("/sandbox/tax/behaviour", local(self.behaviour), methods=["POST"]),
            Route("/sandbox/tax/pay", local(self.pay), methods=["POST"]),
            Route("/sandbox/tax/bills", local(self.list_bills), methods=["GET"]),
            Route("/sandbox/tax/details", local(self.list_details), methods=["GET"]),
        ]

    async def push(self, request: Request) -> Response:
        """A batch of assessments, or of collection details."""
        body = await request.body()
        if not self.door.lets_in(request, body):
            return JSONResponse({"infcode": -1, "err_msg": "验签失败"}, 401)
        fault = self.twin.plans.take("fault")
        if fault == "down":
            return JSONResponse({"infcode": -1, "err_msg": "系统繁忙"}, 500)
        if fault == "silence":
            await asyncio.sleep(SILENT_FOR_S)
        told = json.loads(body)
        refused = "批次被拒绝" if fault == "refuse_batch" else self.twin.refused(told)
        if fault == "silence" or refused is not None:
            return self.door.answer(request, {"infcode": -1, "err_msg": refused or "系统繁忙"})
        what = request.url.path.rsplit("/", 1)[1]
        output = {"plan_bchno": told["plan_bchno"], "data": self.twin.take(what, told)}
        if fault == "silence_after":
            await asyncio.sleep(SILENT_FOR_S)
        answer = self.door.answer(request, {"infcode": 0, "err_msg": "", "output": output})
        if fault == "forged":
            answer.headers["X-Signature"] = "0" * 64
        return answer

    async def behaviour(self, request: Request) -> Response:
        """Plan a `fault` of the next batch, or the `row` fate of a `certno` (empty: of the next row); `times` repeats."""
        asked = await request.json()
        fault, row, times = asked.get("fault"), asked.get("row"), asked.get("times", 1)
        known_row = row in (None, *ROW_FATES) or str(row).startswith("refuse:")
        if fault not in (None, *FAULTS) or not known_row or type(times) is not int or times < 1:
            return JSONResponse(
                {"code": "PARAM_ERROR", "message": f"fault: {FAULTS}; row: {ROW_FATES}, refuse:…"}, 400
            )
        if fault:
            self.twin.plans.make("fault", fault, times=times)
        if row:
            self.twin.plans.make("row", row, str(asked.get("certno", "")), times)
        return JSONResponse({"planned": asked})

    async def pay(self, request: Request) -> Response:
        """Somebody pays at the tax side: a cancellation comes too late then."""
        asked = await request.json()
        done = self.twin.store.run(
            "UPDATE tax_bill SET state = 'paid' WHERE state = 'open' AND clct_bill_id = ?",
            str(asked.get("clct_bill_id", "")),
        )
        return JSONResponse({"paid": done}, 200 if done else 404)

    async def list_bills(self, _: Request) -> Response:
        """What the authority holds."""
        return JSONResponse({"bills": [dict(row) for row in self.twin.bills()]})

    async def list_details(self, _: Request) -> Response:
        """What it was told was paid elsewhere, and went back."""
        return JSONResponse({"details": self.twin.details.all()})
