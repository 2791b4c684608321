"""The outbox in sets: rows in, taken back, leased for a batch in each person's order, and read with what they say."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from canbao.basics.genes import bucket_of, gene_id
from canbao.basics.states import OUTBOX
from canbao.records import sets
from canbao.records.moves import Claim, Journal, SerialSource, claim
from canbao.records.sets import Column, Row

SERIAL = "outbox_row"
Kind = Literal["assessment", "collection", "coverage", "posting"]


class Telling(NamedTuple):
    """What is to be told of one person: `action` put or cancel."""

    target: str
    kind: str
    action: str
    person_id: int
    subject_id: int


class Leased(NamedTuple):
    """A row on its way."""

    id: int
    kind: Kind
    action: str
    person_id: int
    subject_id: int
    tries: int


def put_rows(
    serials: SerialSource, tellings: Sequence[Telling], at: datetime, *, is_again: bool = False
) -> int:
    """Put rows into the outbox, in the caller's transaction; of one person and target at most one in a call.

    What waits already, or was put down from the journals before, is not put down twice, unless it `is_again`.
    Returns how many are new.
    """
    if not tellings:
        return 0
    buckets = [bucket_of(row.person_id) for row in tellings]
    ids = [gene_id(n, b) for n, b in zip(serials.take(SERIAL, len(tellings)), buckets, strict=True)]
    source, params = sets.relation(
        {
            "id": Column("int", ids),
            "bucket": Column("int", buckets),
            "target": Column("text", [row.target for row in tellings]),
            "kind": Column("text", [row.kind for row in tellings]),
            "action": Column("text", [row.action for row in tellings]),
            "person_id": Column("int", [row.person_id for row in tellings]),
            "subject_id": Column("int", [row.subject_id for row in tellings]),
            "at": Column("instant", [at] * len(tellings)),
        }
    )
    before = (
        "(SELECT coalesce(max(o.again), -1) + 1 FROM outbox_row o WHERE o.bucket = t.bucket AND o.subject_id = t.subject_id "
        "AND o.target = t.target AND o.kind = t.kind AND o.action = t.action)"
    )
    made = sets.fetch_tuples(
        "INSERT INTO outbox_row (id, bucket, target, kind, action, person_id, subject_id, turn, again, state, open_slot, "
        "tries, due_at, created_at) SELECT t.id, t.bucket, t.target, t.kind, t.action, t.person_id, t.subject_id, "
        "(SELECT coalesce(max(o.turn), 0) + 1 FROM outbox_row o WHERE o.bucket = t.bucket "
        f"AND o.person_id = t.person_id AND o.target = t.target), {before if is_again else 0}, 'waiting', 1, 0, t.at, t.at "
        f"FROM {source} WHERE TRUE ON CONFLICT DO NOTHING RETURNING id",
        params,
    )
    return len(made)


def withdraw(journal: Journal, subject_ids: Sequence[int], kind: str) -> list[Telling]:
    """Take back what nobody was told yet; returns the cancellations that are needed for what may have been told.

    A row that was refused is known to nobody: it needs neither; settled by hand it is known over there.
    """
    keys = {
        "bucket": Column("int", [bucket_of(id_) for id_ in subject_ids]),
        "subject_id": Column("int", subject_ids),
        "kind": Column("text", [kind] * len(subject_ids)),
        "action": Column("text", ["put"] * len(subject_ids)),
    }
    claim(journal, Claim(OUTBOX, "withdrawn", keys, clear=("open_slot",), unless="r.tries > 0"))
    return _known_outside(subject_ids, kind)


def _known_outside(subject_ids: Sequence[int], kind: str) -> list[Telling]:
    if not subject_ids:
        return []
    buckets = [bucket_of(id_) for id_ in subject_ids]
    source, params = sets.relation({"b": Column("int", buckets), "s": Column("int", subject_ids)})
    routed, routed_params = sets.in_buckets(buckets, "r")
    rows = sets.fetch_tuples(
        f"SELECT DISTINCT r.target, r.kind, 'cancel', r.person_id, r.subject_id FROM {source} "
        "CROSS JOIN outbox_row r WHERE r.bucket = t.b AND r.subject_id = t.s AND r.kind = %s AND r.action = 'put' "
        f"AND r.state IN ('waiting', 'accepted', 'settled') AND {routed}",
        [*params, kind, *routed_params],
    )
    return [Telling(*row) for row in rows]


def next_rows(target: str, at: datetime, how_many: int) -> list[Leased]:
    """Rows that may go now, of each person only the earliest that waits: what happened first is told first."""
    now, params = sets.relation({"at": Column("instant", [at])}, "n")
    rows = sets.fetch_tuples(
        f"SELECT r.id, r.kind, r.action, r.person_id, r.subject_id, r.tries FROM {now} CROSS JOIN outbox_row r "
        "WHERE r.target = %s AND r.state = 'waiting' AND r.due_at <= n.at AND NOT EXISTS ("
        "SELECT 1 FROM outbox_row o WHERE o.bucket = r.bucket AND o.person_id = r.person_id "
        "AND o.target = r.target AND o.state = 'waiting' AND (o.turn, o.id) < (r.turn, r.id)) "
        "ORDER BY r.due_at, r.id LIMIT %s",
        [*params, target, how_many],
    )
    return [Leased(*row) for row in rows]


def lease(rows: Sequence[Leased], batch_id: int, due_at: Sequence[datetime]) -> set[int]:
    """Take rows for a batch by moving their next turn on; a row that another hand took is not among the result."""
    if not rows:
        return set()
    buckets = [bucket_of(row.id) for row in rows]
    source, params = sets.relation(
        {
            "b": Column("int", buckets),
            "i": Column("int", [row.id for row in rows]),
            "n": Column("int", [row.tries for row in rows]),
            "d": Column("instant", due_at),
        }
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    back = "r.id" if sets.on_postgres() else "id"
    taken = sets.fetch_tuples(
        f"UPDATE outbox_row AS r SET tries = r.tries + 1, due_at = t.d, batch_id = %s FROM {source} "
        "WHERE r.bucket = t.b AND r.id = t.i AND r.tries = t.n AND r.state = 'waiting' "
        f"AND {routed} RETURNING {back}",
        [batch_id, *params, *routed_params],
    )
    return {row[0] for row in taken}


def decide_rows(
    journal: Journal, state: str, answers: Sequence[tuple[int, str, str]], at: datetime
) -> list[Row]:
    """Write down what the other side said of rows: id, its code, its words. Returns those that still waited."""
    return claim(
        journal,
        Claim(
            OUTBOX,
            state,
            {
                "bucket": Column("int", [bucket_of(id_) for id_, _, _ in answers]),
                "id": Column("int", [id_ for id_, _, _ in answers]),
            },
            assign={
                "reason_code": Column("text", [code[:24] or None for _, code, _ in answers]),
                "reason": Column("text", [words[:200] or None for _, _, words in answers]),
                "answered_at": Column("instant", [at] * len(answers)),
            },
            clear=("open_slot",),
            returning=("kind", "action", "person_id", "subject_id"),
        ),
    )


def keep_accepted(bills: Sequence[tuple[int, date]]) -> None:
    """The tax side has these bills, each since a day of its area: only the first such day counts."""
    if not bills:
        return
    buckets = [bucket_of(id_) for id_, _ in bills]
    source, params = sets.relation(
        {
            "b": Column("int", buckets),
            "i": Column("int", [id_ for id_, _ in bills]),
            "d": Column("date", [day for _, day in bills]),
        }
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    sets.fetch(
        f"UPDATE bill AS r SET push_accepted_date = t.d FROM {source} WHERE r.bucket = t.b AND r.id = t.i "
        f"AND r.push_accepted_date IS NULL AND {routed}",
        [*params, *routed_params],
    )


class Refused(NamedTuple):
    """A row that the other side refused, and whether it can be told again: what it says must still hold.

    Money that came has come, and a cancellation is always still true.
    """

    id: int
    target: str
    kind: str
    action: str
    person_id: int
    subject_id: int
    reason_code: str | None
    reason: str | None
    can_retry: bool


def refused_rows(target: str, how_many: int, ids: Sequence[int] | None = None) -> list[Refused]:
    """Refusals that nobody has told again yet, the newest first; or of these ids alone."""
    which = "TRUE" if ids is None else f"r.id IN ({', '.join(['%s'] * len(ids)) or 'NULL'})"
    rows = sets.fetch_tuples(
        "SELECT r.id, r.target, r.kind, r.action, r.person_id, r.subject_id, r.reason_code, r.reason, "
        "(r.action = 'cancel' OR r.kind IN ('collection', 'posting') OR EXISTS (SELECT 1 FROM bill b WHERE b.bucket = r.bucket "
        "AND b.id = r.subject_id AND b.state = CASE r.kind WHEN 'assessment' THEN 'payable' ELSE 'settled' END)) "
        "FROM outbox_row r WHERE r.target = %s AND r.state = 'refused' AND NOT EXISTS ("
        "SELECT 1 FROM outbox_row o WHERE o.bucket = r.bucket AND o.subject_id = r.subject_id AND o.target = r.target "
        "AND o.kind = r.kind AND o.action = r.action AND (o.turn, o.id) > (r.turn, r.id)) "
        f"AND {which} ORDER BY r.answered_at DESC, r.id LIMIT %s",
        [target, *(ids or ()), how_many],
    )
    return [Refused._make((*row[:8], bool(row[8]))) for row in rows]


def settle_refused(journal: Journal, target: str, row_id: int, how: str) -> bool:
    """Somebody put a refusal right outside, and says how. False: it is no open refusal of this target."""
    keys = {"bucket": Column("int", [bucket_of(row_id)]), "id": Column("int", [row_id])}
    only = {"target": Column("text", [target])}
    return bool(claim(journal, Claim(OUTBOX, "settled", keys, equal=only, told=lambda _: {"how": how})))


def counts(target: str) -> list[Row]:
    """How many rows of each kind and action stand in each state, and since when the oldest waits."""
    return sets.fetch(
        "SELECT kind, action, state, count(*) AS n, min(created_at) AS since, max(tries) AS tries FROM outbox_row "
        "WHERE target = %s GROUP BY kind, action, state ORDER BY kind, action, state",
        [target],
    )
