"""P1: payments settled a second through `services.money.settle`, durable commits, chunks of 1, 10 and 500.

The reference is the limit: the same rows written by one hand-made set statement a chunk, on the same
connection, with nothing decided in Python (`settle_limit.sql`).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.database import NOW, a_world, durable_database, register_students, start_orders
from bench.table import Row, faster

LIMIT = Path(__file__).with_name("settle_limit.sql").read_text("utf-8")
# chunk: how many payments are measured, and what share of the limit we want to reach
CHUNKS = {1: (600, 0.2), 10: (3_000, 0.3), 500: (20_000, 0.5)}
WRITTEN = ("entry", "coverage", "contribution_record", "event")


def measure(scale: float) -> list[Row]:
    """One row a chunk size."""
    with durable_database():
        world = a_world()
        return [_compare(world, chunk, int(many * scale), reach) for chunk, (many, reach) in CHUNKS.items()]


def _compare(world, chunk: int, many: int, reach: float) -> Row:  # noqa: ANN001
    from canbao.records.models import Attempt
    from canbao.services.money.settle import Arrival, settle

    halves = []
    for work in (lambda part: settle(world.env, [Arrival(fact) for fact in part]), _settle_by_sql):
        numbers = start_orders(world, register_students_once(world, many))
        facts = [_fact(number) for number in numbers]
        _analyse()
        before = _counts()
        rate = many / _time(work, facts, chunk)
        halves.append((rate, [now - then for now, then in zip(_counts(), before, strict=True)]))
        assert Attempt.objects.filter(out_trade_no__in=numbers, state="paid").count() == many
    (ours, wrote), (theirs, limit_wrote) = halves
    assert wrote == limit_wrote, f"the limit writes other rows: {wrote} and {limit_wrote}"
    return faster(f"P1 settle, chunks of {chunk}", ours, "one statement a chunk", theirs, reach)


_made = 0


def register_students_once(world, many: int) -> list[int]:  # noqa: ANN001
    """New people each time: nobody pays twice."""
    global _made  # noqa: PLW0603
    ids = register_students(world, _made + many)[_made:]
    _made += many
    return ids


def _fact(number: str):  # noqa: ANN202
    from canbao.channels.port import PaymentFact

    return PaymentFact("wechat", number, f"42000{number}", 28_000, "CNY", "1900000001", NOW)


def _time(work: Callable[[Sequence[object]], object], facts: Sequence[object], chunk: int) -> float:
    parts = list(_parts(facts, chunk))
    began = time.perf_counter()
    for part in parts:
        work(part)
    return time.perf_counter() - began


def _parts(facts: Sequence[object], chunk: int) -> Iterator[Sequence[object]]:
    for start in range(0, len(facts), chunk):
        yield facts[start : start + chunk]


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _counts() -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in WRITTEN)}")
        return list(cursor.fetchone())


_serial = 500_000_000


def _settle_by_sql(facts) -> None:  # noqa: ANN001
    from django.db import connection

    global _serial
    first, _serial = _serial, _serial + 20 * len(facts)
    numbers = [fact.out_trade_no for fact in facts]
    buckets = [int(number[2:6]) for number in numbers]
    with connection.cursor() as cursor:
        cursor.execute(LIMIT, {"buckets": buckets, "numbers": numbers, "now": NOW, "first": first})
