"""Notices to the merchant: a signed form, sent again until the answer is the word `SUCCESS`."""

import secrets
import sqlite3
from urllib.parse import urlencode

from sandbox.journeys import DEFAULT_DELAY_S, journeys
from sandbox.unionpay import orders
from sandbox.unionpay.twin import NAME, Twin, clock, told_signature

# Within a day, says the platform, without saying when.
RETRY_AFTER_S = (15, 60, 300, 1800, 3600, 10800, 21600, 43200)
# A form has no time stamp that is checked, and nobody sends probes.
MANNERS = ("normal", "twice", "together", "lost", "held", "delayed", "reordered", "forged", "wrong_amount")
HEADERS = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def announce(twin: Twin, number: str, manner: str, delay_s: float = DEFAULT_DELAY_S) -> list[int]:
    """Post the notice of a payment in the manner asked; return the ids of its deliveries."""
    order = orders.get(twin, number)
    body = urlencode(_signed(twin, _told(twin, order, manner), is_forged=manner == "forged")).encode()
    return [
        twin.courier.post(NAME, number, order["notify_url"], body, **each)
        for each in journeys(manner, delay_s, twin.speed)
    ]


def back(twin: Twin, order: sqlite3.Row) -> str:
    """The address a payer returns to, with signed words that no merchant should believe."""
    address = str(order["return_url"])
    told = _signed(twin, _told(twin, order, "normal"), is_forged=False)
    return address + ("&" if "?" in address else "?") + urlencode(told)


def _told(twin: Twin, order: sqlite3.Row, manner: str) -> dict[str, str]:
    amount = str(order["amount_fen"] + (100 if manner == "wrong_amount" else 0))
    return {
        "bankInfo": "",
        "billFunds": f"现金:{amount}",
        "buyerPayAmount": amount,
        "couponAmount": "0",
        "createTime": clock(order["made_at"]),
        "instMid": "H5DEFAULT",
        "invoiceAmount": amount,
        "merName": "参保示范商户",
        "merOrderId": order["out_trade_no"],
        "mid": twin.keys.mid,
        "notifyId": secrets.token_hex(16),
        "orderDesc": order["subject"],
        "payTime": clock(order["paid_at"]),
        "receiptAmount": amount,
        "seqId": order["seq_id"],
        "settleRefId": order["seq_id"],
        "status": "TRADE_SUCCESS",
        "targetOrderId": order["target_order_id"],
        "targetSys": "UAC",
        "tid": twin.keys.tid,
        "totalAmount": amount,
        # A field of another name each time: whoever signs a list of known names will not do.
        f"rnd{secrets.token_hex(2)}": secrets.token_hex(8),
    }


def _signed(twin: Twin, told: dict[str, str], *, is_forged: bool) -> dict[str, str]:
    told = told | {"signType": "SHA256"}
    signature = told_signature(twin.keys, {"forged": "1"} if is_forged else told)
    return told | {"sign": signature}
