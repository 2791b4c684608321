"""The door of the tax authority: signed batches in, signed answers out; and the hidden hand beside it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.batches import Batches
from sandbox.door import SignedDoor
from sandbox.local import local
from sandbox.tax.twin import TaxTwin


class TaxApi:
    """Two addresses for partners, four for whoever plays with the sandbox."""

    def __init__(self, twin: TaxTwin) -> None:
        self.twin = twin
        door = SignedDoor(twin.partner.name, twin.partner.key, twin.now)
        self.batches = Batches(door, twin.plans, twin.take)

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            *(Route(f"/tax/{what}", self.batches.push, methods=["POST"]) for what in self.twin.words),
            Route("/sandbox/tax/behaviour", local(self.batches.behaviour), methods=["POST"]),
            Route("/sandbox/tax/pay", local(self.pay), methods=["POST"]),
            Route("/sandbox/tax/bills", local(self.list_bills), methods=["GET"]),
            Route("/sandbox/tax/details", local(self.list_details), methods=["GET"]),
        ]

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
