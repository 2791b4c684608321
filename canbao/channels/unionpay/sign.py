"""The signatures of 银联商务: two alike over what we ask, and another over what it tells.

Asked: HMAC-SHA256 under the application's key over application, time, nonce and the digest of the content, in a header
(OPEN-BODY-SIG) or in a link (OPEN-FORM-PARAM). Told: SHA-256 over the sorted parameters with the notice key behind them.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from canbao.basics.days import CHINA

SIGN_TYPE = "SHA256"  # MD5 is offered too, and not taken


@dataclass(frozen=True)
class Stamp:
    """The instant of a call and a text that no other call has."""

    at: datetime
    nonce: str

    @property
    def compact(self) -> str:
        """`20221105083000`, Chinese time, as signatures want it."""
        return self.at.astimezone(CHINA).strftime("%Y%m%d%H%M%S")


NewStamp = Callable[[], Stamp]


def signature(app_id: str, app_key: str, stamp: Stamp, content: bytes) -> str:
    """What both ways of asking are signed with, base64."""
    text = f"{app_id}{stamp.compact}{stamp.nonce}{hashlib.sha256(content).hexdigest()}"
    return base64.b64encode(hmac.new(app_key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def authorization(app_id: str, app_key: str, stamp: Stamp, body: bytes) -> str:
    """The header of a call."""
    signed = signature(app_id, app_key, stamp, body)
    return f'OPEN-BODY-SIG AppId="{app_id}", Timestamp="{stamp.compact}", Nonce="{stamp.nonce}", Signature="{signed}"'


def link_query(app_id: str, app_key: str, stamp: Stamp, content: str) -> str:
    """The query of a link. The content is signed as it is and encoded afterwards, a space as `+`."""
    return urlencode(
        {
            "authorization": "OPEN-FORM-PARAM",
            "appId": app_id,
            "timestamp": stamp.compact,
            "nonce": stamp.nonce,
            "content": content,
            "signature": signature(app_id, app_key, stamp, content.encode()),
        }
    )


def is_theirs(told: Mapping[str, str], notice_key: str) -> bool:
    """Whether 银联商务 said this: every parameter that is not blank, sorted, but the signature itself.

    The text that is signed joins with `&` what it does not escape, so a value with `&` in it could be read in two
    ways, and only one of them was said: such a notice is nobody's.
    """
    if told.get("signType") != SIGN_TYPE or any("&" in name + value for name, value in told.items()):
        return False
    said = "&".join(f"{name}={told[name]}" for name in sorted(told) if name != "sign" and told[name])
    digest = hashlib.sha256(f"{said}{notice_key}".encode()).hexdigest()
    return hmac.compare_digest(digest, told.get("sign", "").lower().encode("ascii", "replace").decode())
