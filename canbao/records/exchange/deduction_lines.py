"""Who is to be deducted from, and the lines of a batch, in set statements."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from canbao.records import sets
from canbao.records.money.bills import COVERED_ALREADY
from canbao.records.sets import Column, Row


class Due(NamedTuple):
    """One person with an agreement, and the bill that waits."""

    mandate_id: int
    person_id: int
    bill_id: int
    area_code: str
    amount_fen: int


def due(bank: str, area_prefix: str, benefit_year: int, limit: int, after: int) -> list[Due]:
    """Agreements in force at a bank whose people owe this year and have nothing under way, in order of the agreement."""
    rows = sets.fetch_tuples(
        "SELECT m.id, r.person_id, r.id, r.area_code, r.amount_fen FROM mandate m "
        "JOIN bill r ON r.bucket = m.bucket AND r.person_id = m.person_id "
        "WHERE m.bank = %s AND m.active_slot = 1 AND m.id > %s AND r.benefit_year = %s AND r.current_slot = 1 "
        "AND r.state = 'payable' AND r.amount_fen > 0 AND r.hold_code IS NULL AND r.area_code LIKE %s "
        "AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.bucket = r.bucket AND l.bill_id = r.id AND l.open_slot = 1) "
        f"AND NOT {COVERED_ALREADY} "
        "ORDER BY m.id LIMIT %s",
        [bank, after, benefit_year, area_prefix + "%", limit],
    )
    return [Due(*row) for row in rows]


def put_lines(rows: Sequence[Row]) -> None:
    """Put lines of a batch in."""
    kinds: dict[str, sets.Kind] = {
        "id": "int", "bucket": "int", "batch_id": "int", "seq": "int", "mandate_id": "int", "out_trade_no": "text",
        "amount_fen": "int",
    }  # fmt: skip
    sets.insert(
        "deduction_line", {name: Column(kind, [row[name] for row in rows]) for name, kind in kinds.items()}
    )


def lines_of(batch_id: int) -> list[Row]:
    """The lines of a batch in their order, each with what is needed to write it."""
    return sets.fetch(
        "SELECT l.seq, l.out_trade_no, l.amount_fen, l.code, l.message, m.id AS mandate_id, m.account_sealed, "
        "m.account_name, m.agreement_no FROM deduction_line l "
        "JOIN mandate m ON m.bucket = l.bucket AND m.id = l.mandate_id WHERE l.batch_id = %s ORDER BY l.seq",
        [batch_id],
    )


def asked_of(batch_id: int) -> dict[int, tuple[str, int]]:
    """What a batch asked for, by place: our number and fen. No account is read for it."""
    rows = sets.fetch_tuples(
        "SELECT seq, out_trade_no, amount_fen FROM deduction_line WHERE batch_id = %s", [batch_id]
    )
    return {seq: (number, fen) for seq, number, fen in rows}


def write_answers(batch_id: int, rows: Sequence[tuple[int, str, str, str]]) -> None:
    """Write the bank's words beside lines given as (bucket, out_trade_no, code, message)."""
    buckets = [row[0] for row in rows]
    source, params = sets.relation(
        {
            "b": Column("int", buckets),
            "no": Column("text", [row[1] for row in rows]),
            "code": Column("text", [row[2] for row in rows]),
            "said": Column("text", [row[3] for row in rows]),
        }
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    sql = (
        f"UPDATE deduction_line AS r SET code = t.code, message = t.said FROM {source} "
        f"WHERE r.bucket = t.b AND r.out_trade_no = t.no AND r.batch_id = %s AND {routed} RETURNING {sets.qualified('id')}"
    )
    arguments: list[Any] = [*params, batch_id, *routed_params]
    sets.fetch(sql, arguments)
