"""The statement against the ledger, in a few set statements whatever their size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from canbao.basics import accounts
from canbao.records import sets
from canbao.records.models import Break, Statement
from canbao.records.sets import Column, Row

ROWS_AT_ONCE = 5_000
WORK_MEMORY = "128MB"
# Rows of the ledger that move what a channel holds, and that no statement of a day shows.
BESIDE = ("refund_returned", "refund_after_all", "refund_twice")
REMITTED = "remitted"
# What changes hands without there being more or less of it.
MOVED_ON = (REMITTED, accounts.INTO_HAND, accounts.OUT_OF_HAND)


@dataclass(frozen=True)
class Span:
    """A day, and the window around it in which the other side may have put the same movement."""

    day_from: datetime
    day_until: datetime
    window_from: datetime
    window_until: datetime


def differences(channel: str, statement_id: int, span: Span) -> Iterator[Row]:
    """Every number on which the two sides differ, or that they have on different days.

    `theirs` and `ours` are fen, null where a side has nothing; `elsewhere` is 1 where ours lies outside the day.
    """
    account = accounts.channel_clearing(channel)
    source, params = sets.relation(
        {
            "f": Column("instant", [span.window_from]),
            "u": Column("instant", [span.window_until]),
            "df": Column("instant", [span.day_from]),
            "du": Column("instant", [span.day_until]),
        },
        "w",
    )
    sql = f"""
        WITH w AS (SELECT * FROM {source}),
        theirs AS (
            SELECT what, number, CAST(sum(amount_fen) AS BIGINT) AS fen, min(at) AS at, min(channel_no) AS channel_no,
                   min(status) AS status
            FROM statement_line WHERE statement_id = %s GROUP BY what, number),
        booked AS (
            SELECT CASE WHEN e.refund_no IS NULL THEN 'payment' ELSE 'refund' END AS what,
                   coalesce(e.refund_no, e.out_trade_no) AS number, e.occurred_at,
                   CASE WHEN e.reason = '{accounts.TAKEN_UP}' THEN -e.amount_fen ELSE e.amount_fen END AS amount_fen
            FROM entry e, w WHERE e.occurred_at >= w.f AND e.occurred_at < w.u AND (
                (e.debit = %s AND e.refund_no IS NULL AND e.out_trade_no IS NOT NULL)
                OR (e.credit = %s AND e.reason IN ('refund_sent', '{accounts.TAKEN_UP}')))),
        ours AS (
            SELECT what, number, CAST(sum(amount_fen) AS BIGINT) AS fen, min(occurred_at) AS at
            FROM booked GROUP BY what, number),
        sides AS (
            SELECT coalesce(t.what, o.what) AS what, coalesce(t.number, o.number) AS number, t.fen AS theirs,
                   o.fen AS ours, coalesce(t.at, o.at) AS at, t.channel_no AS channel_no, t.status AS status,
                   CASE WHEN o.at < w.df OR o.at >= w.du THEN 1 ELSE 0 END AS elsewhere
            FROM theirs t FULL JOIN ours o ON o.what = t.what AND o.number = t.number CROSS JOIN w)
        SELECT what, number, theirs, ours, at, channel_no, status, elsewhere FROM sides
        WHERE (theirs IS NULL AND elsewhere = 0) OR (theirs IS NOT NULL AND (ours IS NULL OR theirs <> ours OR elsewhere = 1))
        ORDER BY what, number"""
    if sets.on_postgres():  # for this transaction alone, so that a million lines are joined in memory
        sets.fetch(f"SET LOCAL work_mem = '{WORK_MEMORY}'", [])
    yield from _stream(sql, [*params, statement_id, account, account])


def refund_states(statement_id: int) -> Iterator[Row]:
    """Refund lines whose ending is not the ending we know: number, status, our state."""
    sql = """
        SELECT l.number, l.status, r.state, l.amount_fen, l.at, l.channel_no FROM statement_line l
        JOIN refund r ON r.bucket = l.bucket AND r.refund_no = l.number
        WHERE l.statement_id = %s AND l.what = 'refund' AND (
            (l.status = 'SUCCESS' AND (r.state <> 'paid' OR r.route <> r.channel))
            OR (l.status IN ('ABNORMAL', 'CLOSED') AND r.state IN ('accepted', 'approved')))
        ORDER BY l.number"""
    yield from _stream(sql, [statement_id])


def lines_elsewhere(statement_ids: Sequence[int], numbers: Sequence[str]) -> dict[str, int]:
    """Which of these numbers the neighbouring days' statements show, and the fen there."""
    if not statement_ids or not numbers:
        return {}
    source, params = sets.relation({"no": Column("text", list(numbers))})
    holes = ", ".join(["%s"] * len(statement_ids))
    rows = sets.fetch(
        f"SELECT l.number, CAST(sum(l.amount_fen) AS BIGINT) AS fen FROM statement_line l JOIN {source} ON l.number = t.no "
        f"WHERE l.statement_id IN ({holes}) GROUP BY l.number",
        [*params, *statement_ids],
    )
    return {row["number"]: row["fen"] for row in rows}


def movement(channel: str, span: Span) -> dict[str, int]:
    """What the ledger moved in a channel's clearing account on a day, in fen: `net`, and `beside` of it."""
    account = accounts.channel_clearing(channel)
    source, params = sets.relation(
        {"f": Column("instant", [span.day_from]), "u": Column("instant", [span.day_until])}
    )
    beside, moved_on = (", ".join(f"'{reason}'" for reason in some) for some in (BESIDE, MOVED_ON))
    signed = "CASE WHEN r.debit = %s THEN r.amount_fen ELSE -r.amount_fen END"
    (row,) = sets.fetch(
        f"SELECT CAST(coalesce(sum({signed}), 0) AS BIGINT) AS net, "
        f"CAST(coalesce(sum(CASE WHEN r.reason IN ({beside}) THEN {signed} ELSE 0 END), 0) AS BIGINT) AS beside "
        f"FROM entry r, {source} WHERE r.occurred_at >= t.f AND r.occurred_at < t.u "
        f"AND (r.debit = %s OR r.credit = %s) AND r.reason NOT IN ({moved_on})",
        [account, account, *params, account, account],
    )
    return {"net": row["net"], "beside": row["beside"]}


def sum_lines(statement_id: int) -> dict[str, tuple[int, int]]:
    """Lines and fen of a statement, by `payment` and `refund`."""
    rows = sets.fetch(
        "SELECT what, count(*) AS n, CAST(sum(amount_fen) AS BIGINT) AS fen FROM statement_line "
        "WHERE statement_id = %s GROUP BY what",
        [statement_id],
    )
    return {row["what"]: (row["n"], row["fen"]) for row in rows}


def days_stated(days: Sequence[Any]) -> set[tuple[str, Any]]:
    """The channels and days of which there is a statement that could be read."""
    readable = Statement.objects.filter(day__in=days, fault=None, line_count__isnull=False)
    return set(readable.values_list("channel", "day"))


def newest_statement(channel: str, day: Any) -> Statement | None:
    """The statement that counts for a day: the last that could be read."""
    readable = Statement.objects.filter(channel=channel, day=day, fault=None, line_count__isnull=False)
    return readable.order_by("-id").defer("body").first()


def insert_breaks(rows: Sequence[Row]) -> list[Row]:
    """Put breaks in; one that is known already stays as it is. Returns the new ones: id, state."""
    kinds: dict[str, sets.Kind] = {
        "id": "int", "bucket": "int", "channel": "text", "day": "date", "what": "text", "number": "text",
        "kind": "text", "theirs_fen": "int", "ours_fen": "int", "channel_no": "text", "occurred_at": "instant",
        "suggestion": "text", "found_at": "instant", "state": "text",
    }  # fmt: skip
    columns = {name: Column(kind, [row[name] for row in rows]) for name, kind in kinds.items()}
    return sets.insert(
        "channel_break",
        columns,
        "ON CONFLICT (bucket, channel, day, what, number, kind) DO NOTHING RETURNING id, bucket, state",
    )


def live_breaks(channel: str, day: Any) -> list[Break]:
    """Breaks of a day that are neither cured nor cleared."""
    return list(Break.objects.filter(channel=channel, day=day, state__in=("open", "crossing")).order_by("id"))


def _stream(sql: str, params: Sequence[Any]) -> Iterator[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                yield dict(zip(names, row, strict=True))
