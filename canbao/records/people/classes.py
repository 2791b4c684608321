"""人员类别: changed in sets, and only where it still is what the change was made for."""

from collections.abc import Sequence

from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.moves import Journal
from canbao.records.sets import Column


def change_classes(journal: Journal, changes: Sequence[tuple[int, str, str]], because: str) -> int:
    """Change the class of active enrolments, given as (enrolment id, from, to). Returns how many changed."""
    if not changes:
        return 0
    buckets = [bucket_of(id_) for id_, _, _ in changes]
    source, params = sets.relation(
        {
            "b": Column("int", buckets),
            "i": Column("int", [id_ for id_, _, _ in changes]),
            "old": Column("text", [old for _, old, _ in changes]),
            "new": Column("text", [new for _, _, new in changes]),
        }
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    back = "r.id" if sets.on_postgres() else "id"
    rows = sets.fetch(
        f"UPDATE enrolment AS r SET person_class = t.new FROM {source} WHERE r.bucket = t.b AND r.id = t.i "
        f"AND r.person_class = t.old AND r.state = 'active' AND {routed} RETURNING {back}",
        [*params, *routed_params],
    )
    told = {id_: {"from": old, "to": new, "because": because} for id_, old, new in changes}
    for row in rows:
        journal.note("enrolment", row["id"], "ClassChanged", told[row["id"]])
    return len(rows)
