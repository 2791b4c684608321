"""What every part of the 银联商务 twin holds in its hand, and the tables it keeps."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from sandbox.ground import ChannelTwin
from sandbox.unionpay.keys import Keys

NAME = "unionpay"
CHINA = timezone(timedelta(hours=8))
TABLES = """
CREATE TABLE IF NOT EXISTS unionpay_order (
    out_trade_no TEXT PRIMARY KEY,
    seq_id TEXT NOT NULL UNIQUE,
    target_order_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    notify_url TEXT NOT NULL,
    return_url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('WAIT_BUYER_PAY', 'TRADE_SUCCESS', 'TRADE_REFUND', 'TRADE_CLOSED')),
    made_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    paid_at REAL
);
CREATE TABLE IF NOT EXISTS unionpay_refund (
    refund_order_id TEXT PRIMARY KEY,
    out_trade_no TEXT NOT NULL REFERENCES unionpay_order (out_trade_no),
    seq_id TEXT NOT NULL UNIQUE,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    outcome TEXT NOT NULL CHECK (outcome IN ('SUCCESS', 'FAIL')),
    made_at REAL NOT NULL,
    settles_at REAL NOT NULL
);
"""


class Twin(ChannelTwin[Keys]):
    """银联商务's side of one merchant."""

    name, tables = NAME, TABLES


@dataclass
class Problem(Exception):
    """A no in the platform's words."""

    code: str
    words: str


def asked_signature(keys: Keys, stamp: str, nonce: str, content: bytes) -> str:
    """What a merchant signs its calls and links with."""
    text = keys.app_id + stamp + nonce + hashlib.sha256(content).hexdigest()
    return base64.b64encode(hmac.new(keys.app_key, text.encode(), hashlib.sha256).digest()).decode()


def told_signature(keys: Keys, params: Mapping[str, str]) -> str:
    """What the platform signs notices and returning payers with: sorted, blanks left out, the key at the end."""
    said = "&".join(f"{name}={params[name]}" for name in sorted(params) if params[name])
    return hashlib.sha256((said + keys.notice_key).encode()).hexdigest().upper()


def clock(instant: float) -> str:
    """`2022-11-05 08:30:00`, Chinese time without saying so."""
    return datetime.fromtimestamp(instant, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def instant_of(text: str, form: str = "%Y-%m-%d %H:%M:%S") -> float:
    """The instant of a clock's text. Raises Problem."""
    try:
        return datetime.strptime(text, form).replace(tzinfo=CHINA).timestamp()
    except ValueError:
        raise Problem("INVALID_REQUEST", f"时间格式不对：{text}") from None
