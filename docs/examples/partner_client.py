"""How a partner speaks with Canbao: sign, send, repeat until it is answered. Standard library alone."""

import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Send = Callable[[str, str, bytes, dict[str, str]], tuple[int, bytes]]


def over_http(base_url: str) -> Send:
    """Send a request and give back status and body, whatever the status."""

    def send(method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        request = urllib.request.Request(base_url + path, body or None, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    return send


@dataclass
class Client:
    """One partner. `find`, `open` and `confirm` may be repeated with the same key as often as one likes."""

    name: str
    secret: bytes
    send: Send

    def find(self, key: str, area_code: str, name: str, number: str) -> tuple[int, dict[str, Any]]:
        """What somebody owes; the payer has agreed to be looked up."""
        asked = {"area_code": area_code, "name": name, "number": number, "consent": "yes"}
        return self._post("find", key, asked)

    def open(self, key: str, bill: str) -> tuple[int, dict[str, Any]]:
        """Open an order for a bill."""
        return self._post("open", key, {"bill": bill})

    def confirm(
        self, key: str, out_trade_no: str, amount_fen: int, txn_no: str, paid_at: str
    ) -> tuple[int, dict[str, Any]]:
        """Tell that the payer's money is here."""
        asked = {"out_trade_no": out_trade_no, "amount_fen": amount_fen, "txn_no": txn_no, "paid_at": paid_at}
        return self._post("confirm", key, asked)

    def query(self, out_trade_no: str) -> tuple[int, dict[str, Any]]:
        """What became of an attempt."""
        return self._call("GET", f"/api/partner/v1/query/{out_trade_no}/", b"", {})

    def _post(self, what: str, key: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        body = json.dumps(asked, ensure_ascii=False).encode()
        return self._call("POST", f"/api/partner/v1/{what}/", body, {"Idempotency-Key": key})

    def _call(self, method: str, path: str, body: bytes, more: dict[str, str]) -> tuple[int, dict[str, Any]]:
        stamp, nonce = str(int(time.time())), secrets.token_hex(12)
        signed = "\n".join((method, path, stamp, nonce, hashlib.sha256(body).hexdigest()))
        headers = {
            "Content-Type": "application/json",
            "X-Canbao-Partner": self.name,
            "X-Canbao-Timestamp": stamp,
            "X-Canbao-Nonce": nonce,
            "X-Canbao-Signature": hmac.new(self.secret, signed.encode(), hashlib.sha256).hexdigest(),
        }
        status, answer = self.send(method, path, body, headers | more)
        return status, json.loads(answer)
