"""P6: a roster of a million rows: kept and read, tried dry, matched, marked and assessed, and the wrong rows listed.

The reference is the file as it is, copied into one table of text columns on the same server: nothing is sealed, checked
or matched there. One row in a hundred is wrong in some way.
"""

import io
import time
from collections.abc import Iterator

from django.db import connection

from bench.kit.crowd import Crowd, analyse
from bench.kit.table import Row, beside, faster
from canbao.services.people.roster.take import Source, apply, corrections, dry_run, upload
from tests.support.world import CHIPING, CHIPING_YEAR, IN_SEASON, make_world

ROWS = 1_000_000
WRONG_EVERY = 100
AT_ONCE = 20_000
SOURCE = Source("civil_affairs", CHIPING, CHIPING_YEAR)


def measure(scale: float) -> list[Row]:
    """The whole way beside a COPY of the same file, and its parts."""
    crowd = Crowd(make_world(IN_SEASON))
    many = int(ROWS * scale)
    for start in range(0, many, AT_ONCE):
        crowd.register(min(AT_ONCE, many - start))
    analyse()
    body = "".join(_lines(crowd, many)).encode()
    env = crowd.world.env

    began = time.perf_counter()
    kept = upload(env, SOURCE, [body])
    read = time.perf_counter()
    tried = dry_run(env, kept.id)
    dry = time.perf_counter()
    done = apply(env, kept.id)
    marked = time.perf_counter()
    wrong = sum(1 for _ in corrections(env, kept.id).rows)
    listed = time.perf_counter()
    if (done.rows, done.ok, wrong) != (many, many - many // WRONG_EVERY, many // WRONG_EVERY):
        raise RuntimeError(f"not what was expected: {done}")
    if tried.outcomes != done.outcomes:
        raise RuntimeError(f"tried {tried.outcomes}, done {done.outcomes}")
    whole = (read - began) + (marked - dry) + (listed - marked)
    return [
        faster(f"P6 roster of {many:,}", many / whole, "COPY of the file", many / _copy(body), 0.25),
        beside("P6 kept and read", many / (read - began), "/s"),
        beside("P6 tried dry", many / (dry - read), "/s"),
        beside("P6 matched, marked, assessed", many / (marked - dry), "/s"),
        beside("P6 wrong rows listed", many / (listed - marked), "/s"),
    ]


def _lines(crowd: Crowd, many: int) -> Iterator[str]:
    yield "姓名,身份证号,对象类别,认定日期\n"
    for n in range(many):
        number = crowd.number(n)
        if n % WRONG_EVERY == 0:
            number = number[:17] + ("0" if number[17] != "0" else "1")
        yield f"张小满,{number},低保对象,2021-09-01\n"


def _copy(body: bytes) -> float:
    """Seconds for the same bytes into one table of text."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain_roster (name text, number text, words text, begun text)")
        began = time.perf_counter()
        with cursor.copy("COPY plain_roster FROM STDIN (FORMAT csv, HEADER)") as copy:
            source = io.BytesIO(body)
            while piece := source.read(1 << 20):
                copy.write(piece)
        return time.perf_counter() - began
