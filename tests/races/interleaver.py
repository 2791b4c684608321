"""Step sessions statement by statement: one thread and one connection an actor, one baton, a seeded scheduler.

At every statement and COMMIT an actor hands the baton back; the scheduler picks who goes on. Who does
not come back because the server makes it wait for a lock is parked, and the others go on.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
from django.db import connection, connections

PATIENCE_S = 8
LOOK_AGAIN_S = 0.004
_BLOCKED = "SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s) AND cardinality(pg_blocking_pids(pid)) > 0"


@dataclass
class Actor:
    """One session. `go`: it may run one step; `back`: it has handed the baton back, or is done."""

    name: str
    work: Callable[[], Any]
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    back: threading.Event = field(default_factory=threading.Event)
    pid: int = 0
    is_done: bool = False
    result: Any = None
    at: str = "begin"

    def run(self) -> None:
        """The thread's body."""
        conn = connections["default"]
        conn.ensure_connection()
        self.pid = conn.connection.info.backend_pid
        conn.execute_wrappers.append(self._statement)
        conn.__dict__["_commit"] = lambda: self._commit(conn)
        self._hand_back("begin")
        try:
            self.result = self.work()
        except Exception as error:  # noqa: BLE001 (how it ended is what the test asks)
            self.result = error
        finally:
            self.is_done = True
            connections.close_all()
            self.back.set()

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._hand_back("savepoint" if "SAVEPOINT" in sql else sql[:80])
        return execute(sql, params, many, context)

    def _commit(self, conn: Any) -> None:
        self._hand_back("COMMIT")
        type(conn)._commit(conn)

    def _hand_back(self, at: str) -> None:
        self.at = at
        self.back.set()
        self.go.acquire()


@dataclass
class Played:
    """What came of one schedule: results by actor, how many steps and lock waits, and the schedule's hash."""

    results: dict[str, Any]
    steps: int
    waits: int
    trace: str


def interleave(seed: int, works: Sequence[tuple[str, Callable[[], Any]]]) -> Played:
    """Run all works, one step at a time in an order drawn from the seed."""
    rng = Random(f"interleave {seed}")
    actors = [Actor(name, work) for name, work in works]
    threads = [threading.Thread(target=actor.run, daemon=True) for actor in actors]
    trace = hashlib.sha256()
    steps = waits = 0
    parked: list[Actor] = []
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as watcher:
        try:
            for actor, thread in zip(actors, threads, strict=True):
                thread.start()
                assert actor.back.wait(PATIENCE_S), actor.name
            while waiting := [actor for actor in actors if not actor.is_done and actor not in parked]:
                actor = rng.choice(waiting)
                trace.update(f"{actor.name}: {actor.at}\n".encode())
                steps += 1
                actor.back.clear()
                actor.go.release()
                if not _returns(watcher, actor):
                    parked.append(actor)
                    waits += 1
                    trace.update(f"{actor.name} waits\n".encode())
                _unpark(watcher, actors, parked)
        finally:
            for actor in actors:
                if not actor.is_done:  # a schedule that went wrong leaves no session behind
                    watcher.execute("SELECT pg_terminate_backend(%s)", [actor.pid])
                    actor.go.release(10_000)
    for thread in threads:
        thread.join(PATIENCE_S)
    return Played({actor.name: actor.result for actor in actors}, steps, waits, trace.hexdigest())


def _returns(watcher: Any, actor: Actor) -> bool:
    """Whether the actor comes back. False: the server lets it wait for somebody else's lock."""
    for _ in range(int(PATIENCE_S / LOOK_AGAIN_S)):
        if actor.back.wait(LOOK_AGAIN_S):
            return True
        if watcher.execute(_BLOCKED, [[actor.pid]]).fetchone() and not actor.back.is_set():
            return False
    raise AssertionError(f"{actor.name} neither returns nor waits for a lock: {actor.at}")


def _unpark(watcher: Any, actors: list[Actor], parked: list[Actor]) -> None:
    """Take back those whose lock was released; if all are parked, the server must break the deadlock."""
    for _ in range(int(PATIENCE_S / LOOK_AGAIN_S)):
        blocked = (
            {row[0] for row in watcher.execute(_BLOCKED, [[actor.pid for actor in parked]])}
            if parked
            else set()
        )
        for actor in [one for one in parked if one.pid not in blocked or one.back.is_set()]:
            if _returns(watcher, actor):  # else it waits for the next lock already
                parked.remove(actor)
        if not parked or any(not one.is_done and one not in parked for one in actors):
            return
        threading.Event().wait(LOOK_AGAIN_S)
    raise AssertionError("nobody can go on")
