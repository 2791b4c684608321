"""Alipay's till: its trades as the payer's page and the hidden hand know them."""

import sqlite3
from typing import Any
from urllib.parse import urlencode

from sandbox.alipay import bill, gateway, notices, trades
from sandbox.alipay.twin import NAME, Twin, clock, joined, sign, yuan
from sandbox.till.till import Till

REFUND_OUTCOMES = ("busy", "frozen")
PLANS = {"refund": REFUND_OUTCOMES, "fault": gateway.FAULTS, "bill": bill.FLAWS}


def till_of(twin: Twin) -> Till:
    """The till of a twin."""
    return Till(
        name=NAME,
        brand="支付宝",
        merchant=twin.keys.seller_id,
        manners=notices.MANNERS,
        plans=twin.plans,
        find=lambda number: trades.find(twin, number),
        is_open=lambda trade: trades.state_of(twin, trade) == "WAIT_BUYER_PAY",
        charge=lambda number, even_if_closed: trades.charge(twin, number, even_if_closed),
        announce=lambda number, manner, delay_s: notices.announce(twin, number, manner, delay_s),
        back=lambda trade: _back(twin, trade),
        proof=lambda trade: sign(twin.keys.platform_key, trade["trade_no"])[:32],
    )


def told(twin: Twin, trade: sqlite3.Row) -> dict[str, Any]:
    """A trade as the hidden hand lists it."""
    return {
        "out_trade_no": trade["out_trade_no"],
        "trade_no": trade["trade_no"],
        "trade_status": trades.state_of(twin, trade),
        "amount_fen": trade["amount_fen"],
        "refunded_fen": trades.refunded_fen(twin, trade),
        "made_at": clock(trade["made_at"]),
    }


def _back(twin: Twin, trade: sqlite3.Row) -> str:
    address = str(trade["return_url"])
    told = {
        "app_id": twin.keys.app_id,
        "auth_app_id": twin.keys.app_id,
        "charset": "utf-8",
        "method": "alipay.trade.wap.pay.return",
        "out_trade_no": trade["out_trade_no"],
        "seller_id": twin.keys.seller_id,
        "timestamp": clock(twin.now()),
        "total_amount": yuan(trade["amount_fen"]),
        "trade_no": trade["trade_no"],
        "version": "1.0",
    }
    told |= {"sign": sign(twin.keys.platform_key, joined(told)), "sign_type": "RSA2"}
    return address + ("&" if "?" in address else "?") + urlencode(told)
