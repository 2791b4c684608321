"""A roster's rows: into the table, out of it in the file's order, against the register, and what became of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from canbao.basics.genes import BUCKETS, bucket_of
from canbao.records import sets
from canbao.records.models import RosterLine
from canbao.records.sets import Column

AT_ONCE = 10_000
_KINDS: dict[str, sets.Kind] = {
    "id": "int", "bucket": "int", "roster_id": "int", "row_no": "int", "name": "text", "blind_index": "text",
    "group_text": "text", "begin_date": "date", "end_date": "date", "birth_date": "date", "fault": "text",
}  # fmt: skip


class NewLine(NamedTuple):
    """A row on its way in; `bucket` 0 where the number cannot be read."""

    bucket: int
    row_no: int
    name: str
    blind_index: str | None
    group_text: str
    begin_date: date | None
    end_date: date | None
    birth_date: date | None
    fault: str | None


class LineRow(NamedTuple):
    """A row as it is judged."""

    id: int
    row_no: int
    name: str
    blind_index: str | None
    group_text: str
    begin_date: date | None
    end_date: date | None
    birth_date: date | None
    fault: str | None


class Holder(NamedTuple):
    """Whom a number leads to, where they are enrolled, and who registered them there."""

    person_id: int
    name: str
    area_code: str | None
    enrolment_id: int | None
    registered_by: str | None
    has_died: bool


def load_lines(roster_id: int, lines: Iterable[NewLine], take: Callable[[int], list[int]]) -> int:
    """Put the rows of one roster in, in the caller's transaction; memory stays flat. Returns how many.

    `take` hands out so many serials.
    """
    put = _copy if sets.on_postgres() else _insert
    stream, count = iter(lines), 0
    while chunk := list(islice(stream, AT_ONCE)):
        rows = [
            (serial * BUCKETS + line.bucket, line.bucket, roster_id, *line[1:])
            for serial, line in zip(take(len(chunk)), chunk, strict=True)
        ]
        put(rows)
        count += len(rows)
    return count


def _copy(rows: Sequence[tuple[Any, ...]]) -> None:
    sql = f"COPY assistance_roster_line ({', '.join(_KINDS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


def _insert(rows: Sequence[tuple[Any, ...]]) -> None:
    columns = zip(*rows, strict=True)
    sets.insert(
        "assistance_roster_line",
        {name: Column(kind, column) for (name, kind), column in zip(_KINDS.items(), columns, strict=True)},
    )


def lines_after(
    roster_id: int, row_no: int, how_many: int, open_outcomes: Sequence[str] | None = None
) -> list[LineRow]:
    """The next rows in the file's order. `open_outcomes`: only rows not decided yet, or so far come to one of these."""
    rows = RosterLine.objects.filter(roster_id=roster_id, row_no__gt=row_no)
    if open_outcomes is not None:
        rows = rows.filter(Q(outcome=None) | Q(outcome__in=open_outcomes))
    return [LineRow._make(row) for row in rows.order_by("row_no").values_list(*LineRow._fields)[:how_many]]


def holders(id_type: str, lines: Sequence[LineRow]) -> dict[str, Holder]:
    """Who holds the numbers of these rows, by blind index: two statements, whatever their number."""
    found = _people_of(id_type, lines)
    if not found:
        return {}
    by_id = _people(list(found.values()))
    return {index: by_id[id_] for index, id_ in found.items() if id_ in by_id}


def holder_of(person_id: int) -> Holder | None:
    """One person as a holder of whatever number."""
    return _people([person_id]).get(person_id)


def _people(ids: Sequence[int]) -> dict[int, Holder]:
    people, params = sets.relation(
        {"b": Column("int", [bucket_of(id_) for id_ in ids]), "i": Column("int", ids)}
    )
    routed, routed_params = sets.in_buckets([bucket_of(id_) for id_ in ids], "p")
    rows = sets.fetch_tuples(
        "SELECT p.id, p.name, e.area_code, CASE WHEN e.insurance_type = '390' THEN e.id END, e.registered_by, "
        f"p.died_date IS NOT NULL FROM {people} JOIN person p ON p.bucket = t.b AND p.id = t.i "
        "LEFT JOIN enrolment e ON e.bucket = p.bucket AND e.person_id = p.id AND e.active_slot = 1 "
        f"WHERE {routed}",
        [*params, *routed_params],
    )
    return {row[0]: Holder(*row) for row in rows}


def _people_of(id_type: str, lines: Sequence[LineRow]) -> dict[str, int]:
    known = [(bucket_of(line.id), line.blind_index) for line in lines if line.blind_index]
    if not known:
        return {}
    source, params = sets.relation(
        {"b": Column("int", [b for b, _ in known]), "x": Column("text", [x for _, x in known])}
    )
    routed, routed_params = sets.in_buckets([b for b, _ in known], "r")
    rows = sets.fetch_tuples(
        f"SELECT r.blind_index, r.person_id FROM {source} CROSS JOIN identifier r WHERE r.bucket = t.b "
        f"AND r.blind_index = t.x AND r.id_type = %s AND {routed}",
        [*params, id_type, *routed_params],
    )
    return dict(rows)


def same_numbers(roster_id: int, lines: Sequence[LineRow]) -> list[tuple[int, str, str]]:
    """Usable rows of the roster that bear the numbers of these ones: row number, blind index, the group's words."""
    known = [(bucket_of(line.id), line.blind_index) for line in lines if line.blind_index]
    if not known:
        return []
    source, params = sets.relation(
        {"b": Column("int", [b for b, _ in known]), "x": Column("text", [x for _, x in known])}
    )
    routed, routed_params = sets.in_buckets([b for b, _ in known], "r")
    return sets.fetch_tuples(
        "SELECT DISTINCT r.row_no, r.blind_index, r.group_text FROM "
        f"{source} CROSS JOIN assistance_roster_line r WHERE r.bucket = t.b AND r.blind_index = t.x "
        f"AND r.roster_id = %s AND r.fault IS NULL AND {routed}",
        [*params, roster_id, *routed_params],
    )


def decide_lines(rows: Sequence[tuple[int, str, int | None, bool]]) -> set[int]:
    """Write down what became of rows: id, outcome, person, whether the person is to be assessed anew.

    A row that another hand has put a person to stays as it is, and is not among the result.
    """
    if not rows:
        return set()
    ids = [row[0] for row in rows]
    source, params = sets.relation(
        {
            "b": Column("int", [bucket_of(id_) for id_ in ids]),
            "i": Column("int", ids),
            "o": Column("text", [row[1] for row in rows]),
            "p": Column("int", [row[2] for row in rows]),
            "a": Column("int", [1 if row[3] else None for row in rows]),
        }
    )
    routed, routed_params = sets.in_buckets([bucket_of(id_) for id_ in ids], "r")
    back = "r.id" if sets.on_postgres() else "id"
    decided = sets.fetch_tuples(
        "UPDATE assistance_roster_line AS r SET outcome = t.o, person_id = t.p, assess_slot = t.a "
        f"FROM {source} WHERE r.bucket = t.b AND r.id = t.i AND r.person_id IS NULL AND {routed} RETURNING {back}",
        [*params, *routed_params],
    )
    return {row[0] for row in decided}


def to_assess(roster_id: int, row_no: int, how_many: int) -> list[tuple[int, int, int]]:
    """The next rows whose person waits to be assessed anew: row number, line id, person id."""
    rows = RosterLine.objects.filter(roster_id=roster_id, assess_slot=1, row_no__gt=row_no).order_by("row_no")
    return list(rows.values_list("row_no", "id", "person_id")[:how_many])  # type: ignore[arg-type]


def assessed(line_ids: Sequence[int]) -> None:
    """These rows wait no longer."""
    RosterLine.objects.filter(id__in=line_ids).update(assess_slot=None)


def count_outcomes(roster_id: int) -> dict[str, int]:
    """How many rows came to what."""
    rows = sets.fetch(
        "SELECT outcome, count(*) AS n FROM assistance_roster_line "
        "WHERE roster_id = %s AND outcome IS NOT NULL GROUP BY outcome",
        [roster_id],
    )
    return {row["outcome"]: row["n"] for row in rows}


def outcomes_by_row(roster_id: int, outcomes: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The rows that came to one of these, in the file's order."""
    rows = RosterLine.objects.filter(roster_id=roster_id, outcome__in=outcomes).order_by("row_no")
    yield from rows.values_list("row_no", "outcome").iterator(chunk_size=AT_ONCE)  # type: ignore[misc]
