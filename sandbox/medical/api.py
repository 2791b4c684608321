"""The door of medical insurance: signed batches in, signed answers out; and the hidden hand beside it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.batches import Batches
from sandbox.door import SignedDoor
from sandbox.ground import Ground
from sandbox.local import local
from sandbox.medical.keys import load_partner
from sandbox.medical.twin import MedicalTwin


def mount(ground: Ground) -> list[Route]:
    """The twin's routes; none where nobody is known to it."""
    known = load_partner(ground.settings.home)
    if known is None:
        return []
    return MedicalApi(MedicalTwin(ground.store, ground.now), SignedDoor(*known, ground.now)).routes()


class MedicalApi:
    """Three addresses for partners, two for whoever plays with the sandbox."""

    def __init__(self, twin: MedicalTwin, door: SignedDoor) -> None:
        self.twin = twin
        self.batches = Batches(door, twin.plans, lambda what, told: twin.words[what].on(told["data"]))

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            *(Route(f"/medical/{what}", self.batches.push, methods=["POST"]) for what in self.twin.words),
            Route("/sandbox/medical/behaviour", local(self.batches.behaviour), methods=["POST"]),
            Route("/sandbox/medical/held", local(self.held), methods=["GET"]),
        ]

    async def held(self, _: Request) -> Response:
        """What it keeps."""
        return JSONResponse(self.twin.held())
