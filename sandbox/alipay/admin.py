"""The hidden hand over the Alipay twin: what tests and demonstrators may ask. For this machine only."""

import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.alipay import bill, gateway, notices, trades
from sandbox.alipay.payer import OUTCOMES, settle
from sandbox.alipay.twin import Twin, clock
from sandbox.local import Refused, asked_of, local

REFUND_OUTCOMES = ("busy", "frozen")
# What `POST /sandbox/alipay/behaviour` may plan, and the values of each. None: a number of seconds.
PLANS: dict[str, tuple[str, ...] | None] = {
    "notify": notices.MANNERS,
    "delay_seconds": None,
    "refund": REFUND_OUTCOMES,
    "fault": gateway.FAULTS,
    "bill": bill.FLAWS,
}


class Admin:
    """JSON in, JSON out."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin

    def routes(self) -> list[Route]:
        """The paths, all of them kept to this machine."""
        posts = {"behaviour": self.behaviour, "pay": self.pay, "notify": self.notify}
        return [
            *(
                Route(f"/sandbox/alipay/{name}", local(work), methods=["POST"])
                for name, work in posts.items()
            ),
            Route("/sandbox/alipay/orders", local(self.list_trades), methods=["GET"]),
        ]

    async def behaviour(self, request: Request) -> Response:
        """Plan how the next case, or the one of an `out_trade_no`, shall go. `times` repeats it."""
        asked = await asked_of(request)
        scope, times = str(asked.pop("out_trade_no", "")), asked.pop("times", 1)
        for what, value in asked.items():
            allowed = PLANS.get(what, ())
            is_seconds = allowed is None and isinstance(value, int | float) and value >= 0
            if not is_seconds and value not in (allowed or ()):
                raise Refused(f"{what}: {value!r} cannot be planned; known: {PLANS}")
        for what, value in asked.items():
            self.twin.plans.make(what, str(value), scope, int(times))
        return JSONResponse({"planned": asked, "out_trade_no": scope or None, "times": times})

    async def pay(self, request: Request) -> Response:
        """Pay a trade that a payer has opened, without its page. 409 where it can no longer be paid."""
        asked = await asked_of(request)
        trade, manner = self._trade(asked), asked.get("notify")
        outcome = asked.get("outcome", "success")
        if outcome not in OUTCOMES or manner not in (None, *notices.MANNERS):
            raise Refused(f"outcome: {OUTCOMES}; notify: {notices.MANNERS}")
        happened = settle(
            self.twin, trade["out_trade_no"], outcome, manner, asked.get("even_if_closed") is True
        )
        return JSONResponse({"happened": happened}, 409 if happened in ("closed", "paid") else 200)

    async def notify(self, request: Request) -> Response:
        """Post one more notice of a paid trade, in any manner."""
        asked = await asked_of(request)
        trade, manner = self._trade(asked), asked.get("notify", "normal")
        if trade["paid_at"] is None or manner not in notices.MANNERS:
            raise Refused(f"not paid, or a manner that is none of {notices.MANNERS}")
        return JSONResponse({"delivery_ids": notices.announce(self.twin, trade["out_trade_no"], manner)})

    async def list_trades(self, _: Request) -> Response:
        """Every trade, newest first."""
        rows = self.twin.store.all("SELECT * FROM alipay_trade ORDER BY made_at DESC, out_trade_no")
        return JSONResponse({"orders": [self._told(row) for row in rows]})

    def _trade(self, asked: dict[str, Any]) -> sqlite3.Row:
        trade = trades.find(self.twin, str(asked.get("out_trade_no", "")))
        if trade is None:
            raise Refused("no payer has opened this trade", 404)
        return trade

    def _told(self, trade: sqlite3.Row) -> dict[str, Any]:
        return {
            "out_trade_no": trade["out_trade_no"],
            "trade_no": trade["trade_no"],
            "trade_status": trades.state_of(self.twin, trade),
            "amount_fen": trade["amount_fen"],
            "refunded_fen": trades.refunded_fen(self.twin, trade),
            "made_at": clock(trade["made_at"]),
        }
