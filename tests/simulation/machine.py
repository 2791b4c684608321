"""The database as a simulated machine has it: any statement may be its last, any COMMIT may stay unanswered.

Hooks on Django's connection count statements, hash them, and raise what a real process would meet.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import OperationalError, connections


class Crash(BaseException):
    """The process is gone. No `except Exception` of ours can swallow it."""


@dataclass(frozen=True)
class Odds:
    """How often, per statement, per COMMIT and per call outside, something breaks."""

    crash: float = 0.0
    lost: float = 0.0
    locked: float = 0.0
    commit: float = 0.0
    outside: float = 0.0
    interlude: float = 0.0


CALM = Odds()
LOST = "server closed the connection unexpectedly"
LOCKED = "database is locked"


def _named(text: str) -> str:
    """Without what differs between two processes: savepoints are named after the thread."""
    return "savepoint" if "SAVEPOINT" in text else text


@dataclass
class Machine:
    """One connection under faults. `rng` and `odds` are set anew for every event."""

    rng: Random = field(default_factory=Random)
    odds: Odds = CALM
    interlude: Callable[[], None] = lambda: None
    counts: Counter[str] = field(default_factory=Counter)
    hash: Any = field(default_factory=hashlib.sha256)
    log: list[str] | None = None
    dead: bool = False
    cut: bool = False
    watching: bool = False

    def note(self, text: str) -> None:
        """Add one thing that happened to the trace."""
        self.hash.update(text.encode())
        if self.log is not None:
            self.log.append(text)

    def die(self, where: str) -> None:
        self.counts["crashes"] += 1
        self.note(f"† {_named(where)}")
        self.dead = True
        raise Crash(where)

    def lose(self, where: str) -> None:
        self.counts["lost"] += 1
        self.note(f"✂ {_named(where)}")
        self.cut = connections["default"].in_atomic_block
        if not self.cut:  # the server aborts what was just begun
            connections["default"].connection.rollback()
        raise OperationalError(LOST)

    @contextmanager
    def hooked(self):
        """Hook the connection for as long as this lasts."""
        conn = connections["default"]
        conn.ensure_connection()
        conn.execute_wrappers.append(self._statement)
        conn.__dict__["_commit"] = lambda: self._commit(lambda: type(conn)._commit(conn))
        try:
            yield
        finally:
            conn.execute_wrappers.remove(self._statement)
            del conn.__dict__["_commit"]

    @contextmanager
    def quiet(self):
        """Look at the tables without being simulated."""
        self.watching = True
        try:
            yield
        finally:
            self.watching = False

    def revive(self) -> None:
        """The server has aborted what the dead process had open; its memory is gone."""
        conn = connections["default"]
        if conn.connection is not None:
            conn.connection.rollback()
        conn.in_atomic_block = conn.needs_rollback = conn.closed_in_transaction = False
        conn.run_commit_hooks_on_set_autocommit_on = False
        conn.savepoint_ids, conn.atomic_blocks, conn.run_on_commit = [], [], []
        conn.autocommit = True
        self.dead = self.cut = False

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.watching:
            return execute(sql, params, many, context)
        if self.dead:
            raise Crash("a dead process cannot run its own clean-up")
        in_transaction = context["connection"].in_atomic_block
        if self.cut and in_transaction:
            raise OperationalError(LOST)
        self.cut = False
        self.counts["statements"] += 1
        self.note(_named(sql[:120]))
        if not in_transaction and self.rng.random() < self.odds.interlude:
            self.interlude()
        self._may_break(sql, "before")
        if self.rng.random() < self.odds.locked and (in_transaction or sql.startswith("BEGIN")):
            self.counts["locked"] += 1
            raise OperationalError(LOCKED)
        done = execute(sql, params, many, context)
        if not in_transaction:
            self._may_break(sql, "after")
        return done

    def _may_break(self, sql: str, when: str) -> None:
        chance = self.rng.random()
        if chance < self.odds.crash:
            self.die(f"{when} {sql[:60]}")
        elif chance < self.odds.crash + self.odds.lost:
            self.lose(f"{when} {sql[:60]}")

    def _commit(self, really: Callable[[], None]) -> None:
        """Four things besides success: killed or cut, each before or after it counted."""
        if self.watching:
            return really()
        if self.dead:
            raise Crash("a dead process cannot commit")
        self.counts["commits"] += 1
        self.note("COMMIT")
        if self.rng.random() >= self.odds.commit:
            return really()
        self.counts["unknown_commits"] += 1
        kind = self.rng.choice(("killed before", "lost before", "killed after", "lost after"))
        if kind.endswith("after"):
            really()
        else:
            connections["default"].connection.rollback()
        if kind.startswith("killed"):
            self.die(f"{kind} COMMIT")
        self.note(f"✂ {kind} COMMIT")
        raise OperationalError(LOST)
