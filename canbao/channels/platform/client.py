"""Calls to the platform: short while a resident waits, and not again for a while once nobody has answered."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from canbao.basics.areas import NATION
from canbao.basics.days import CHINA
from canbao.channels.platform import wire
from canbao.channels.platform.port import Answer, NotAnswered, Query

PATH = "/platform/"
FEED = "FEED"  # the national numbers name no feed of changes; this one is ours and the twin's
FEED_TIMEOUT_S = 20.0
TIMEOUT_S = 2.0
# After silence nobody is kept waiting for the same silence again.
REST = timedelta(seconds=30)
# What followed a number a moment ago still follows it: jobs that come round every second ask now and then.
FEED_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class PlatformKeys:
    """How we are known to the platform. The key never shows in a repr."""

    sender: str
    key: str = field(repr=False)
    base_url: str


def read_keys(path: Path) -> PlatformKeys:
    """Read the file that names us. Raises OSError, ValueError, KeyError: it is absent or unfit."""
    told = json.loads(path.read_text("utf-8"))
    return PlatformKeys(str(told["sender"]), str(told["key"]), str(told["base_url"]).rstrip("/"))


class NationalPlatform:
    """The port `Platform` over HTTP."""

    def __init__(
        self, keys: PlatformKeys, timeout_s: float = TIMEOUT_S, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._keys = keys
        self._timeout_s = timeout_s
        self._client = httpx.Client(base_url=keys.base_url, trust_env=False, transport=transport)
        self._rests_until: datetime | None = None
        self._asked_feed: tuple[int, datetime] | None = None
        self._calls = 0

    def ask(self, query: Query, at: datetime) -> Answer:
        """1101. Raises NotAnswered."""
        if self._rests_until and at < self._rests_until:
            raise NotAnswered("silent", "nobody answered a moment ago")
        output = self._call(wire.PERSON_QUERY, query.area_code, wire.asked_of(query), at, self._timeout_s)
        return wire.answer_of(query, output)

    def feed(self, after: int, at: datetime) -> bytes | None:
        """The next daily feed, byte for byte; None also where the same was asked moments ago. Raises NotAnswered."""
        if self._asked_feed and self._asked_feed[0] == after and at < self._asked_feed[1] + FEED_PAUSE:
            return None
        self._asked_feed = (after, at)
        output = self._call(FEED, NATION, {"after": after}, at, FEED_TIMEOUT_S)
        told = output.get("feed")
        if told is None:
            return None
        if not isinstance(told, str):
            raise NotAnswered("malformed", "the feed is no text")
        return told.encode()

    def _call(
        self, infno: str, area_code: str, asked: Mapping[str, Any], at: datetime, timeout_s: float
    ) -> dict[str, Any]:
        msgid = self._msgid(at)
        body = wire.envelope(infno, msgid, self._keys.sender, self._keys.key, area_code, asked, at)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            answer = self._client.post(PATH + infno, content=body, headers=headers, timeout=timeout_s)
        except httpx.HTTPError as lost:
            self._rests_until = at + REST
            raise NotAnswered("silent", type(lost).__name__) from None
        if answer.status_code != 200:
            raise NotAnswered("silent", f"HTTP {answer.status_code}")
        signed = wire.answer_seal(self._keys.key, msgid, answer.content)
        if not hmac.compare_digest(signed, answer.headers.get("X-Signature", "")):
            raise NotAnswered("malformed", "no signature of theirs")
        return wire.output_of(msgid, answer.content)

    def _msgid(self, at: datetime) -> str:
        """Sender, second, a count: no two calls of one process share it."""
        self._calls = (self._calls + 1) % 10_000
        stamp = at.astimezone(CHINA).strftime("%Y%m%d%H%M%S")
        return f"{self._keys.sender}{stamp}{self._calls:04d}"
