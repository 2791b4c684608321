"""The platform's scribe: writes and signs whatever a test wants WeChat to have said."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.wechat.keys import Keys
from sandbox.wechat.seal import platform_headers, sealed
from tests.channels.door import Reply

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2024, 11, 5, 10, 0, tzinfo=CHINA)

Letter = tuple[dict[str, str], bytes]


@dataclass(frozen=True)
class Scribe:
    """Holds the platform's pen."""

    keys: Keys

    def transaction(self, **changes: Any) -> dict[str, Any]:
        """A paid order as WeChat tells of it; a change to None takes the field away."""
        told = {
            "appid": self.keys.appid,
            "mchid": self.keys.mchid,
            "out_trade_no": "ORDER001",
            "transaction_id": "4200001234202411050123456789",
            "trade_type": "MWEB",
            "trade_state": "SUCCESS",
            "trade_state_desc": "支付成功",
            "bank_type": "OTHERS",
            "attach": "",
            "success_time": "2024-11-05T09:59:58+08:00",
            "payer": {"openid": "oABC"},
            "amount": {"total": 38000, "payer_total": 38000, "currency": "CNY", "payer_currency": "CNY"},
        } | changes
        return {name: value for name, value in told.items() if value is not None}

    def seal(self, plain: bytes) -> dict[str, str]:
        """A resource of any bytes; `sealed` takes only what its JSON writer can write."""
        nonce, name = "n0nce4tests0", "transaction"
        ciphertext = AESGCM(self.keys.apiv3_key).encrypt(nonce.encode(), plain, name.encode())
        return sealed(self.keys.apiv3_key, name, {}) | {
            "nonce": nonce,
            "ciphertext": base64.b64encode(ciphertext).decode(),
        }

    def notice(self, resource: Any, /, **changes: Any) -> bytes:
        """The body of a notice around a resource."""
        told = {
            "id": "EV-2018022511223320873",
            "create_time": "2024-11-05T10:00:00+08:00",
            "resource_type": "encrypt-resource",
            "event_type": "TRANSACTION.SUCCESS",
            "summary": "支付成功",
            "resource": sealed(self.keys.apiv3_key, "transaction", resource),
        }
        return json.dumps(told | changes, ensure_ascii=False).encode()

    def letter(self, body: bytes, at: datetime = NOW) -> Letter:
        """A callback with this body, truly signed at an instant."""
        return platform_headers(self.keys, body, int(at.timestamp())), body

    def paid(self, **changes: Any) -> Letter:
        """A true notice of a payment."""
        return self.letter(self.notice(self.transaction(**changes)))

    def reply(self, told: Any, status: int = 200) -> Reply:
        """A signed answer of the API."""
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        headers = platform_headers(self.keys, body, int(NOW.timestamp()))
        return Reply(status, headers | {"Content-Type": "application/json; charset=utf-8"}, body)
