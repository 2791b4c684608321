"""What the two services keep: every message they took, by the address it was for."""

import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from string import Template

from sandbox.inbox.keys import Sender
from sandbox.plans import Plans
from sandbox.store import Store

NAME = "inbox"
# down: no message, an error · silence: no message, no answer · silence_after: taken, no answer · slow: taken, answered
# late · twice: the reader finds it twice · and `refuse:` with the service's own code
FATES = ("down", "silence", "silence_after", "slow", "twice")
TABLES = """
CREATE TABLE IF NOT EXISTS inbox_message (
    id INTEGER PRIMARY KEY,
    way TEXT NOT NULL CHECK (way IN ('sms', 'wechat')),
    address TEXT NOT NULL,
    client_id TEXT NOT NULL,
    template TEXT NOT NULL,
    content TEXT NOT NULL,
    failed TEXT NOT NULL DEFAULT '',
    taken_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS inbox_of ON inbox_message (address, taken_at);
"""
SAME_FOR_S = 600
CHINA = timezone(timedelta(hours=8))


@dataclass
class InboxTwin:
    """Both services' side of one sender."""

    sender: Sender
    store: Store
    now: Callable[[], float]
    texts: Mapping[str, str] = field(default_factory=dict)
    plans: Plans = field(init=False)
    token: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.store.build(TABLES)
        self.plans = Plans(self.store, NAME)

    def take(self, way: str, address: str, client_id: str, template: str, content: str) -> int:
        """Put a message into the inbox; returns its number."""
        return self.store.add(
            "inbox_message", way=way, address=address, client_id=client_id, template=template, content=content,
            taken_at=self.now(),
        )  # fmt: skip

    def words(self, template: str, values: Mapping[str, str]) -> str:
        """A message as its reader finds it; where the template's words were never handed in, what fills it."""
        if template not in self.texts:
            return "，".join(values.values())
        return Template(self.texts[template]).safe_substitute(values)

    def fail(self, number: int, code: str) -> None:
        """The carrier could not bring it after all."""
        self.store.run("UPDATE inbox_message SET failed = ? WHERE id = ?", code, number)

    def same(self, openid: str, client_id: str) -> sqlite3.Row | None:
        """A WeChat message taken under this number in the last ten minutes."""
        return self.store.one(
            "SELECT * FROM inbox_message WHERE way = 'wechat' AND address = ? AND client_id = ? AND taken_at > ?",
            openid, client_id, self.now() - SAME_FOR_S,
        )  # fmt: skip

    def of_day(self, phone: str, day: str) -> list[sqlite3.Row]:
        """The messages of a number on a Chinese day (`20211110`)."""
        rows = self.store.all(
            "SELECT * FROM inbox_message WHERE way = 'sms' AND address = ? ORDER BY id", phone
        )
        return [row for row in rows if f"{datetime.fromtimestamp(row['taken_at'], CHINA):%Y%m%d}" == day]

    def all(self) -> list[sqlite3.Row]:
        """All messages, the newest first."""
        return self.store.all("SELECT * FROM inbox_message ORDER BY id DESC")

    def is_fresh(self, stamp: str) -> bool:
        """Whether a time such as 2021-11-10T02:00:00Z is within a quarter of an hour."""
        try:
            at = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return False
        return abs(at.timestamp() - self.now()) <= 900

    def new_token(self) -> str:
        """An access token; the one before is over."""
        self.token = secrets.token_urlsafe(32)
        return self.token
