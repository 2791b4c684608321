"""Messages in sets: put down once, leased, decided; and the consents they rest on, given and withdrawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from canbao.basics.genes import bucket_of
from canbao.basics.states import MESSAGE, MESSAGE_CONSENT
from canbao.records import sets
from canbao.records.models import Message, MessageConsent
from canbao.records.moves import Claim, Journal, claim
from canbao.records.notify.due import Due
from canbao.records.sets import Column, Row


class Leased(NamedTuple):
    """A message on its way. `tries` and `tried_at` are of the times before."""

    id: int
    kind: str
    way: str
    values: dict[str, str]
    consent_id: int
    address_sealed: bytes
    tries: int
    tried_at: datetime | None


class Decided(NamedTuple):
    """What became of a message: the messenger's own code and words, and its receipt."""

    id: int
    code: str
    words: str
    receipt: str = ""


def put(ids: Sequence[int], due: Sequence[Due], values: Sequence[dict[str, str]], at: datetime) -> int:
    """Put messages down; what an address was told of, or is about to be, is not told again. Returns how many are new."""
    made = sets.insert(
        "message",
        {
            "id": Column("int", ids),
            "bucket": Column("int", [bucket_of(id_) for id_ in ids]),
            "person_id": Column("int", [row.person_id for row in due]),
            "consent_id": Column("int", [row.consent_id for row in due]),
            "kind": Column("text", [row.kind for row in due]),
            "subject_id": Column("int", [row.subject_id for row in due]),
            "address_index": Column("text", [row.address_index for row in due]),
            "way": Column("text", [row.way for row in due]),
            "area_code": Column("text", [row.area_code for row in due]),
            "benefit_year": Column("int", [row.benefit_year for row in due]),
            "values": Column("json", values),
            "state": Column("text", ["waiting"] * len(due)),
            "tries": Column("int", [0] * len(due)),
            "due_at": Column("instant", [at] * len(due)),
            "created_at": Column("instant", [at] * len(due)),
        },
        "ON CONFLICT (bucket, person_id, kind, subject_id, address_index) DO NOTHING RETURNING id",
    )
    return len(made)


def next_messages(at: datetime, ways: Sequence[str], how_many: int) -> list[Leased]:
    """Messages that may go now by these ways, the longest due first."""
    waiting = Message.objects.filter(state="waiting", due_at__lte=at, way__in=ways).order_by("due_at", "id")
    rows = waiting.values_list(
        "id", "kind", "way", "values", "consent", "consent__address_sealed", "tries", "tried_at"
    )[:how_many]
    return [Leased._make((*row[:5], bytes(row[5]), *row[6:])) for row in rows]


def lease(rows: Sequence[Leased], at: datetime, due_at: Sequence[datetime]) -> set[int]:
    """Take messages by moving their next turn on; one that another hand took is not among the result."""
    if not rows:
        return set()
    buckets = [bucket_of(row.id) for row in rows]
    source, params = sets.relation(
        {
            "b": Column("int", buckets),
            "i": Column("int", [row.id for row in rows]),
            "n": Column("int", [row.tries for row in rows]),
            "d": Column("instant", due_at),
            "at": Column("instant", [at] * len(rows)),
        }
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    taken = sets.fetch_tuples(
        f"UPDATE message AS r SET tries = r.tries + 1, due_at = t.d, tried_at = t.at FROM {source} "
        "WHERE r.bucket = t.b AND r.id = t.i AND r.tries = t.n AND r.state = 'waiting' "
        f"AND {routed} RETURNING {sets.qualified('id')}",
        [*params, *routed_params],
    )
    return {row[0] for row in taken}


def decide(journal: Journal, state: str, rows: Sequence[Decided], at: datetime) -> int:
    """Write down what became of messages that still waited; how many did."""
    return len(
        claim(
            journal,
            Claim(
                MESSAGE,
                state,
                {
                    "bucket": Column("int", [bucket_of(row.id) for row in rows]),
                    "id": Column("int", [row.id for row in rows]),
                },
                assign={
                    "reason_code": Column("text", [row.code[:40] or None for row in rows]),
                    "reason": Column("text", [row.words[:200] or None for row in rows]),
                    "receipt": Column("text", [row.receipt[:64] or None for row in rows]),
                    "answered_at": Column("instant", [at] * len(rows)),
                },
            ),
        )
    )


def put_consent(content: dict[str, Any]) -> bool:
    """Put one consent down; the same in force already is left as it is. Whether it is new.

    `content`: the columns but for state and slot; `address_sealed` is written by the caller's row, so not in sets.
    """
    made = MessageConsent(state="active", active_slot=1, **content)
    MessageConsent.objects.bulk_create([made], ignore_conflicts=True)
    return MessageConsent.objects.filter(id=made.id).exists()


def withdraw(journal: Journal, consent_ids: Sequence[int], at: datetime) -> list[Row]:
    """End consents, and take back what has not gone yet. Returns the consents that were in force."""
    keys = {
        "bucket": Column("int", [bucket_of(id_) for id_ in consent_ids]),
        "id": Column("int", consent_ids),
    }
    stamp = {"withdrawn_at": Column("instant", [at] * len(consent_ids))}
    ended = claim(journal, Claim(MESSAGE_CONSENT, "withdrawn", keys, assign=stamp, clear=("active_slot",)))
    of = {
        "bucket": Column("int", [row["bucket"] for row in ended]),
        "consent_id": Column("int", [row["id"] for row in ended]),
    }
    claim(journal, Claim(MESSAGE, "withdrawn", of))
    return ended
