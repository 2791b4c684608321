"""P8: finding one person by number and saying what they owe, among 10 thousand, a million and ten million people.

The people asked for are registered by the service; all others are put beside them by one statement a table, with keys of
the same form. Each is asked once: what is measured is the way through the indexes and not a cache of ours.
"""

import time
from statistics import quantiles

from django.db import connection

from bench.kit.crowd import Crowd, analyse
from bench.kit.table import Row, at_most, beside
from canbao.basics.documents import RESIDENT_ID
from canbao.records.people.find import find_person
from canbao.services.people.guide import Question, find
from tests.support.world import CHIPING, IN_SEASON, make_world

SIZES = (10_000, 1_000_000, 10_000_000)
ASKED = 400
FIRST = 50_000_000  # the serial from which those beside are counted
LIMIT_MS = 5.0
BESIDE = (
    (
        "INSERT INTO person (id, bucket, name, id_type, number_sealed, birth_date, sex, created_at) "
        "SELECT n * 10000 + n * 7919 %% 10000, n * 7919 %% 10000, '某人', '01', '\\x00'::bytea, DATE '1980-01-01' + (n %% 9000)::int, "
        "'male', now() FROM generate_series(%s::bigint, %s::bigint) n"
    ),
    (
        "INSERT INTO identifier (id, bucket, id_type, blind_index, person_id, created_at) "
        "SELECT n * 10000 + n * 7919 %% 10000, n * 7919 %% 10000, '01', left(md5(n::text) || md5((n + 1)::text), %s), "
        "n * 10000 + n * 7919 %% 10000, now() FROM generate_series(%s::bigint, %s::bigint) n"
    ),
    (
        "INSERT INTO enrolment (id, bucket, person_id, area_code, insurance_type, person_class, state, active_slot, started_date, "
        "created_at) SELECT n * 10000 + n * 7919 %% 10000, n * 7919 %% 10000, n * 10000 + n * 7919 %% 10000, '371503', '390', "
        "'student', 'active', 1, DATE '2020-01-01', now() FROM generate_series(%s::bigint, %s::bigint) n"
    ),
)


def measure(scale: float) -> list[Row]:
    """p50 and p99 at each size; the last size beside the first."""
    crowd = Crowd(make_world(IN_SEASON))
    crowd.register(len(SIZES) * 2 * ASKED)
    rows: list[Row] = []
    first: tuple[float, float] | None = None
    there, asked = 0, 0
    for size in SIZES:
        want = max(10_000, int(size * scale))
        _put_beside(crowd, there, want)
        there = want
        by_number = _percentiles([_find_ms(crowd, asked + n) for n in range(ASKED)])
        whole = _percentiles([_enquire_ms(crowd, asked + ASKED + n) for n in range(ASKED)])
        asked += 2 * ASKED
        rows += [
            beside(f"P8 found by number among {want:,}, p50", by_number[0], "ms"),
            at_most(f"P8 found by number among {want:,}, p99", by_number[1], "ms", LIMIT_MS, "issue 4"),
            beside(f"P8 what is owed, among {want:,}, p50", whole[0], "ms"),
        ]
        first = first or whole
        rows.append(
            at_most(
                f"P8 what is owed, among {want:,}, p99", whole[1], "ms", 1.5 * first[1], "1.5 × the first"
            )
        )
    return rows


def _put_beside(crowd: Crowd, there: int, want: int) -> None:
    length = len(crowd.world.env.sealer.blind_index(RESIDENT_ID, crowd.number(0)))
    bounds = [FIRST + there, FIRST + want - 1]
    person, identifier, enrolment = BESIDE
    with connection.cursor() as cursor:
        cursor.execute(person, bounds)
        cursor.execute(identifier, [length, *bounds])
        cursor.execute(enrolment, bounds)
    analyse()


def _find_ms(crowd: Crowd, n: int) -> float:
    number = crowd.number(n)
    began = time.perf_counter()
    person = find_person(crowd.world.env.sealer, RESIDENT_ID, number)
    took = time.perf_counter() - began
    if person is None:
        raise RuntimeError(f"nobody holds the number of the {n}-th person")
    return 1000 * took


def _enquire_ms(crowd: Crowd, n: int) -> float:
    question = Question(
        CHIPING, "张小满", crowd.number(n), "self", f"198.51.{n // 250}.{n % 250}", consented=True
    )
    began = time.perf_counter()
    finding = find(crowd.world.env, question)
    took = time.perf_counter() - began
    if finding.bill_id is None:
        raise RuntimeError(f"the {n}-th person was not told what they owe")
    return 1000 * took


def _percentiles(times: list[float]) -> tuple[float, float]:
    cut = quantiles(times, n=100)
    return cut[49], cut[98]
