"""Gather what arrives while one batch is under way into the next: under load many become one, alone nobody waits.

Whoever finds a leader missing works at once; whoever comes meanwhile is taken along by the next. A batch costs hardly more than
one, so the busier the door, the cheaper each knock.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

AT_MOST = 64
LEADERS = 1  # a second one was measured: no faster, and a third more work for the database
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass
class _Guest(Generic[_Item, _Result]):
    """One caller: what it brought, whom it works for (`party`, should it lead), and what came of its item."""

    item: _Item
    party: "list[_Guest[_Item, _Result]]" = field(default_factory=list)
    called: Event = field(default_factory=Event)
    result: _Result | None = None
    error: BaseException | None = None


class Gatherer(Generic[_Item, _Result]):
    """Runs `work` over batches of one key; the threads of one process meet here."""

    def __init__(self, work: Callable[[list[_Item]], list[_Result]]) -> None:
        self._work = work
        self._lock = Lock()
        self._leading: dict[Hashable, int] = defaultdict(int)
        self._waiting: dict[
            Hashable, list[_Guest[_Item, _Result]]
        ] = {}  # empty unless all leaders are at work

    def ask(self, key: Hashable, item: _Item) -> _Result:
        """What `work` makes of the item; raises what it raised for the item alone."""
        me: _Guest[_Item, _Result] = _Guest(item)
        with self._lock:
            if self._leading[key] < LEADERS:
                self._leading[key] += 1
                me.party = [me]
            else:
                self._waiting.setdefault(key, []).append(me)
        if not me.party:
            me.called.wait()
        if me.party:
            self._lead(key, me.party)
        if me.error is not None:
            raise me.error
        return me.result  # type: ignore[return-value]

    def _lead(self, key: Hashable, party: "list[_Guest[_Item, _Result]]") -> None:
        """Work for the party, then let the first of those who came meanwhile lead the others."""
        try:
            self._serve(party)
        finally:
            with self._lock:
                queue = self._waiting.pop(key, [])
                if queue:
                    queue[0].party = queue[:AT_MOST]
                else:
                    self._leading[key] -= 1
                if len(queue) > AT_MOST:
                    self._waiting[key] = queue[AT_MOST:]
            for guest in [*party, *queue[:1]]:
                guest.called.set()

    def _serve(self, batch: list[_Guest[_Item, _Result]]) -> None:
        """All at once; where that fails, each alone, so that nobody suffers for another."""
        try:
            results = self._work([guest.item for guest in batch])
        except Exception as error:  # noqa: BLE001 (whatever it was, it is raised where it belongs)
            if len(batch) == 1:
                batch[0].error = error
                return
            for guest in batch:
                self._serve([guest])
            return
        for guest, result in zip(batch, results, strict=True):
            guest.result = result
