"""The small door to set statements: columns of values go in as one relation, on either engine.

PostgreSQL reads the columns from `unnest` of arrays, SQLite from one JSON text. What stands around
the relation is the same SQL. Every statement also names its buckets, so a sharded database can
route it and the one-bucket guard can count them (`docs/scale.md`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from django.db import connection

Kind = Literal["int", "text", "date", "instant", "json", "bool"]
Row = dict[str, Any]
Statement = tuple[str, list[Any]]
_JSON = json.JSONEncoder(ensure_ascii=False)
_PG = {
    "int": "bigint",
    "text": "text",
    "date": "date",
    "instant": "timestamptz",
    "json": "text",
    "bool": "boolean",
}
_PG_TEXT: Mapping[Kind, Callable[[Any], str]] = {
    "json": _JSON.encode,
    "date": date.isoformat,
    "instant": datetime.isoformat,
    "bool": str,
}


@dataclass(frozen=True)
class Column:
    """One column of a relation: what kind of values, and the values, one a row."""

    kind: Kind
    values: Sequence[Any]


Columns = Mapping[str, Column]


def on_postgres() -> bool:
    """Whether the present connection speaks PostgreSQL."""
    return connection.vendor == "postgresql"


def relation(columns: Columns, alias: str = "t") -> tuple[str, list[Any]]:
    """`(SELECT … FROM …) AS alias` over the columns, and its parameters."""
    return _pg_relation(columns, alias) if on_postgres() else _sqlite_relation(columns, alias)


def in_buckets(buckets: Sequence[int], owner: str) -> tuple[str, list[Any]]:
    """`owner.bucket = ANY(…)` in the engine's words, for the distinct buckets."""
    distinct = sorted(set(buckets))
    if on_postgres():
        return f"{owner}.bucket = ANY(%s)", [distinct]
    return f"{owner}.bucket IN (SELECT value FROM json_each(%s))", [json.dumps(distinct)]


def fetch(sql: str, params: Sequence[Any]) -> list[Row]:
    """Run one statement and return its rows by column name, dates and instants as Python values."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def fetch_tuples(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows as the driver gives them: for reading by the ten thousand."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def together(statements: Sequence[Statement]) -> list[list[Row]]:
    """Run changes of different rows, each with RETURNING, as one statement where the engine can, else in turn.

    Numbers and texts come back as such; where PostgreSQL runs them as one, days and instants come back as text.
    """
    if len(statements) < 2 or not on_postgres():
        return [fetch(*statement) for statement in statements]
    parts = ", ".join(f"p{n} AS ({sql})" for n, (sql, _) in enumerate(statements))
    rows = " UNION ALL ".join(f"SELECT {n}, to_jsonb(p{n}) FROM p{n}" for n in range(len(statements)))
    params = [param for _, some in statements for param in some]
    came: list[list[Row]] = [[] for _ in statements]
    for n, row in fetch_tuples(f"WITH {parts} {rows}", params):
        came[n].append(as_json(row))
    return came


def insert(table: str, columns: Columns, tail: str = "") -> list[Row]:
    """One INSERT … SELECT for all rows. `tail` is ON CONFLICT … and RETURNING …, written by the caller.

    Raises:
        IntegrityError: a constraint of the table forbids one of the rows; none is inserted.
    """
    return fetch(*insertion(table, columns, tail)) if has_rows(columns) else []


def has_rows(columns: Columns) -> bool:
    """Whether there is anything in these columns."""
    return bool(columns) and bool(next(iter(columns.values())).values)


def insertion(table: str, columns: Columns, tail: str = "") -> Statement:
    """The statement of `insert`, not run yet."""
    source, params = relation(columns)
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(picked(name, column) for name, column in columns.items())
    # WHERE TRUE: without it SQLite reads ON CONFLICT as a join condition.
    return f'INSERT INTO "{table}" ({names}) SELECT {values} FROM {source} WHERE TRUE {tail}', params


def as_date(value: Any) -> date | None:
    """A date as read by raw SQL: SQLite hands back text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def as_instant(value: Any) -> datetime | None:
    """An instant as read by raw SQL: SQLite hands back naive text in UTC, or a naive instant."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def as_json(value: Any) -> Any:
    """A JSON column as read by raw SQL: both engines may hand back text."""
    return json.loads(value) if isinstance(value, str) else value


def picked(name: str, column: Column, alias: str = "t") -> str:
    """How a column of a relation is named where it is inserted."""
    return f'{alias}."{name}"::jsonb' if on_postgres() and column.kind == "json" else f'{alias}."{name}"'


def qualified(columns: str) -> str:
    """The columns of RETURNING after UPDATE … AS r FROM: PostgreSQL would find a name in the relation too, SQLite
    refuses an alias there.
    """
    return ", ".join(f"r.{name}" for name in columns.split(", ")) if on_postgres() else columns


def _pg_relation(columns: Columns, alias: str) -> tuple[str, list[Any]]:
    arrays = ", ".join(f"%s::{_PG[column.kind]}[]" for column in columns.values())
    names = ", ".join(f'"{name}"' for name in columns)
    return f"unnest({arrays}) AS {alias}({names})", [_pg_array(column) for column in columns.values()]


def _pg_array(column: Column) -> str:
    """The column as PostgreSQL writes an array. The driver's own way looks at each element with a pattern,
    which was a third of the time of settling.
    """
    if column.kind == "int":
        return "{" + ",".join("NULL" if value is None else str(value) for value in column.values) + "}"
    written = ["NULL" if value is None else _pg_quoted(column.kind, value) for value in column.values]
    return "{" + ",".join(written) + "}"


def _pg_quoted(kind: Kind, value: Any) -> str:
    text = _PG_TEXT[kind](value) if kind in _PG_TEXT else value
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _sqlite_relation(columns: Columns, alias: str) -> tuple[str, list[Any]]:
    picked = ", ".join(f'value ->> {place} AS "{name}"' for place, name in enumerate(columns))
    rows = zip(*([_sqlite_value(c.kind, v) for v in c.values] for c in columns.values()), strict=True)
    return f"(SELECT {picked} FROM json_each(%s)) AS {alias}", [json.dumps(list(rows), ensure_ascii=False)]


def _sqlite_value(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind == "instant":
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")  # as the ORM writes it
    if kind == "date":
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if kind == "json" else value
