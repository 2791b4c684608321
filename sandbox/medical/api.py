"""The door of medical insurance: signed batches in, signed answers out; and the hidden hand beside it."""

import asyncio
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.door import SignedDoor
from sandbox.ground import Ground
from sandbox.local import Refused, asked_of, local
from sandbox.medical.keys import load_partner
from sandbox.medical.twin import MedicalTwin
from sandbox.words import ROW_FATES, refused_batch

SILENT_FOR_S = 30
# silence: nothing decided, no answer · silence_after: decided, no answer · forged: decided, signed by nobody
FAULTS = ("down", "silence", "silence_after", "forged", "refuse_batch")


def mount(ground: Ground) -> list[Route]:
    """The twin's routes; none where nobody is known to it."""
    known = load_partner(ground.settings.home)
    if known is None:
        return []
    return MedicalApi(MedicalTwin(ground.store, ground.now), SignedDoor(*known, ground.now)).routes()


class MedicalApi:
    """Three addresses for partners, two for whoever plays with the sandbox."""

    def __init__(self, twin: MedicalTwin, door: SignedDoor) -> None:
        self.twin, self.door = twin, door

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            *(Route(f"/medical/{what}", self.push, methods=["POST"]) for what in self.twin.words),
            Route("/sandbox/medical/behaviour", local(self.behaviour), methods=["POST"]),
            Route("/sandbox/medical/held", local(self.held), methods=["GET"]),
        ]

    async def push(self, request: Request) -> Response:
        """A batch of collection details, of cover, or of postings."""
        body = await request.body()
        if not self.door.lets_in(request, body):
            return JSONResponse({"infcode": -1, "err_msg": "验签失败"}, 401)
        fault = self.twin.plans.take("fault")
        if fault == "down":
            return JSONResponse({"infcode": -1, "err_msg": "系统繁忙"}, 500)
        if fault == "silence":
            await asyncio.sleep(SILENT_FOR_S)
            return self.door.answer(request, {"infcode": -1, "err_msg": "系统繁忙"})
        told = json.loads(body)
        if refused := "批次被拒绝" if fault == "refuse_batch" else refused_batch(told):
            return self.door.answer(request, {"infcode": -1, "err_msg": refused})
        words = self.twin.words[request.url.path.rsplit("/", 1)[1]].on(told["data"])
        if fault == "silence_after":
            await asyncio.sleep(SILENT_FOR_S)
        output = {"plan_bchno": told["plan_bchno"], "data": words}
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
            self.twin.plans.make("fault", fault, times=times)
        if row:
            self.twin.plans.make("row", str(row), str(asked.get("certno", "")), times)
        return JSONResponse({"planned": asked})

    async def held(self, _: Request) -> Response:
        """What it keeps."""
        return JSONResponse(self.twin.held())
