"""A signed call to the tax authority; it ends as a word on each row, a definite no, or no answer.

Both sides sign with one shared key: the request over method, path, time, batch number and body, the answer
over the same batch number and its own body. What is not signed was not said by them.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from canbao.channels.authority import Batch, RowAnswer
from canbao.channels.port import ChannelDown, ChannelRefused
from canbao.channels.tax import wire

PATH = "/tax/assessments"
TIMEOUT_S = 20.0
# The batch as a whole is refused: count or sum differ, or we are not known.
REFUSED = -1


@dataclass(frozen=True)
class TaxKeys:
    """How we are known to the tax authority. The key never shows in a repr."""

    partner: str
    key: str = field(repr=False)
    base_url: str


def read_keys(path: Path) -> TaxKeys:
    """Read the file that names us. Raises OSError, ValueError, KeyError: it is absent or unfit."""
    told = json.loads(path.read_text("utf-8"))
    return TaxKeys(str(told["partner"]), str(told["key"]), str(told["base_url"]).rstrip("/"))


class TaxAuthority:
    """The port `Authority` over HTTP."""

    name = "tax"

    def __init__(
        self, keys: TaxKeys, timeout_s: float = TIMEOUT_S, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._keys = keys
        self._client = httpx.Client(
            base_url=keys.base_url, timeout=timeout_s, trust_env=False, transport=transport
        )

    def push(self, batch: Batch, at: datetime) -> list[RowAnswer]:
        """Tell a batch. Raises ChannelDown, ChannelRefused."""
        told = self._post(batch.batch_no, wire.written(batch, at), at)
        if told.get("infcode") == REFUSED:
            raise ChannelRefused(str(REFUSED), str(told.get("err_msg") or ""))
        return wire.read(batch, told)

    def _post(self, batch_no: str, content: dict[str, Any], at: datetime) -> dict[str, Any]:
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp = str(int(at.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Partner": self._keys.partner,
            "X-Timestamp": stamp,
            "X-Nonce": batch_no,
            "X-Signature": self._signature("POST", PATH, stamp, batch_no, body),
        }
        try:
            answer = self._client.post(PATH, content=body, headers=headers)
        except httpx.HTTPError as lost:
            raise ChannelDown(f"no answer: {type(lost).__name__}") from lost
        signed = self._signature(
            "ANSWER", PATH, answer.headers.get("X-Timestamp", ""), batch_no, answer.content
        )
        if answer.status_code != 200 or not hmac.compare_digest(
            signed, answer.headers.get("X-Signature", "")
        ):
            raise ChannelDown(f"no signed answer: HTTP {answer.status_code}")
        told = answer.json()
        if not isinstance(told, dict):
            raise ChannelDown("the answer is no object")
        return told

    def _signature(self, verb: str, path: str, stamp: str, nonce: str, body: bytes) -> str:
        text = "\n".join((verb, path, stamp, nonce, hashlib.sha256(body).hexdigest()))
        return hmac.new(self._keys.key.encode(), text.encode(), hashlib.sha256).hexdigest()
