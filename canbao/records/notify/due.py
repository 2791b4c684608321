"""What is to be told to whom: what the journals name, joined to who consented.

Each join is one statement for any number of rows, and brings nothing where nobody consented.
"""

from collections.abc import Sequence
from typing import NamedTuple

from canbao.basics.genes import bucket_of
from canbao.records import sets
from canbao.records.sets import Column
from canbao.records.system.journals import Happened

# What may be told to whoever knows name and number: no more than such a person can find out (0007, 0029).
OPEN_KINDS = ("paid", "released", "season_ends")


class Due(NamedTuple):
    """One message to be: who, where, of what. `amount_fen` only where a figure came to be known."""

    kind: str
    subject_id: int
    person_id: int
    name: str
    area_code: str
    benefit_year: int
    amount_fen: int | None
    consent_id: int
    way: str
    address_index: str


# From the row `r` an event names to: person, what is told of, year, order, area, figure.
_NOUNS = {
    "bill_settled": "r.person_id, r.id AS subject_id, r.benefit_year, t.o AS order_no, r.area_code, NULL AS fen FROM {t} "
    "CROSS JOIN bill r WHERE TRUE",
    "bill_freed": "r.person_id, r.id AS subject_id, r.benefit_year, '' AS order_no, r.area_code, r.amount_fen AS fen FROM {t} "
    "CROSS JOIN bill r WHERE r.current_slot = 1 AND r.state IN ('payable', 'zero') AND r.hold_code IS NULL",
    "bill_deferred": "b.person_id, b.id AS subject_id, b.benefit_year, '' AS order_no, b.area_code, b.amount_fen AS fen "
    "FROM {t} CROSS JOIN bill r JOIN bill b ON b.bucket = r.bucket AND b.person_id = r.person_id "
    "AND b.benefit_year = r.benefit_year AND b.current_slot = 1 WHERE b.state IN ('payable', 'zero') "
    "AND b.hold_code IS NULL",
    "contribution_record": "r.person_id, r.id AS subject_id, r.benefit_year, coalesce(r.order_no, '') AS order_no, r.area_code, "
    "NULL AS fen FROM {t} CROSS JOIN contribution_record r WHERE TRUE",
    "refund": "b.person_id, r.id AS subject_id, b.benefit_year, r.order_no, b.area_code, NULL AS fen FROM {t} "
    "CROSS JOIN refund r JOIN order_line l ON l.bucket = r.bucket AND l.order_no = r.order_no "
    "AND (r.line_no IS NULL OR l.line_no = r.line_no) JOIN bill b ON b.bucket = l.bucket AND b.id = l.bill_id WHERE TRUE",
    "attempt": "b.person_id, r.id AS subject_id, b.benefit_year, r.order_no, b.area_code, NULL AS fen FROM {t} "
    "CROSS JOIN attempt r JOIN order_line l ON l.bucket = r.bucket AND l.order_no = r.order_no "
    "JOIN bill b ON b.bucket = l.bucket AND b.id = l.bill_id WHERE r.channel = 'bank_batch'",
}


def join_consents(happened: Sequence[Happened]) -> list[Due]:
    """Whoever consented before it happened and may hear of it: one statement a noun."""
    by_noun: dict[str, list[Happened]] = {}
    for one in happened:
        by_noun.setdefault(one.noun, []).append(one)
    return [row for noun, rows in by_noun.items() for row in _joined(noun, rows)]


def _joined(noun: str, rows: Sequence[Happened]) -> list[Due]:
    buckets = [bucket_of(row.subject_id) for row in rows]
    source, params = sets.relation(
        {
            "b": Column("int", buckets),
            "i": Column("int", [row.subject_id for row in rows]),
            "k": Column("text", [row.kind for row in rows]),
            "o": Column("text", [row.order_no for row in rows]),
            "at": Column("instant", [row.at for row in rows]),
        }
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    things = (
        f"SELECT t.k, t.at, r.bucket, {_NOUNS[noun].format(t=source)} "
        f"AND r.bucket = t.b AND r.id = t.i AND {routed}"
    )
    may_hear = ", ".join(f"'{kind}'" for kind in OPEN_KINDS)
    # Materialised: a planner that folds it in joins on the bucket alone and reads every consent there is.
    found = sets.fetch_tuples(
        f"WITH x AS MATERIALIZED ({things}) "
        "SELECT x.k, x.subject_id, x.person_id, p.name, x.area_code, x.benefit_year, x.fen, c.id, c.way, c.address_index "
        "FROM x JOIN message_consent c ON c.bucket = x.bucket AND c.person_id = x.person_id "
        "AND c.benefit_year = x.benefit_year AND c.active_slot = 1 AND c.given_at <= x.at "
        "JOIN person p ON p.bucket = x.bucket AND p.id = x.person_id "
        f"WHERE x.k IN ({may_hear}) OR c.origin = 'window' OR (c.order_no <> '' AND c.order_no = x.order_no)",
        [*params, *routed_params],
    )
    return [Due._make(row) for row in found]


def still_without_bill(after_id: int, how_many: int) -> list[tuple[int, int, int]]:
    """Who asked to hear when a year can be paid and has never had a bill with a figure: consent, person, year."""
    return sets.fetch_tuples(
        "SELECT c.id, c.person_id, c.benefit_year FROM message_consent c WHERE c.state = 'active' "
        "AND c.origin = 'question' AND c.id > %s AND NOT EXISTS (SELECT 1 FROM bill b WHERE b.bucket = c.bucket "
        "AND b.person_id = c.person_id AND b.benefit_year = c.benefit_year "
        "AND b.state IN ('payable', 'zero', 'settled', 'refunded')) ORDER BY c.id LIMIT %s",
        [after_id, how_many],
    )


def areas_of_consents() -> list[str]:
    """The areas where somebody who consented has a bill that is not paid: only their season is looked at."""
    rows = sets.fetch_tuples(
        "SELECT DISTINCT b.area_code FROM message_consent c JOIN bill b ON b.bucket = c.bucket "
        "AND b.person_id = c.person_id AND b.benefit_year = c.benefit_year AND b.current_slot = 1 "
        "WHERE c.state = 'active' AND b.state = 'payable' ORDER BY 1",
        [],
    )
    return [area_code for (area_code,) in rows]


def still_to_pay(area_prefix: str, benefit_year: int, after_id: int, how_many: int) -> list[Due]:
    """Who consented, owes for the year and could pay now, in an area and below it: by the id of the consent."""
    rows = sets.fetch_tuples(
        "SELECT 'season_ends', b.id, c.person_id, p.name, b.area_code, c.benefit_year, NULL, c.id, c.way, c.address_index "
        "FROM message_consent c JOIN bill b ON b.bucket = c.bucket AND b.person_id = c.person_id "
        "AND b.benefit_year = c.benefit_year AND b.current_slot = 1 "
        "JOIN person p ON p.bucket = c.bucket AND p.id = c.person_id "
        "WHERE c.benefit_year = %s AND c.state = 'active' AND c.id > %s AND b.state = 'payable' "
        "AND b.hold_code IS NULL AND b.area_code LIKE %s ORDER BY c.id LIMIT %s",
        [benefit_year, after_id, f"{area_prefix}%", how_many],
    )
    return [Due._make(row) for row in rows]
