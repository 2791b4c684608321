"""P1: payments settled a second through `services.money.settle`, durable commits, chunks of 1, 10 and 500.

The reference is the limit: the same rows written by one hand-made set statement a chunk, on the same
connection, with nothing decided in Python (`settle_limit.sql`).
"""

import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from django.db import connection

from bench.kit.crowd import Crowd
from bench.kit.table import Row, faster
from canbao.channels.port import PaymentFact
from canbao.records.models import Attempt
from canbao.services.money.settle import Arrival, settle
from tests.support.world import IN_SEASON, make_world

LIMIT = Path(__file__).with_name("settle_limit.sql").read_text("utf-8")
# chunk: how many payments are measured, and what share of the limit is to be reached
CHUNKS = {1: (600, None), 10: (3_000, None), 500: (20_000, 0.5)}
WRITTEN = ("entry", "coverage", "contribution_record", "event")
ROUNDS = 3
Work = Callable[[Sequence[PaymentFact]], object]


def measure(scale: float) -> list[Row]:
    """One row a chunk size: the best of a few rounds, ours and the limit in turn."""
    crowd = Crowd(make_world(IN_SEASON))
    return [_compare(crowd, chunk, int(many * scale), reach) for chunk, (many, reach) in CHUNKS.items()]


def _compare(crowd: Crowd, chunk: int, many: int, reach: float | None) -> Row:
    def ours(part: Sequence[PaymentFact]) -> None:
        settle(crowd.world.env, [Arrival(fact) for fact in part])

    best = dict.fromkeys((ours, _settle_by_sql), 0.0)
    wrote: set[tuple[int, ...]] = set()
    for _ in range(ROUNDS):
        for work, so_far in best.items():
            rate, rows = _rate(crowd, work, chunk, many)
            best[work] = max(so_far, rate)
            wrote.add(rows)
    if len(wrote) > 1:
        raise RuntimeError(f"ours and the limit do not write the same rows: {wrote}")
    return faster(
        f"P1 settle, chunks of {chunk}", best[ours], "one statement a chunk", best[_settle_by_sql], reach
    )


def _rate(crowd: Crowd, work: Work, chunk: int, many: int) -> tuple[float, tuple[int, ...]]:
    """Payments a second, and how many rows of each kind were written."""
    facts = [fact_of(number) for number in crowd.start_orders(many)]
    parts = [facts[start : start + chunk] for start in range(0, many, chunk)]
    before = _counts()
    began = time.perf_counter()
    for part in parts:
        work(part)
    took = time.perf_counter() - began
    if (
        Attempt.objects.filter(out_trade_no__in=[fact.out_trade_no for fact in facts], state="paid").count()
        != many
    ):
        raise RuntimeError("not every payment was settled")
    return many / took, tuple(now - then for now, then in zip(_counts(), before, strict=True))


def fact_of(number: str) -> PaymentFact:
    """A payment of a student's bill through WeChat Pay."""
    return PaymentFact("wechat", number, f"42000{number}", 28_000, "CNY", "1900000001", IN_SEASON)


def _counts() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in WRITTEN)}")
        return list(cursor.fetchone())


_serials = count(500_000_000, 20 * 500)


def _settle_by_sql(facts: Sequence[PaymentFact]) -> None:
    numbers = [fact.out_trade_no for fact in facts]
    buckets = [int(number[2:6]) for number in numbers]
    with connection.cursor() as cursor:
        cursor.execute(
            LIMIT, {"buckets": buckets, "numbers": numbers, "now": IN_SEASON, "first": next(_serials)}
        )
