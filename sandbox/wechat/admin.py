"""The hidden hand: what tests and demonstrators may ask of the twin. For this machine only."""

import sqlite3
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.journeys import MANNERS
from sandbox.local import asked_of, local
from sandbox.wechat import bill, gate, notices, orders, refunds
from sandbox.wechat.payer import OUTCOMES, settle
from sandbox.wechat.twin import Problem, Twin, china_text

# What `POST /sandbox/behaviour` may plan, and the values of each. None: a number of seconds.
PLANS: dict[str, tuple[str, ...] | None] = {
    "notify": tuple(MANNERS),
    "delay_seconds": None,
    "refund": refunds.OUTCOMES,
    "fault": gate.FAULTS,
    "bill": bill.FLAWS,
}


class Admin:
    """JSON in, JSON out; every path begins with `/sandbox/`."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin

    def routes(self) -> list[Route]:
        """The paths, all of them kept to this machine."""
        posts = {"behaviour": self.behaviour, "pay": self.pay, "notify": self.notify, "deliver": self.deliver}
        gets = {"orders": self.list_orders, "deliveries": self.list_deliveries}
        return [
            *(Route(f"/sandbox/{name}", _worded(work), methods=["POST"]) for name, work in posts.items()),
            *(Route(f"/sandbox/{name}", _worded(work), methods=["GET"]) for name, work in gets.items()),
        ]

    async def behaviour(self, request: Request) -> Response:
        """Plan how the next case, or the one of an `out_trade_no`, shall go. `times` repeats it."""
        asked = await asked_of(request)
        scope, times = str(asked.pop("out_trade_no", "")), asked.pop("times", 1)
        for what, value in asked.items():
            if what not in PLANS:
                raise Problem(400, "PARAM_ERROR", f"unknown: {what}; known: {', '.join(PLANS)}")
            allowed = PLANS[what]
            if allowed is not None and value not in allowed:
                raise Problem(400, "PARAM_ERROR", f"{what} is one of: {', '.join(allowed)}")
            if allowed is None and (not isinstance(value, int | float) or value < 0):
                raise Problem(400, "PARAM_ERROR", f"{what} is a number of seconds")
        if type(times) is not int or times < 1 or ("bill" in asked and not scope):
            raise Problem(400, "PARAM_ERROR", "times is a whole number; a bill flaw needs an out_trade_no")
        for what, value in asked.items():
            self.twin.plans.make(what, str(value), scope, times)
        return JSONResponse({"planned": asked, "out_trade_no": scope or None, "times": times})

    async def pay(self, request: Request) -> Response:
        """Pay an order without its page. 409 where it can no longer be paid."""
        asked = await asked_of(request)
        number, outcome = str(asked.get("out_trade_no", "")), asked.get("outcome", "success")
        manner = asked.get("notify")
        if outcome not in OUTCOMES or manner not in (None, *MANNERS):
            raise Problem(400, "PARAM_ERROR", f"outcome: {OUTCOMES}; notify: {tuple(MANNERS)}")
        orders.get(self.twin, number)
        happened = settle(self.twin, number, outcome, manner, asked.get("even_if_closed") is True)
        order = self._order(orders.get(self.twin, number))
        return JSONResponse(
            {"happened": happened, "order": order}, 409 if happened in ("closed", "paid") else 200
        )

    async def notify(self, request: Request) -> Response:
        """Post one more notice of a paid order, in any manner."""
        asked = await asked_of(request)
        number, manner = str(asked.get("out_trade_no", "")), asked.get("notify", "normal")
        if manner not in MANNERS:
            raise Problem(400, "PARAM_ERROR", f"notify: {tuple(MANNERS)}")
        if orders.get(self.twin, number)["transaction_id"] is None:
            raise Problem(409, "INVALID_REQUEST", "not paid, so there is nothing to notify")
        return JSONResponse({"delivery_ids": notices.announce_payment(self.twin, number, manner)})

    async def deliver(self, request: Request) -> Response:
        """Send now, whatever the plan: one `delivery_id`, or all unfinished ones of an `out_trade_no`."""
        asked = await asked_of(request)
        if "delivery_id" in asked:
            rows = self.twin.store.all("SELECT id FROM delivery WHERE id = ?", asked["delivery_id"])
        else:
            rows = self.twin.store.all(
                "SELECT id FROM delivery WHERE about = ? AND state <> 'delivered' ORDER BY id",
                str(asked.get("out_trade_no", "")),
            )
        ids = [row["id"] for row in rows]
        await self.twin.courier.deliver_now(ids)
        return JSONResponse({"deliveries": [self._delivery(each) for each in deliveries(self.twin, ids)]})

    async def list_orders(self, _: Request) -> Response:
        """Every order, newest first."""
        rows = self.twin.store.all("SELECT * FROM wechat_order ORDER BY made_at DESC, out_trade_no")
        return JSONResponse({"orders": [self._order(row) for row in rows]})

    async def list_deliveries(self, request: Request) -> Response:
        """Every delivery with its answers, newest first; `?out_trade_no=` narrows."""
        about = request.query_params.get("out_trade_no")
        found = [row for row in deliveries(self.twin) if about in (None, row["about"])]
        return JSONResponse({"deliveries": [self._delivery(row) for row in found]})

    def _order(self, order: sqlite3.Row) -> dict[str, Any]:
        return {
            **orders.describe(self.twin, order),
            "prepay_id": order["prepay_id"],
            "notify_url": order["notify_url"],
            "made_at": china_text(order["made_at"]),
            "expires_at": china_text(order["expires_at"]),
            "refunded_fen": refunds.refunded_fen(self.twin, order),
        }

    def _delivery(self, row: sqlite3.Row) -> dict[str, Any]:
        answers = self.twin.store.all("SELECT * FROM answer WHERE delivery_id = ? ORDER BY id", row["id"])
        return {
            "delivery_id": row["id"],
            "out_trade_no": row["about"],
            "url": row["url"],
            "manner": row["manner"],
            "state": row["state"],
            "attempts": row["attempts"],
            "due_at": china_text(row["due_at"]),
            "answers": [
                {"at": china_text(each["sent_at"]), "status": each["status"], "text": each["text"],
                 "took_ms": each["took_ms"]}
                for each in answers
            ],
        }  # fmt: skip


def deliveries(twin: Twin, ids: list[int] | None = None) -> list[sqlite3.Row]:
    """Deliveries, newest first; only those of `ids` where given."""
    rows = twin.store.all("SELECT * FROM delivery ORDER BY id DESC")
    return [row for row in rows if ids is None or row["id"] in ids]


def _worded(work: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """Word the platform's own problems as it does; the door is this machine's alone."""

    async def endpoint(request: Request) -> Response:
        try:
            answer: Response = await work(request)
        except Problem as problem:
            return JSONResponse(problem.payload(), problem.status)
        return answer

    return local(endpoint)
