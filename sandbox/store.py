"""One SQLite file: what the sandbox remembers over a restart."""

import sqlite3
from pathlib import Path
from typing import Any

DELIVERIES = """
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY,
    twin TEXT NOT NULL,
    about TEXT NOT NULL,
    url TEXT NOT NULL,
    body BLOB NOT NULL,
    manner TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'delivered', 'given_up', 'lost')),
    attempts INTEGER NOT NULL DEFAULT 0,
    attempts_allowed INTEGER NOT NULL,
    due_at REAL NOT NULL,
    made_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, due_at);
CREATE TABLE IF NOT EXISTS answer (
    id INTEGER PRIMARY KEY,
    delivery_id INTEGER NOT NULL REFERENCES delivery (id),
    sent_at REAL NOT NULL,
    took_ms INTEGER NOT NULL,
    status INTEGER,
    text TEXT NOT NULL
);
"""


class Store:
    """A thin hand on one connection. Used from one event loop only, so a call is never interleaved."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;" + DELIVERIES)

    def build(self, script: str) -> None:
        """Create a twin's own tables where they are absent."""
        self._db.executescript(script)

    def run(self, sql: str, *values: Any) -> int:
        """Change rows; return how many were changed."""
        return self._db.execute(sql, values).rowcount

    def add(self, table: str, **columns: Any) -> int:
        """Insert one row; return its rowid. Raises sqlite3.IntegrityError where the key is taken."""
        marks = ", ".join("?" for _ in columns)
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        return int(self._db.execute(sql, tuple(columns.values())).lastrowid or 0)

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row or None."""
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Every row."""
        return self._db.execute(sql, values).fetchall()

    def close(self) -> None:
        """Give the file back."""
        self._db.close()
