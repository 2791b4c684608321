"""The outbox in sets: rows in, taken back, leased for a batch in each person's order, and read with what they say."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from canbao.basics.genes import bucket_of, gene_id
from canbao.basics.states import OUTBOX
from canbao.records import sets
from canbao.records.moves import Claim, Journal, SerialSource, claim
from canbao.records.sets import Column, Row

SERIAL = "outbox_row"


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
    kind: str
    action: str
    person_id: int
    subject_id: int
    tries: int


class AssessmentTold(NamedTuple):
    """What a row of an assessment says: the bill, and whose it is. `parts`: fen by who bears them."""

    bill_id: int
    person_id: int
    name: str
    id_type: str
    number_sealed: bytes
    area_code: str
    benefit_year: int
    person_class: str
    group: str | None
    amount_fen: int
    parts: dict[str, int]


def put_rows(serials: SerialSource, tellings: Sequence[Telling], at: datetime) -> None:
    """Put rows into the outbox, in the caller's transaction; of one person and target at most one in a call."""
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
    if tellings:
        sets.fetch(
            "INSERT INTO outbox_row (id, bucket, target, kind, action, person_id, subject_id, turn, state, open_slot, "
            "tries, due_at, created_at) SELECT t.id, t.bucket, t.target, t.kind, t.action, t.person_id, t.subject_id, "
            "(SELECT coalesce(max(o.turn), 0) + 1 FROM outbox_row o WHERE o.bucket = t.bucket "
            f"AND o.person_id = t.person_id AND o.target = t.target), 'waiting', 1, 0, t.at, t.at FROM {source} "
            "WHERE TRUE ON CONFLICT (bucket, target, kind, subject_id, action, open_slot) DO NOTHING",
            params,
        )


def withdraw(journal: Journal, subject_ids: Sequence[int], kind: str) -> list[Telling]:
    """Take back what nobody was told yet; returns the cancellations that are needed for what may have been told.

    A row that was refused is known to nobody: it needs neither.
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
        f"AND r.state IN ('waiting', 'accepted') AND {routed}",
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


def assessments_told(bill_ids: Sequence[int]) -> dict[int, AssessmentTold]:
    """What the bills say, by bill."""
    if not bill_ids:
        return {}
    buckets = [bucket_of(id_) for id_ in bill_ids]
    source, params = sets.relation({"b": Column("int", buckets), "i": Column("int", bill_ids)})
    routed, routed_params = sets.in_buckets(buckets, "r")
    rows = sets.fetch_tuples(
        "SELECT r.id, r.person_id, p.name, p.id_type, p.number_sealed, r.area_code, r.benefit_year, "
        f'r.person_class, r."group", r.amount_fen, r.shares FROM {source} '
        "CROSS JOIN bill r JOIN person p ON p.bucket = r.bucket AND p.id = r.person_id "
        f"WHERE r.bucket = t.b AND r.id = t.i AND {routed}",
        [*params, *routed_params],
    )
    return {row[0]: _told(row) for row in rows}


def _told(row: Sequence[Any]) -> AssessmentTold:
    return AssessmentTold._make((*row[:4], bytes(row[4]), *row[5:10], sets.as_json(row[10])))


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
    """A row that the other side refused, and whether it can be told again: what it says must still hold."""

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
        "(r.action = 'cancel' OR EXISTS (SELECT 1 FROM bill b WHERE b.bucket = r.bucket AND b.id = r.subject_id "
        "AND b.state = 'payable')) FROM outbox_row r WHERE r.target = %s AND r.state = 'refused' AND NOT EXISTS ("
        "SELECT 1 FROM outbox_row o WHERE o.bucket = r.bucket AND o.subject_id = r.subject_id AND o.target = r.target "
        "AND o.kind = r.kind AND o.action = r.action AND (o.turn, o.id) > (r.turn, r.id)) "
        f"AND {which} ORDER BY r.answered_at DESC, r.id LIMIT %s",
        [target, *(ids or ()), how_many],
    )
    return [Refused._make((*row[:8], bool(row[8]))) for row in rows]


def counts(target: str) -> list[Row]:
    """How many rows of each kind and action stand in each state, and since when the oldest waits."""
    return sets.fetch(
        "SELECT kind, action, state, count(*) AS n, min(created_at) AS since, max(tries) AS tries FROM outbox_row "
        "WHERE target = %s GROUP BY kind, action, state ORDER BY kind, action, state",
        [target],
    )
