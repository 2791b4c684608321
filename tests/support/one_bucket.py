"""The one-bucket guard: every statement of a hot path names one bucket, and always the same.

What passes here was run single-shard by a real sharded database (`docs/scale.md`); so no such
database is needed to keep it so.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

from canbao.records.fields import Bucketed

_HOLE = re.compile(r"%s")
_INSERT = re.compile(r"INSERT\s+INTO\s+\S+\s*\(([^)]*)\)", re.IGNORECASE)
_BUCKET_HOLE = re.compile(
    r"""\bbucket"?\s*(?:=\s*ANY\(\s*|=\s*|IN\s*\(\s*SELECT\s+value\s+FROM\s+json_each\(\s*|IN\s*\(\s*)%s""",
    re.IGNORECASE,
)


class ManyBuckets(AssertionError):
    """A statement that a sharded database would send to more than one shard."""


@contextmanager
def one_bucket() -> Iterator[set[int]]:
    """Fail on any statement over a resident's table that does not name one bucket; yields those seen."""
    tables = [
        m._meta.db_table for m in apps.get_app_config("records").get_models() if issubclass(m, Bucketed)
    ]
    owned = re.compile(r'\b(?:FROM|JOIN|UPDATE|INTO)\s+"?(' + "|".join(tables) + r')"?\b', re.IGNORECASE)
    seen: set[int] = set()

    def guard(execute, sql, params, many, context):
        if owned.search(sql):
            named = _buckets(sql, params or ())
            if len(named) != 1:
                raise ManyBuckets(f"{sorted(named)} in: {sql}")
            seen.update(named)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield seen
    if len(seen) != 1:
        raise ManyBuckets(f"this path touched {sorted(seen)}")


def _buckets(sql: str, params) -> set[int]:
    found: set[int] = set()
    for match in _BUCKET_HOLE.finditer(sql):
        place = len(_HOLE.findall(sql[: match.end() - 2]))
        found |= _values(params[place])
    for match in _INSERT.finditer(sql):
        found |= _inserted(sql, params, match)
    return found


def _values(value) -> set[int]:
    if isinstance(value, str):
        value = json.loads(value)
    return set(value) if isinstance(value, list | tuple) else {value}


def _inserted(sql: str, params, insert: re.Match[str]) -> set[int]:
    """The bucket column of an INSERT, alone or one of several: of our set inserts, or of the ORM's VALUES."""
    names = [name.strip().strip('"') for name in insert.group(1).split(",")]
    place, first = names.index("bucket"), len(_HOLE.findall(sql[: insert.start()]))
    if "json_each" in sql:
        return {row[place] for row in json.loads(params[first])}
    if "unnest" in sql.lower():
        return set(map(int, params[first + place].strip("{}").split(",")))
    return {params[n] for n in range(place, len(params), len(names))}
