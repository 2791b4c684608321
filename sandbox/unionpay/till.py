"""银联商务's till: its orders as the payer's page and the hidden hand know them."""

import hashlib
import hmac
import sqlite3
from typing import Any

from sandbox.till.till import Till
from sandbox.unionpay import api, notices, orders, refunds, statement
from sandbox.unionpay.twin import NAME, Twin, clock

PLANS = {"refund": refunds.OUTCOMES, "fault": api.FAULTS, "bill": statement.FLAWS}


def till_of(twin: Twin) -> Till:
    """The till of a twin."""
    return Till(
        name=NAME,
        brand="银联商务",
        merchant=twin.keys.mid,
        manners=notices.MANNERS,
        plans=twin.plans,
        find=lambda number: orders.find(twin, number),
        is_open=lambda order: orders.state_of(twin, order) == "WAIT_BUYER_PAY",
        charge=lambda number, even_if_closed: orders.charge(twin, number, even_if_closed),
        announce=lambda number, manner, delay_s: notices.announce(twin, number, manner, delay_s),
        back=lambda order: notices.back(twin, order),
        proof=lambda order: hmac.new(twin.keys.app_key, order["seq_id"].encode(), hashlib.sha256).hexdigest(),
    )


def told(twin: Twin, order: sqlite3.Row) -> dict[str, Any]:
    """An order as the hidden hand lists it."""
    return {
        "out_trade_no": order["out_trade_no"],
        "seqId": order["seq_id"],
        "status": orders.state_of(twin, order),
        "amount_fen": order["amount_fen"],
        "refunded_fen": refunds.refunded_fen(twin, order),
        "made_at": clock(order["made_at"]),
    }
