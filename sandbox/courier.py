"""The courier: carries notices to merchants, again and again, until one answers well.

The plan of retries and what counts as an answer are each twin's custom; this file knows neither
signatures nor bodies. A delivery lives in the store, so a restart loses none.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from sandbox.store import Store

ANSWER_LIMIT_S = 5.0
LONGEST_NAP_S = 0.5
KEPT_ANSWER_CHARS = 500
UNFINISHED = ("waiting", "held", "lost", "given_up")


@dataclass(frozen=True)
class Custom:
    """How one twin sends: the headers of an attempt, the pauses between attempts, what answer ends them."""

    dress: Callable[[sqlite3.Row], Mapping[str, str]]
    retry_after_s: Sequence[float]
    is_good: Callable[[int, str], bool] = lambda status, _: status in (200, 204)


@dataclass
class Courier:
    """Sends what is due, each twin's notices by its own custom."""

    store: Store
    now: Callable[[], float] = time.time
    transport: httpx.AsyncBaseTransport | None = None
    customs: dict[str, Custom] = field(default_factory=dict)
    answer_limit_s: float = ANSWER_LIMIT_S
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _flying: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    def post(
        self,
        twin: str,
        about: str,
        url: str,
        body: bytes,
        *,
        manner: str = "normal",
        state: str = "waiting",
        after_s: float = 0.0,
        once: bool = False,
    ) -> int:
        """Take a notice; return its delivery id. It leaves in `after_s` seconds, unless held or lost."""
        now = self.now()
        delivery_id = self.store.add(
            "delivery",
            twin=twin,
            about=about,
            url=url,
            body=body,
            manner=manner,
            state=state,
            attempts_allowed=1 if once else len(self.customs[twin].retry_after_s) + 1,
            due_at=now + after_s,
            made_at=now,
        )
        self._wake.set()
        return delivery_id

    def due(self) -> list[sqlite3.Row]:
        """What should leave now, oldest first, and is not already on its way."""
        rows = self.store.all(
            "SELECT * FROM delivery WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id", self.now()
        )
        return [row for row in rows if row["id"] not in self._flying]

    async def deliver_due(self) -> int:
        """Send everything that is due, all at once, and wait for the answers. Returns how many."""
        flights = [self._start(row) for row in self.due()]
        await asyncio.gather(*flights)
        return len(flights)

    async def deliver_now(self, delivery_ids: Sequence[int]) -> None:
        """Send these whatever their state and plan, and wait for the answers."""
        for delivery_id in delivery_ids:
            self.store.run(
                "UPDATE delivery SET state = 'waiting', due_at = ? WHERE id = ?", self.now(), delivery_id
            )
        rows = [self.store.one("SELECT * FROM delivery WHERE id = ?", each) for each in delivery_ids]
        await asyncio.gather(*(self._start(row) for row in rows if row is not None))

    async def work(self) -> None:
        """Run until cancelled: the loop behind a served sandbox."""
        while True:
            for row in self.due():
                self._start(row)
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LONGEST_NAP_S)

    async def rest(self) -> None:
        """Abandon what is in flight: it stays due and leaves again after the restart."""
        for flight in list(self._flying.values()):
            flight.cancel()
        await asyncio.gather(*self._flying.values(), return_exceptions=True)

    def _start(self, row: sqlite3.Row) -> asyncio.Task[None]:
        flight = self._flying.get(row["id"])
        if flight is None:
            flight = self._flying[row["id"]] = asyncio.create_task(self._carry(row))
            flight.add_done_callback(lambda _: self._flying.pop(row["id"], None))
        return flight

    async def _carry(self, row: sqlite3.Row) -> None:
        sent_at, started = self.now(), time.monotonic()
        status, text = await self._send(row)
        took_ms = round((time.monotonic() - started) * 1000)
        self.store.add(
            "answer", delivery_id=row["id"], sent_at=sent_at, took_ms=took_ms, status=status, text=text
        )
        self._plan_next(row, status, text)
        self._release_reordered(row)

    async def _send(self, row: sqlite3.Row) -> tuple[int | None, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "Mozilla/4.0"} | dict(
            self.customs[row["twin"]].dress(row)
        )
        client = httpx.AsyncClient(transport=self.transport, trust_env=False, timeout=None)  # noqa: S113 (below)
        try:
            # One limit for all of it: httpx would count anew at every byte.
            async with asyncio.timeout(self.answer_limit_s), client:
                answer = await client.post(row["url"], content=row["body"], headers=headers)
        except TimeoutError:
            return None, f"no answer within {self.answer_limit_s:g} s"
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            return None, f"{type(problem).__name__}: {problem}"
        return answer.status_code, answer.text[:KEPT_ANSWER_CHARS]

    def _plan_next(self, row: sqlite3.Row, status: int | None, text: str) -> None:
        custom = self.customs[row["twin"]]
        attempts = row["attempts"] + 1
        state, due_at = "waiting", self.now()
        if status is not None and custom.is_good(status, text):
            state = "delivered"
        elif attempts >= row["attempts_allowed"]:
            state = "given_up"
        else:
            due_at += custom.retry_after_s[attempts - 1]
        self.store.run(
            "UPDATE delivery SET state = ?, attempts = ?, due_at = ? WHERE id = ?",
            state, attempts, due_at, row["id"],
        )  # fmt: skip

    def _release_reordered(self, row: sqlite3.Row) -> None:
        """A reordered notice leaves once any other notice has overtaken it."""
        self.store.run(
            "UPDATE delivery SET due_at = ? WHERE manner = 'reordered' AND state = 'waiting'"
            " AND attempts = 0 AND id <> ?",
            self.now(), row["id"],
        )  # fmt: skip
        self._wake.set()
