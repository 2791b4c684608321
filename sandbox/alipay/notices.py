"""Notices to the merchant: a signed form, sent again until the answer is the seven bytes `success`."""

import json
import secrets
import sqlite3
from urllib.parse import urlencode

from sandbox.alipay import trades
from sandbox.alipay.twin import NAME, Twin, clock, joined, sign, yuan
from sandbox.journeys import DEFAULT_DELAY_S, journeys

RETRY_AFTER_S = (240, 600, 600, 3600, 7200, 21600, 54000)
# A form has no time stamp that is checked, and Alipay sends no probes.
MANNERS = ("normal", "twice", "together", "lost", "held", "delayed", "reordered", "forged", "wrong_amount")
HEADERS = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def announce(twin: Twin, out_trade_no: str, manner: str, delay_s: float = DEFAULT_DELAY_S) -> list[int]:
    """Post the notice of a payment in the manner asked; return the ids of its deliveries."""
    trade = trades.get(twin, out_trade_no)
    body = _form(twin, trade, manner)
    return [
        twin.courier.post(NAME, out_trade_no, trade["notify_url"], body, **each)
        for each in journeys(manner, delay_s, twin.speed)
    ]


def _form(twin: Twin, trade: sqlite3.Row, manner: str) -> bytes:
    amount = yuan(trade["amount_fen"] + (100 if manner == "wrong_amount" else 0))
    told = {
        "app_id": twin.keys.app_id,
        "auth_app_id": twin.keys.app_id,
        "body": "",
        "buyer_id": trade["buyer_id"],
        "buyer_pay_amount": amount,
        "charset": "utf-8",
        "fund_bill_list": json.dumps(
            [{"amount": amount, "fundChannel": "ALIPAYACCOUNT"}], separators=(",", ":")
        ),
        "gmt_create": clock(trade["made_at"]),
        "gmt_payment": clock(trade["paid_at"]),
        "invoice_amount": amount,
        "notify_id": secrets.token_hex(17),
        "notify_time": clock(twin.now()),
        "notify_type": "trade_status_sync",
        "out_trade_no": trade["out_trade_no"],
        "point_amount": "0.00",
        "receipt_amount": amount,
        "seller_id": twin.keys.seller_id,
        "subject": trade["subject"],
        "total_amount": amount,
        "trade_no": trade["trade_no"],
        "trade_status": "TRADE_SUCCESS",
        "version": "1.0",
    }
    signature = sign(twin.keys.platform_key, joined(told))
    if manner == "forged":
        signature = sign(twin.keys.platform_key, "something else")
    return urlencode({**told, "sign": signature, "sign_type": "RSA2"}).encode()
