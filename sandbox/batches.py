"""What an authority does with signed batches: let in, judge, answer signed; and in which ways it may be told to fail."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.door import SignedDoor
from sandbox.local import Refused, asked_of
from sandbox.plans import Plans
from sandbox.words import ROW_FATES, refused_batch

SILENT_FOR_S = 30
# silence: nothing decided, no answer · silence_after: decided, no answer · forged: decided, signed by nobody
FAULTS = ("down", "silence", "silence_after", "forged", "refuse_batch")


@dataclass(frozen=True)
class Batches:
    """`take` decides the rows of a batch, by the last word of its address, and says a word on each."""

    door: SignedDoor
    plans: Plans
    take: Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]

    async def push(self, request: Request) -> Response:
        """A batch."""
        body = await request.body()
        if not self.door.lets_in(request, body):
            return JSONResponse({"infcode": -1, "err_msg": "验签失败"}, 401)
        fault = self.plans.take("fault")
        if fault == "down":
            return JSONResponse({"infcode": -1, "err_msg": "系统繁忙"}, 500)
        if fault == "silence":
            await asyncio.sleep(SILENT_FOR_S)
            return self.door.answer(request, {"infcode": -1, "err_msg": "系统繁忙"})
        told = json.loads(body)
        if refused := "批次被拒绝" if fault == "refuse_batch" else refused_batch(told):
            return self.door.answer(request, {"infcode": -1, "err_msg": refused})
        output = {
            "plan_bchno": told["plan_bchno"],
            "data": self.take(request.url.path.rsplit("/", 1)[1], told),
        }
        if fault == "silence_after":
            await asyncio.sleep(SILENT_FOR_S)
        answer = self.door.answer(request, {"infcode": 0, "err_msg": "", "output": output})
        if fault == "forged":
            answer.headers["X-Signature"] = "0" * 64
        return answer

    async def behaviour(self, request: Request) -> Response:
        """Plan a `fault` of the next batch, or the `row` fate of a `certno` (empty: of the next row); `times` repeats."""
        asked = await asked_of(request)
        fault, row, times = asked.get("fault"), asked.get("row"), asked.get("times", 1)
        known_row = row in (None, *ROW_FATES) or str(row).startswith("refuse:")
        if fault not in (None, *FAULTS) or not known_row or type(times) is not int or times < 1:
            raise Refused(f"fault: {FAULTS}; row: {ROW_FATES}, refuse:…")
        if fault:
            self.plans.make("fault", fault, times=times)
        if row:
            self.plans.make("row", str(row), str(asked.get("certno", "")), times)
        return JSONResponse({"planned": asked})
