"""What was heard, in sets: read, replaced, added; and whose turn it is to be asked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from canbao.basics.genes import bucket_of, gene_id
from canbao.basics.states import HEARD
from canbao.records import sets
from canbao.records.moves import Claim, Journal, SerialSource, claim
from canbao.records.sets import Column

FACT, ASK = "heard_fact", "platform_ask"
SAID = ("person_id", "kind", "area_code", "from_date", "until_date")


class Word(NamedTuple):
    """One thing said of a person. `until_date` None: it goes on."""

    person_id: int
    kind: str
    area_code: str
    from_date: date
    until_date: date | None
    as_of: datetime

    @property
    def key(self) -> tuple[int, str, str, date]:
        """What it is a word on."""
        return self[:4]


class Held(NamedTuple):
    """A word that holds, and its row."""

    id: int
    word: Word


def words_of(person_ids: Sequence[int]) -> list[Held]:
    """Everything that holds of these people, the oldest first."""
    if not person_ids:
        return []
    buckets = [bucket_of(id_) for id_ in person_ids]
    people, params = sets.relation({"b": Column("int", buckets), "i": Column("int", person_ids)})
    routed, routed_params = sets.in_buckets(buckets, "h")
    rows = sets.fetch_tuples(
        f"SELECT h.id, {', '.join(f'h.{name}' for name in SAID)}, h.as_of FROM {people} CROSS JOIN heard_fact h "
        f"WHERE h.bucket = t.b AND h.person_id = t.i AND h.state = 'holds' AND {routed} ORDER BY h.from_date, h.id",
        [*params, *routed_params],
    )
    return [Held(row[0], _word(row[1:])) for row in rows]


def close(journal: Journal, state: str, row_ids: Sequence[int]) -> int:
    """Let rows hold no more: `replaced` or `withdrawn`. Returns how many still could be."""
    keys = {
        "bucket": Column("int", [bucket_of(id_) for id_ in row_ids]),
        "id": Column("int", row_ids),
    }
    return len(claim(journal, Claim(HEARD, state, keys, clear=("open_slot",))))


def add(journal: Journal, source: str, words: Sequence[Word]) -> int:
    """Put words down; what another worker put down in the same moment stays. Returns how many are new."""
    buckets = [bucket_of(word.person_id) for word in words]
    serials = journal.serials.take(FACT, len(words))
    kinds: dict[str, sets.Kind] = {
        "person_id": "int", "kind": "text", "area_code": "text", "from_date": "date", "until_date": "date",
        "as_of": "instant",
    }  # fmt: skip
    columns = {
        "id": Column("int", [gene_id(n, bucket) for n, bucket in zip(serials, buckets, strict=True)]),
        "bucket": Column("int", buckets),
        **{name: Column(kind, [getattr(word, name) for word in words]) for name, kind in kinds.items()},
        "source": Column("text", [source] * len(words)),
        "heard_at": Column("instant", [journal.at] * len(words)),
        "state": Column("text", ["holds"] * len(words)),
        "open_slot": Column("int", [1] * len(words)),
    }
    made = sets.insert(
        FACT,
        columns,
        "ON CONFLICT (bucket, person_id, kind, area_code, from_date, open_slot) DO NOTHING RETURNING id",
    )
    for row in made:
        journal.note(FACT, row["id"], "FactHeard", {"source": source})
    return len(made)


def take_turn(serials: SerialSource, person_ids: Sequence[int], now: datetime, due_at: datetime) -> list[int]:
    """Whose turn it is of these: nobody else is asking, and no answer is fresh. They are ours until `due_at`."""
    people = sorted(set(person_ids))
    buckets = [bucket_of(id_) for id_ in people]
    taken = sets.insert(
        ASK,
        {
            "id": Column(
                "int", [gene_id(n, b) for n, b in zip(serials.take(ASK, len(people)), buckets, strict=True)]
            ),
            "bucket": Column("int", buckets),
            "person_id": Column("int", people),
            "asked_at": Column("instant", [now] * len(people)),
            "due_at": Column("instant", [due_at] * len(people)),
            "tries": Column("int", [0] * len(people)),
        },
        "ON CONFLICT (bucket, person_id) DO UPDATE SET asked_at = excluded.asked_at, due_at = excluded.due_at, "
        "tries = platform_ask.tries + 1 WHERE platform_ask.due_at <= excluded.asked_at RETURNING person_id, tries",
    )
    return [row["person_id"] for row in taken]


def _word(row: Sequence[Any]) -> Word:
    person_id, kind, area_code, begun, until, as_of = row
    started, at = sets.as_date(begun), sets.as_instant(as_of)
    if started is None or at is None:
        raise ValueError("a word without its day")
    return Word(person_id, kind, area_code, started, sets.as_date(until), at)
