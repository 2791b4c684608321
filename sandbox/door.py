"""The door of an authority that is told in signed batches: who may come in, and how an answer is signed."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

FRESH_WITHIN_S = 300


@dataclass(frozen=True)
class SignedDoor:
    """One partner, one key; both sides sign over verb, path, time, batch number and the body's digest."""

    partner: str
    key: bytes
    now: Callable[[], float]

    def lets_in(self, request: Request, body: bytes) -> bool:
        """Whether this is the partner, speaking now."""
        headers: Mapping[str, str] = request.headers
        stamp, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
        fresh = stamp.isdigit() and abs(int(stamp) - self.now()) <= FRESH_WITHIN_S
        signed = self._signature("POST", request.url.path, stamp, nonce, body)
        known = headers.get("x-partner") == self.partner
        return known and fresh and hmac.compare_digest(signed, headers.get("x-signature", ""))

    def answer(self, request: Request, content: Mapping[str, Any]) -> Response:
        """An answer to this request, signed."""
        body, stamp = json.dumps(content, ensure_ascii=False).encode(), str(int(self.now()))
        nonce = request.headers.get("x-nonce", "")
        signature = self._signature("ANSWER", request.url.path, stamp, nonce, body)
        headers = {"X-Timestamp": stamp, "X-Signature": signature}
        return Response(body, headers=headers, media_type="application/json")

    def _signature(self, verb: str, path: str, stamp: str, nonce: str, body: bytes) -> str:
        text = "\n".join((verb, path, stamp, nonce, hashlib.sha256(body).hexdigest()))
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()
