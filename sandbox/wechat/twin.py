"""What every part of the WeChat twin holds in its hand, and the tables it keeps."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox.ground import ChannelTwin
from sandbox.wechat.keys import Keys

NAME = "wechat"
CHINA = timezone(timedelta(hours=8))

TABLES = """
CREATE TABLE IF NOT EXISTS wechat_order (
    out_trade_no TEXT PRIMARY KEY,
    prepay_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('h5', 'jsapi', 'native')),
    params TEXT NOT NULL,
    description TEXT NOT NULL,
    attach TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    openid TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('NOTPAY', 'SUCCESS', 'REFUND', 'CLOSED', 'PAYERROR')),
    transaction_id TEXT UNIQUE,
    made_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    paid_at REAL
);
CREATE TABLE IF NOT EXISTS wechat_refund (
    out_refund_no TEXT PRIMARY KEY,
    refund_id TEXT NOT NULL UNIQUE,
    out_trade_no TEXT NOT NULL REFERENCES wechat_order (out_trade_no),
    params TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    outcome TEXT NOT NULL CHECK (outcome IN ('SUCCESS', 'ABNORMAL', 'CLOSED')),
    made_at REAL NOT NULL,
    settles_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS wechat_bill (
    token TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    made_at REAL NOT NULL
);
"""


class Twin(ChannelTwin[Keys]):
    """The platform's side of one merchant."""

    name, tables = NAME, TABLES


@dataclass
class Problem(Exception):
    """An answer that is an error, as APIv3 words it."""

    status: int
    code: str
    message: str
    detail: dict[str, Any] | None = None

    def payload(self) -> dict[str, Any]:
        """The JSON of the answer."""
        told: dict[str, Any] = {"code": self.code, "message": self.message}
        return told | ({"detail": self.detail} if self.detail else {})


def china_text(instant: float) -> str:
    """An instant as APIv3 writes it: `2024-10-01T12:30:00+08:00`."""
    return datetime.fromtimestamp(instant, CHINA).isoformat(timespec="seconds")
