"""What the rows say a state column must be: its events walked to their end, its refunds added up.

Where a state table has no circle, a subject's events lie on one path, so the furthest one is the last,
whatever the clocks said. Where it has one (cover, enrolment) the latest event counts.
"""

from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from django.db import connection

from canbao.basics.states import ALL_TABLES, StateTable
from canbao.records import sets
from canbao.records.moves import TABLES
from canbao.records.sets import Row

_TABLES = {table.noun: table for table in ALL_TABLES}
# Where a row may begin although an edge leads there as well.
_BORN = {
    "break": ("open",),
    "coverage": ("active",),
    "enrolment": ("active",),
    "declaration": ("declared",),
    "feedback": ("waiting",),
    "taking": ("taken",),
}
# Events that do not come from an edge, and the state they leave behind.
_BESIDE = {
    "coverage": {"CoverageTookEffect": "active"},
    "enrolment": {"EnrolmentStarted": "active"},
    "feedback": {"FeedbackTold": "waiting"},
    "declaration": {"Declared": "declared", "DeclaredAndCounts": "verified"},
}
RESERVE = ".refunded_fen"
_RESERVES = {
    f"order_line{RESERVE}": "r.bucket = f.bucket AND r.order_no = f.order_no AND r.line_no = f.line_no",
    f"attempt{RESERVE}": "r.bucket = f.bucket AND r.out_trade_no = f.out_trade_no AND f.line_no IS NULL",
}
NOUNS = (*_TABLES, *_RESERVES)


def differing(noun: str) -> list[Row]:
    """Rows whose column is not what it should be: id, stored, rebuilt. One statement."""
    return _wrong_reserves(noun) if noun in _RESERVES else _wrong_states(_TABLES[noun])


def write(noun: str, id_: int, value: str) -> None:
    """Put one column right. For `rebuild` alone: everything else moves along the state tables."""
    table = TABLES[noun.removesuffix(RESERVE)]
    column, wanted = ("refunded_fen", int(value)) if noun in _RESERVES else ("state", value)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE id = %s AND bucket = %s", [wanted, id_, id_ % 10_000]
        )


def _wrong_states(table: StateTable) -> list[Row]:
    names = {event: new for (_, new), event in table.edges.items()} | _BESIDE.get(table.noun, {})
    ranks = _ranks(table.noun)
    if ranks is None:
        last = (
            "SELECT bucket, subject_id, name, row_number() OVER "
            "(PARTITION BY bucket, subject_id ORDER BY at DESC, id DESC) AS place FROM event WHERE subject = %s "
            f"AND name IN ({_list(sorted(names))})"  # other events of the row say nothing about its state
        )
        reached = (
            f"SELECT bucket, subject_id, {_case('name', names)} AS state FROM ({last}) l WHERE place = 1"
        )
    else:
        furthest = _case("name", {event: ranks[new] for event, new in names.items()})
        reached = (
            f"SELECT bucket, subject_id, {_case('max(' + furthest + ')', {n: s for s, n in ranks.items()})} AS state "
            "FROM event WHERE subject = %s GROUP BY bucket, subject_id"
        )
    born = sorted(_first_states(table))
    return sets.fetch(
        f"SELECT r.id, r.state AS stored, coalesce(e.state, '{born[0]}') AS rebuilt FROM {TABLES[table.noun]} r "
        f"LEFT JOIN ({reached}) e ON e.bucket = r.bucket AND e.subject_id = r.id "
        f"WHERE (e.state IS NULL AND r.state NOT IN ({_list(born)})) OR e.state <> r.state ORDER BY r.id",
        [table.noun],
    )


def _wrong_reserves(noun: str) -> list[Row]:
    owner = TABLES[noun.removesuffix(RESERVE)]
    return sets.fetch(
        f"SELECT id, stored, rebuilt FROM (SELECT r.id AS id, r.refunded_fen AS stored, "
        f"(SELECT CAST(coalesce(sum(f.amount_fen), 0) AS BIGINT) FROM refund f "
        f"WHERE {_RESERVES[noun]} AND f.state <> 'refused') AS rebuilt FROM {owner} r) s "
        "WHERE stored <> rebuilt ORDER BY id",
        [],
    )


@lru_cache
def _ranks(noun: str) -> dict[str, int] | None:
    """The states in an order in which every edge leads forward; None where the table has a circle."""
    graph = TopologicalSorter[str]()
    for old, new in sorted(_TABLES[noun].edges):
        graph.add(new, old)
    try:
        return {state: place for place, state in enumerate(graph.static_order())}
    except CycleError:
        return None


def _first_states(table: StateTable) -> set[str]:
    """Where a row may stand that has no event of a move."""
    reached = {new for _, new in table.edges}
    return (set(table.states) - reached) | set(_BORN.get(table.noun, ()))


def _case(of: str, values: dict[str, str] | dict[str, int] | dict[int, str]) -> str:
    arms = " ".join(f"WHEN {_literal(key)} THEN {_literal(value)}" for key, value in values.items())
    return f"CASE {of} {arms} END"


def _list(words: list[str]) -> str:
    return ", ".join(map(_literal, words))


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"  # words of our own state tables
