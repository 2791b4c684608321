"""身份标识: mark people as belonging to assisted groups, and end marks, in sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.moves import Journal
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Marking:
    """One person, one group, from when until when (None: no end), from which department's roster (CZ-08)."""

    person_id: int
    group: str
    acquired_date: date
    source_department: str
    push_accepted_date: date | None = None
    ended_date: date | None = None


def mark(env: Env, markings: Sequence[Marking]) -> int:
    """Mark people; the same marking again changes nothing. Returns how many marks are new or now have an end."""
    env.serials.warm({"identity_mark": len(markings), "event": len(markings)})

    def work() -> int:
        journal = env.journal()
        made = put_marks(env, journal, markings)
        journal.write()
        return made

    return in_one_transaction(work)


def put_marks(env: Env, journal: Journal, markings: Sequence[Marking]) -> int:
    """`mark` within the caller's transaction. A mark that has an end already keeps it."""
    markings = list({(row.person_id, row.group, row.acquired_date): row for row in markings}.values())
    buckets = [bucket_of(row.person_id) for row in markings]
    ids = env.new_ids("identity_mark", buckets)
    made = sets.insert(
        "identity_mark",
        {
            "id": Column("int", ids),
            "bucket": Column("int", buckets),
            "person_id": Column("int", [row.person_id for row in markings]),
            "group": Column("text", [row.group for row in markings]),
            "acquired_date": Column("date", [row.acquired_date for row in markings]),
            "ended_date": Column("date", [row.ended_date for row in markings]),
            "source_department": Column("text", [row.source_department for row in markings]),
            "push_accepted_date": Column("date", [row.push_accepted_date for row in markings]),
            "created_at": Column("instant", [env.now] * len(markings)),
        },
        'ON CONFLICT (bucket, person_id, "group", acquired_date) DO UPDATE SET ended_date = excluded.ended_date '
        "WHERE identity_mark.ended_date IS NULL AND excluded.ended_date IS NOT NULL RETURNING id",
    )
    fresh = set(ids)
    for row in made:
        journal.note("identity_mark", row["id"], "IdentityMarked" if row["id"] in fresh else "IdentityEnded")
    return len(made)
