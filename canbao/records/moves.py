"""The one function that changes a state: it claims rows along the table's edges and writes their events.

Claim, don't lock: `UPDATE … WHERE state IN (from where the edge leads) … RETURNING`. Whoever gets a
row back owns the move; the next claimant gets nothing. The old state is written to
`previous_state` by the same statement, so the event's name is true under any race.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from canbao.basics.genes import bucket_of, gene_id
from canbao.basics.states import StateTable
from canbao.records import sets
from canbao.records.sets import Column, Row, Statement

TABLES = {
    "enrolment": "enrolment",
    "bill": "bill",
    "order": "payment_order",
    "order_line": "order_line",
    "attempt": "attempt",
    "callback": "callback",
    "coverage": "coverage",
    "refund": "refund",
    "break": "channel_break",
    "approval": "approval",
    "application": "registration_application",
    "declaration": "declaration",
    "change_request": "change_request",
    "duplicate": "duplicate",
    "feedback": "feedback",
    "outbox_row": "outbox_row",
    "heard_fact": "heard_fact",
    "message": "message",
    "message_consent": "message_consent",
    "shift": "shift",
    "taking": "taking",
    "tax_payment": "tax_payment",
}


class SerialSource(Protocol):
    """Hands out serial numbers; `records.serials` is the real one, a simulation brings its own."""

    def warm(self, wanted: Mapping[str, int]) -> None:
        """Make sure that so many serials of each kind are at hand."""
        ...

    def take(self, kind: str, how_many: int) -> list[int]:
        """The next `how_many` unused serials of a kind."""
        ...


@dataclass
class Journal:
    """Collects what one transaction moved, and writes the events in one statement at its end.

    Changes whose outcome nothing in the transaction waits for are put off (`later`) and run together just before.
    """

    actor: str
    at: datetime
    serials: SerialSource
    rows: list[tuple[str, int, str, Mapping[str, Any]]] = field(default_factory=list)
    put_off: list[tuple[Statement, Callable[[list[Row]], None]]] = field(default_factory=list)

    def later(self, statement: Statement, then: Callable[[list[Row]], None] = lambda _: None) -> None:
        """Put a change off to the end; `then` gets the rows that it returned, and may note events or refuse."""
        self.put_off.append((statement, then))

    def note(
        self, subject: str, subject_id: int, name: str, details: Mapping[str, Any] | None = None
    ) -> None:
        """Remember one event; `write` puts it down."""
        self.rows.append((subject, subject_id, name, details or {}))

    def write(self) -> None:
        """Run what was put off, then insert all noted events. Call it once, last thing inside the transaction."""
        came = sets.together([statement for statement, _ in self.put_off])
        for (_, then), rows in zip(self.put_off, came, strict=True):
            then(rows)
        self.put_off.clear()
        serials = self.serials.take("event", len(self.rows))
        ids = [gene_id(n, bucket_of(row[1])) for n, row in zip(serials, self.rows, strict=True)]
        sets.insert(
            "event",
            {
                "id": Column("int", ids),
                "bucket": Column("int", [bucket_of(id_) for id_ in ids]),
                "subject": Column("text", [row[0] for row in self.rows]),
                "subject_id": Column("int", [row[1] for row in self.rows]),
                "name": Column("text", [row[2] for row in self.rows]),
                "actor": Column("text", [self.actor] * len(ids)),
                "details": Column("json", [dict(row[3]) for row in self.rows]),
                "at": Column("instant", [self.at] * len(ids)),
            },
        )
        self.rows.clear()


@dataclass(frozen=True)
class Claim:
    """What to move: `keys` find the rows (bucket among them), `equal` must also hold, `assign` is written.

    `at_most` are columns that may not exceed the value given. `clear` names columns set to null,
    `unless` is one more SQL condition on the row, aliased `r`. `told` gives an event its details, from what came back.
    """

    table: StateTable
    new: str
    keys: Mapping[str, Column]
    equal: Mapping[str, Column] = field(default_factory=dict)
    at_most: Mapping[str, Column] = field(default_factory=dict)
    assign: Mapping[str, Column] = field(default_factory=dict)
    clear: Sequence[str] = ()
    returning: Sequence[str] = ()
    unless: str = ""
    told: Callable[[Row], Mapping[str, Any]] | None = None


def claim(journal: Journal, what: Claim) -> list[Row]:
    """Move every matching row that may move; return the rows that did, with id and previous_state."""
    if not sets.has_rows(what.keys):
        return []
    rows = sets.fetch(*_statement(what))
    _note_all(journal, what, rows)
    return rows


def claim_later(journal: Journal, what: Claim) -> None:
    """Move every matching row that may move, at the end of the transaction: for moves that nothing waits for."""
    if sets.has_rows(what.keys):
        journal.later(_statement(what), lambda rows: _note_all(journal, what, rows))


def _note_all(journal: Journal, what: Claim, rows: Sequence[Row]) -> None:
    for row in rows:
        details = what.told(row) if what.told else None
        journal.note(what.table.noun, row["id"], what.table.event(row["previous_state"], what.new), details)


def _statement(what: Claim) -> Statement:
    columns = {**{f"k_{n}": c for n, c in what.keys.items()}, **{f"e_{n}": c for n, c in what.equal.items()}}
    columns |= {f"a_{name}": column for name, column in what.assign.items()}
    columns |= {f"m_{name}": column for name, column in what.at_most.items()}
    source, source_params = sets.relation(columns)
    bucket_sql, bucket_params = sets.in_buckets(what.keys["bucket"].values, "r")
    changes = ["previous_state = r.state", "state = %s"]
    changes += [f"{name} = t.a_{name}" for name in what.assign] + [f"{name} = NULL" for name in what.clear]
    states = what.table.from_states(what.new)
    where = [f"r.{name} = t.k_{name}" for name in what.keys] + [
        f"r.{name} = t.e_{name}" for name in what.equal
    ]
    where += [f"r.{name} <= t.m_{name}" for name in what.at_most]
    where += [bucket_sql, f"r.state IN ({', '.join(['%s'] * len(states))})"]
    where += [f"NOT {what.unless}"] if what.unless else []
    back = ", ".join(dict.fromkeys(["id", "bucket", "previous_state", *what.returning]))
    sql = (
        f"UPDATE {TABLES[what.table.noun]} AS r SET {', '.join(changes)} FROM {source} "
        f"WHERE {' AND '.join(where)} RETURNING {sets.qualified(back)}"
    )
    return sql, [what.new, *source_params, *bucket_params, *states]
