"""What every part of the Alipay twin holds in its hand, and the tables it keeps."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from sandbox.alipay.keys import Keys
from sandbox.ground import ChannelTwin

NAME = "alipay"
CHINA = timezone(timedelta(hours=8))
TABLES = """
CREATE TABLE IF NOT EXISTS alipay_trade (
    out_trade_no TEXT PRIMARY KEY,
    trade_no TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    notify_url TEXT NOT NULL,
    return_url TEXT NOT NULL,
    buyer_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('WAIT_BUYER_PAY', 'TRADE_SUCCESS', 'TRADE_FINISHED', 'TRADE_CLOSED')),
    made_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    paid_at REAL,
    closed_at REAL
);
CREATE TABLE IF NOT EXISTS alipay_refund (
    out_request_no TEXT PRIMARY KEY,
    out_trade_no TEXT NOT NULL REFERENCES alipay_trade (out_trade_no),
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    made_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS alipay_code (
    code TEXT PRIMARY KEY,
    out_trade_no TEXT NOT NULL UNIQUE,
    asked TEXT NOT NULL,
    notify_url TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS alipay_bill (
    token TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    made_at REAL NOT NULL
);
"""


class Twin(ChannelTwin[Keys]):
    """Alipay's side of one merchant."""

    name, tables = NAME, TABLES


@dataclass
class Problem(Exception):
    """A failure in the gateway's words: `code` 40004 and the like, `sub_code` says which."""

    code: str
    sub_code: str
    sub_msg: str

    def payload(self) -> dict[str, str]:
        """The fields of the answer."""
        msg = {
            "40004": "Business Failed",
            "40002": "Invalid Arguments",
            "20000": "Service Currently Unavailable",
        }
        return {"code": self.code, "msg": msg[self.code], "sub_code": self.sub_code, "sub_msg": self.sub_msg}


def failed(sub_code: str, sub_msg: str) -> Problem:
    """A definite no to this business request."""
    return Problem("40004", sub_code, sub_msg)


def sign(key: rsa.RSAPrivateKey, text: str) -> str:
    """RSA2 (SHA256withRSA) over the UTF-8 bytes, base64."""
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), SHA256())).decode("ascii")


def is_signed(key: rsa.RSAPublicKey, signature: str, text: str) -> bool:
    """Whether the signature is over exactly this text."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text.encode(), padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def joined(params: Mapping[str, str]) -> str:
    """`k=v&k=v`, sorted by name, values as they are: what is signed."""
    return "&".join(f"{name}={params[name]}" for name in sorted(params))


def clock(instant: float) -> str:
    """An instant as the gateway writes it: `2024-10-01 12:30:00`, Chinese time without saying so."""
    return datetime.fromtimestamp(instant, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def yuan(amount_fen: int) -> str:
    """`380.00`."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def fen(text: object) -> int:
    """The amount of a `total_amount` or `refund_amount`. Raises Problem."""
    whole, _, part = str(text).partition(".")
    if not (whole.isdigit() and len(part) <= 2 and (part.isdigit() or not part)):
        raise failed("ACQ.INVALID_PARAMETER", "参数无效")
    amount = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    if amount <= 0:
        raise failed("ACQ.INVALID_PARAMETER", "金额必须大于零")
    return amount
