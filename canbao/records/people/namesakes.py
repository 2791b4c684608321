"""Whom a name and a birthday may mean: for rows whose number leads to nobody."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from canbao.records import sets
from canbao.records.sets import Column


class Namesake(NamedTuple):
    """Somebody of this name and birthday, and where they are enrolled now."""

    name: str
    birth_date: date
    person_id: int
    area_code: str | None
    number_sealed: bytes


def namesakes(wanted: Sequence[tuple[str, date]]) -> list[Namesake]:
    """Everybody of these names and birthdays, in every bucket: the one look-up that no number routes."""
    if not wanted:
        return []
    distinct = sorted(set(wanted), key=lambda pair: (pair[1], pair[0]))
    source, params = sets.relation(
        {
            "n": Column("text", [name for name, _ in distinct]),
            "d": Column("date", [day for _, day in distinct]),
        }
    )
    rows = sets.fetch_tuples(
        f"SELECT p.name, p.birth_date, p.id, e.area_code, p.number_sealed FROM {source} "
        "CROSS JOIN person p LEFT JOIN enrolment e ON e.bucket = p.bucket AND e.person_id = p.id "
        "AND e.active_slot = 1 WHERE p.birth_date = t.d AND p.name = t.n AND p.merged_into_id IS NULL ORDER BY p.id",
        params,
    )
    return [
        Namesake(name, day, id_, area, bytes(sealed))
        for name, told, id_, area, sealed in rows
        if (day := sets.as_date(told))
    ]
