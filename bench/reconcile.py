"""P5: a million-line WeChat statement against the ledger, breaks stored: kept, read, loaded, matched.

The reference is DuckDB doing a full join of the same two files, the statement and the ledger's rows as CSV.
Seeded: some payments only the channel knows, some only we know, some of another amount.
"""

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
from django.db import connection

from bench.kit.crowd import analyse
from bench.kit.table import Row, at_most, beside
from canbao.basics.genes import OrderNumber
from canbao.services.exchange.match import match
from canbao.services.exchange.statement import upload
from tests.support.trade_bill import Row as Line
from tests.support.trade_bill import trade_bill
from tests.support.world import make_world

FULL = 1_000_000
DAY = date(2020, 10, 5)
NOON = datetime(2020, 10, 5, 4, 0, tzinfo=UTC)
FEN = 28_000
# of a million: only the channel has them, only we have them, both have them with another amount
OVER, SHORT, AMOUNT = 200, 100, 142
ENTRIES = """
INSERT INTO entry (id, bucket, key, debit, credit, amount_fen, reason, order_no, out_trade_no, occurred_at, booked_at)
SELECT n * 10000 + b, b, 'bench:' || n, 'channel_clearing:wechat', 'contribution:2021:person', %(fen)s, 'bill_settled',
       left(no, 17), no, %(at)s::timestamptz + n %% 30000 * interval '1 second', now()
FROM unnest(%(places)s::bigint[], %(numbers)s::text[]) AS t(n, no), LATERAL (SELECT substr(no, 3, 4)::int AS b) AS g
"""
JOIN = """
SELECT count(*) FROM (
  SELECT trim(both '`' FROM "商户订单号") AS number, round(trim(both '`' FROM "订单金额")::DECIMAL(12, 2) * 100)::BIGINT AS fen
  FROM read_csv('{statement}', header = true, all_varchar = true, quote = '', strict_mode = false, null_padding = true,
                ignore_errors = true)
  WHERE trim(both '`' FROM "交易状态") = 'SUCCESS') t
FULL JOIN (SELECT number, sum(fen)::BIGINT AS fen FROM read_csv('{ledger}', header = true, types = {{'number': 'VARCHAR'}})
           GROUP BY number) o ON o.number = t.number
WHERE o.number IS NULL OR t.number IS NULL OR t.fen <> o.fen
"""


def measure(scale: float) -> list[Row]:
    """One day of one channel."""
    many = int(FULL * scale)
    world = make_world(NOON)
    numbers = [f"{OrderNumber(2020, n * 7919 % 10_000, n)}01" for n in range(1, many + 1)]
    ours, theirs = numbers[: many - OVER], numbers[SHORT:]
    _book(ours)
    content = trade_bill(_lines(theirs))
    took = _time_ours(world, content)
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, count(*) FROM channel_break GROUP BY kind ORDER BY kind")
        found = dict(cursor.fetchall())
    if found != {"over": OVER, "short": SHORT, "amount": AMOUNT}:
        raise RuntimeError(f"other breaks than were seeded: {found}")
    theirs_took = _time_duckdb(content, ours, OVER + SHORT + AMOUNT)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        at_most(
            f"P5 reconcile {many:,} lines", took, "s", 3 * theirs_took, "3 × DuckDB, full join of the files"
        ),
        beside("P5 DuckDB alone", theirs_took, "s"),
        beside("P5 memory of the whole run", peak, "MB", "with what the measuring itself holds"),
    ]


def _book(numbers: list[str]) -> None:
    with connection.cursor() as cursor:
        for start in range(0, len(numbers), 100_000):
            part = numbers[start : start + 100_000]
            places = list(range(start + 1, start + 1 + len(part)))
            told = {"places": places, "numbers": part, "fen": FEN, "at": NOON - timedelta(hours=4)}
            cursor.execute(ENTRIES, told)
    analyse()


def _lines(numbers: list[str]) -> Iterator[Line]:
    for place, number in enumerate(numbers):
        yield Line(number, FEN + 100 if 1_000 <= place < 1_000 + AMOUNT else FEN, NOON)


def _time_ours(world, content: bytes) -> float:
    began = time.perf_counter()
    upload(world.env, "wechat", DAY, [content])
    match(world.env, "wechat", DAY)
    return time.perf_counter() - began


def _time_duckdb(content: bytes, ledger: list[str], expected: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        statement, booked = Path(folder, "statement.csv"), Path(folder, "ledger.csv")
        statement.write_bytes(content)
        booked.write_text("number,fen\n" + "".join(f"{number},{FEN}\n" for number in ledger))
        base = duckdb.connect(config={"threads": os.cpu_count() or 1})
        began = time.perf_counter()
        answer = base.execute(JOIN.format(statement=statement, ledger=booked)).fetchone()
        took = time.perf_counter() - began
    if answer is None or answer[0] != expected:
        raise RuntimeError(f"DuckDB finds {answer}, not {expected}")
    return took
