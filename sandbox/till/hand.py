"""The hidden hand over a till: what tests and demonstrators may ask. For this machine only, JSON in, JSON out."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.journeys import DEFAULT_DELAY_S
from sandbox.local import Refused, asked_of, local
from sandbox.till.till import OUTCOMES, Till


class Hand:
    """`plans`: what may be planned beyond notices, and the values of each."""

    def __init__(
        self,
        till: Till,
        plans: Mapping[str, tuple[str, ...]],
        rows: Callable[[], Sequence[sqlite3.Row]],
        told: Callable[[sqlite3.Row], dict[str, Any]],
    ) -> None:
        self.till = till
        self.rows, self.told = rows, told
        # None: a number of seconds.
        self.plans: dict[str, tuple[str, ...] | None] = {
            "notify": till.manners,
            "delay_seconds": None,
            **plans,
        }

    def routes(self) -> list[Route]:
        """The paths, all of them kept to this machine."""
        base = f"/sandbox/{self.till.name}"
        posts = {"behaviour": self.behaviour, "pay": self.pay, "notify": self.notify}
        return [
            *(Route(f"{base}/{name}", local(work), methods=["POST"]) for name, work in posts.items()),
            Route(f"{base}/orders", local(self.list_orders), methods=["GET"]),
        ]

    async def behaviour(self, request: Request) -> Response:
        """Plan how the next case, or the one of an `out_trade_no`, shall go. `times` repeats it."""
        asked = await asked_of(request)
        scope, times = str(asked.pop("out_trade_no", "")), asked.pop("times", 1)
        for what, value in asked.items():
            allowed = self.plans.get(what, ())
            is_seconds = allowed is None and isinstance(value, int | float) and value >= 0
            if not is_seconds and value not in (allowed or ()):
                raise Refused(f"{what}: {value!r} cannot be planned; known: {self.plans}")
        for what, value in asked.items():
            self.till.plans.make(what, str(value), scope, int(times))
        return JSONResponse({"planned": asked, "out_trade_no": scope or None, "times": times})

    async def pay(self, request: Request) -> Response:
        """Pay an order that a payer has opened, without its page. 409 where it can no longer be paid."""
        asked = await asked_of(request)
        row, manner = self._row(asked), asked.get("notify")
        outcome = asked.get("outcome", "success")
        if outcome not in OUTCOMES or manner not in (None, *self.till.manners):
            raise Refused(f"outcome: {OUTCOMES}; notify: {self.till.manners}")
        happened = self.till.settle(row["out_trade_no"], outcome, manner, asked.get("even_if_closed") is True)
        return JSONResponse({"happened": happened}, 409 if happened in ("closed", "paid") else 200)

    async def notify(self, request: Request) -> Response:
        """Post one more notice of a paid order, in any manner."""
        asked = await asked_of(request)
        row, manner = self._row(asked), asked.get("notify", "normal")
        if row["paid_at"] is None or manner not in self.till.manners:
            raise Refused(f"not paid, or a manner that is none of {self.till.manners}")
        return JSONResponse(
            {"delivery_ids": self.till.announce(row["out_trade_no"], manner, DEFAULT_DELAY_S)}
        )

    async def list_orders(self, _: Request) -> Response:
        """Every order, newest first."""
        return JSONResponse({"orders": [self.told(row) for row in self.rows()]})

    def _row(self, asked: dict[str, Any]) -> sqlite3.Row:
        row = self.till.find(str(asked.get("out_trade_no", "")))
        if row is None:
            raise Refused("no payer has opened this order", 404)
        return row
