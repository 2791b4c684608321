"""Gather what arrives while one batch is under way into the next: under load many become one, alone nobody waits.

Whoever comes first works at once; whoever comes meanwhile is taken along by the next. A batch costs hardly more than
one, so the busier the door, the cheaper each knock.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

AT_MOST = 64
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass
class _Guest(Generic[_Item, _Result]):
    """One caller: what it brought, and what came of it."""

    item: _Item
    called: Event = field(default_factory=Event)
    result: _Result | None = None
    error: BaseException | None = None
    is_done: bool = False


class Gatherer(Generic[_Item, _Result]):
    """Runs `work` over batches of one key; the threads of one process meet here."""

    def __init__(self, work: Callable[[list[_Item]], list[_Result]]) -> None:
        self._work = work
        self._lock = Lock()
        self._busy: set[Hashable] = set()
        self._waiting: dict[Hashable, list[_Guest[_Item, _Result]]] = {}

    def ask(self, key: Hashable, item: _Item) -> _Result:
        """What `work` makes of the item; raises what it raised for the item alone."""
        me: _Guest[_Item, _Result] = _Guest(item)
        with self._lock:
            self._waiting.setdefault(key, []).append(me)
            must_wait = key in self._busy
            self._busy.add(key)
        if must_wait:
            me.called.wait()
        if not me.is_done:
            self._lead(key)
        if me.error is not None:
            raise me.error
        return me.result  # type: ignore[return-value]

    def _lead(self, key: Hashable) -> None:
        """Work for everybody who waits, then let the first of those who came meanwhile lead."""
        with self._lock:
            queue = self._waiting[key]
            batch, self._waiting[key] = queue[:AT_MOST], queue[AT_MOST:]
        try:
            self._serve(batch)
        finally:
            with self._lock:
                later = self._waiting[key]
                if not later:
                    del self._waiting[key]
                    self._busy.discard(key)
            for guest in batch:
                guest.called.set()
            if later:
                later[0].called.set()

    def _serve(self, batch: list[_Guest[_Item, _Result]]) -> None:
        """All at once; where that fails, each alone, so that nobody suffers for another."""
        try:
            results = self._work([guest.item for guest in batch])
        except Exception as error:  # noqa: BLE001 (whatever it was, it is raised where it belongs)
            if len(batch) == 1:
                batch[0].error, batch[0].is_done = error, True
                return
            for guest in batch:
                self._serve([guest])
            return
        for guest, result in zip(batch, results, strict=True):
            guest.result, guest.is_done = result, True
