"""类别 and 参保地: columns of active enrolments, changed in sets, each only where it still is what the change was made for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.moves import Journal
from canbao.records.people.changes.told import Ground, told
from canbao.records.sets import Column

Changing = Literal["person_class", "area_code", "registered_by"]
EVENTS: dict[Changing, str] = {
    "person_class": "ClassChanged",
    "area_code": "PlaceChanged",
    "registered_by": "RegistrarChanged",
}


@dataclass(frozen=True)
class Rewrite:
    """One column of one enrolment, from what to what, on which ground."""

    enrolment_id: int
    old: str | None
    new: str
    ground: Ground


def rewrite(journal: Journal, column: Changing, changes: Sequence[Rewrite]) -> set[int]:
    """Change one column of active enrolments. Returns the ids that changed."""
    if not changes:
        return set()
    buckets = [bucket_of(one.enrolment_id) for one in changes]
    source, params = sets.relation(
        {
            "b": Column("int", buckets),
            "i": Column("int", [one.enrolment_id for one in changes]),
            "old": Column("text", [one.old for one in changes]),
            "new": Column("text", [one.new for one in changes]),
        }
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    back = "r.id" if sets.on_postgres() else "id"
    rows = sets.fetch(
        f"UPDATE enrolment AS r SET {column} = t.new FROM {source} WHERE r.bucket = t.b AND r.id = t.i "
        f"AND r.{column} IS NOT DISTINCT FROM t.old AND r.state = 'active' AND {routed} RETURNING {back}",
        [*params, *routed_params],
    )
    changed = {row["id"] for row in rows}
    for one in changes:
        if one.enrolment_id in changed:
            details = told({column: one.new}, {column: one.old}, one.ground)
            journal.note("enrolment", one.enrolment_id, EVENTS[column], details)
    return changed
