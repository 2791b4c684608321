"""The real source of serial numbers: one counter row a kind, taken in blocks of 1,000 a process.

A crash loses the rest of a block and never hands out a number twice.
"""

from collections import defaultdict
from collections.abc import Mapping
from threading import Lock

from django.db import connection, transaction

BLOCK = 1_000


class CounterSerials:
    """Serials from the `id_counter` table; safe for the threads of one process."""

    def __init__(self) -> None:
        self._spare: dict[str, list[range]] = defaultdict(list)
        self._lock = Lock()

    def warm(self, wanted: Mapping[str, int]) -> None:
        """Fetch what a transaction is about to use, before it begins: the counter row is a hot row."""
        for kind, how_many in wanted.items():
            missing = how_many - sum(len(block) for block in self._spare[kind])
            if missing > 0:
                self._keep(kind, _fetch_block(kind, max(BLOCK, missing)))

    def take(self, kind: str, how_many: int) -> list[int]:
        """The next `how_many` unused serials of a kind."""
        taken = self._take_spare(kind, how_many)
        if len(taken) < how_many:
            missing = how_many - len(taken)
            block = _fetch_block(kind, max(BLOCK, missing))
            taken.extend(block[:missing])
            # Inside a transaction the counter may yet roll back: the rest is ours only at its commit.
            transaction.on_commit(lambda: self._keep(kind, block[missing:]))
        return taken

    def _take_spare(self, kind: str, how_many: int) -> list[int]:
        taken: list[int] = []
        with self._lock:
            blocks = self._spare[kind]
            while blocks and len(taken) < how_many:
                block = blocks.pop()
                cut = min(len(block), how_many - len(taken))
                taken.extend(block[:cut])
                if cut < len(block):
                    blocks.append(block[cut:])
        return taken

    def _keep(self, kind: str, block: range) -> None:
        with self._lock:
            if len(block):
                self._spare[kind].append(block)


def _fetch_block(kind: str, size: int) -> range:
    sql = (
        "INSERT INTO id_counter (kind, next_serial) VALUES (%s, %s) "
        "ON CONFLICT (kind) DO UPDATE SET next_serial = id_counter.next_serial + %s RETURNING next_serial"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [kind, size + 1, size])
        end = int(cursor.fetchone()[0])
    return range(end - size, end)


def jump_ahead(by: int) -> int:
    """Leave out so many serials of every kind. Returns how many kinds there are.

    After a restore to an earlier moment the counters stand where they stood then, while the numbers given out
    since are known to channels and residents: none of them may be given to another order.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE id_counter SET next_serial = next_serial + %s", [by])
        return int(cursor.rowcount)
