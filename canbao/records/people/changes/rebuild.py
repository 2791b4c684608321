"""The present of people, rebuilt from their events: the last `is` of each column is what the column must hold.

One pass over the events of a noun; the same statement judges in `canbao audit` and gives what `write` puts right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.sets import Row


@dataclass(frozen=True)
class Noun:
    """Which columns of a table the events tell, and which of them are days, bytes or numbers."""

    table: str
    columns: tuple[str, ...]
    days: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


NOUNS = {
    "person": Noun(
        "person",
        ("name", "id_type", "number_sealed", "birth_date", "sex", "died_date", "merged_into_id"),
        days=frozenset({"birth_date", "died_date"}),
        hidden=frozenset({"number_sealed"}),
        numbers=frozenset({"merged_into_id"}),
    ),
    "enrolment": Noun(
        "enrolment",
        ("person_id", "area_code", "person_class", "unit_code", "state", "started_date", "ended_date"),
        days=frozenset({"started_date", "ended_date"}),
        numbers=frozenset({"person_id"}),
    ),
    "identifier": Noun(
        "identifier", ("id_type", "blind_index", "person_id"), numbers=frozenset({"person_id"})
    ),
}


def statement(noun: str, ids: Sequence[int] | None = None) -> str:
    """Columns that differ from what the events say: id, key, stored, rebuilt; of these rows alone if wanted. No parameters."""
    what = NOUNS[noun]
    stored = " UNION ALL ".join(
        f"SELECT id, bucket, '{column}' AS key, {_as_text(what, column)} AS value FROM {what.table} "
        f"WHERE {_among('id', ids)}"
        for column in what.columns
    )
    return (
        "SELECT s.id, s.key, coalesce(s.value, '') AS stored, coalesce(t.value, '') AS rebuilt "
        f"FROM ({stored}) s LEFT JOIN ({_told(noun, ids)}) t "
        "ON t.bucket = s.bucket AND t.subject_id = s.id AND t.key = s.key "
        "WHERE coalesce(s.value, '') <> coalesce(t.value, '')"
    )


def differing(noun: str, ids: Sequence[int] | None = None) -> list[Row]:
    """What `statement` finds, in order of id."""
    return sets.fetch(f"SELECT * FROM ({statement(noun, ids)}) d ORDER BY id, key", [])


def write(noun: str, row: Row) -> None:
    """Put one column right. For the rebuild alone: everything else moves by its verb."""
    what, column, text = NOUNS[noun], row["key"], row["rebuilt"]
    value: str | bytes | int | None = text or None
    if text and column in what.hidden:
        value = bytes.fromhex(text)
    if text and column in what.numbers:
        value = int(text)
    changes = f"{column} = %s" + (", active_slot = %s" if column == "state" else "")
    slots = [1 if text == "active" else None] if column == "state" else []
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {what.table} SET {changes} WHERE id = %s AND bucket = %s",
            [value, *slots, row["id"], row["id"] % 10_000],
        )


def _among(column: str, ids: Sequence[int] | None) -> str:
    """A condition that these rows alone meet, with their buckets; or every row."""
    if ids is None:
        return "TRUE"
    numbers, buckets = ", ".join(map(str, [*ids, 0])), ", ".join(str(bucket_of(id_)) for id_ in [*ids, 0])
    return f"bucket IN ({buckets}) AND {column} IN ({numbers})"


def _told(noun: str, ids: Sequence[int] | None) -> str:
    """The last word of the events on each column of each row: bucket, subject_id, key, value."""
    each = (
        "jsonb_each_text(e.details -> 'is') AS i(key, value) ON TRUE"
        if sets.on_postgres()
        else "json_each(e.details, '$.is') i ON TRUE"
    )
    join = "JOIN LATERAL" if sets.on_postgres() else "JOIN"
    return (
        "SELECT bucket, subject_id, key, value FROM (SELECT e.bucket, e.subject_id, i.key, CAST(i.value AS text) AS value, row_number() OVER "
        "(PARTITION BY e.bucket, e.subject_id, i.key ORDER BY e.at DESC, e.id DESC) AS place "
        f"FROM event e {join} {each} WHERE e.subject = '{noun}' "
        f"AND {_among('subject_id', ids)}) l WHERE place = 1"
    )


def _as_text(what: Noun, column: str) -> str:
    if column in what.hidden:
        return f"encode({column}, 'hex')" if sets.on_postgres() else f"lower(hex({column}))"
    return f"CAST({column} AS text)"
