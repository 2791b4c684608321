"""身份标识: mark people as belonging to assisted groups, in sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Marking:
    """One person, one group, since when, from which department's roster (CZ-08)."""

    person_id: int
    group: str
    acquired_date: date
    source_department: str
    push_accepted_date: date | None = None


def mark(env: Env, markings: Sequence[Marking]) -> int:
    """Mark people; the same marking again changes nothing. Returns how many are new."""
    env.serials.warm({"identity_mark": len(markings), "event": len(markings)})
    return in_one_transaction(lambda: _mark(env, markings))


def _mark(env: Env, markings: Sequence[Marking]) -> int:
    journal = env.journal()
    buckets = [bucket_of(row.person_id) for row in markings]
    made = sets.insert(
        "identity_mark",
        {
            "id": Column("int", env.new_ids("identity_mark", buckets)),
            "bucket": Column("int", buckets),
            "person_id": Column("int", [row.person_id for row in markings]),
            "group": Column("text", [row.group for row in markings]),
            "acquired_date": Column("date", [row.acquired_date for row in markings]),
            "source_department": Column("text", [row.source_department for row in markings]),
            "push_accepted_date": Column("date", [row.push_accepted_date for row in markings]),
            "created_at": Column("instant", [env.now] * len(markings)),
        },
        'ON CONFLICT (bucket, person_id, "group", acquired_date) DO NOTHING RETURNING id',
    )
    for row in made:
        journal.note("identity_mark", row["id"], "IdentityMarked")
    journal.write()
    return len(made)
