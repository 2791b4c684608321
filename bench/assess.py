"""P3: bills a second for a whole city on PostgreSQL, reasons stored, through `services.money.assess`.

The reference is a plain INSERT … SELECT of the very rows that came out, into a table with the same columns,
indexes, checks and foreign key.
"""

import time

from django.db import connection

from bench.kit.crowd import analyse
from bench.kit.table import Row, faster
from canbao.services.money.assess import assess
from tests.support.world import CHIPING, CHIPING_YEAR, IN_SEASON, make_world

FULL = 1_000_000
AT_ONCE = 20_000
# A city of students, born over fourteen years, four in a hundred of them in a group that waits (CP-04).
PEOPLE = """
INSERT INTO person (id, bucket, name, id_type, number_sealed, birth_date, sex, created_at)
SELECT n * 10000 + n * 7919 %% 10000, n * 7919 %% 10000, '张小满', '01', '\\x00', date '2004-01-01' + (n * 37 %% 5000)::int,
       CASE n %% 2 WHEN 0 THEN 'female' ELSE 'male' END, now()
FROM generate_series(1::bigint, %(many)s) AS n
"""
ENROLMENTS = """
INSERT INTO enrolment (id, bucket, person_id, area_code, insurance_type, person_class, state, active_slot, started_date,
                       created_at)
SELECT id, bucket, id, %(area)s, '390', 'student', 'active', 1, date '2020-01-01', now() FROM person
"""
MARKS = """
INSERT INTO identity_mark (id, bucket, person_id, "group", acquired_date, source_department, created_at)
SELECT id, bucket, id, 'minimum_living_allowance', date '2021-01-01', 'civil_affairs', now()
FROM person WHERE id / 10000 %% 25 = 0
"""


def measure(scale: float) -> list[Row]:
    """One row: the whole city at once, as the opening of a season does it."""
    many = int(FULL * scale)
    world = make_world(IN_SEASON)
    for statement in (PEOPLE, ENROLMENTS, MARKS):
        _run(statement, {"many": many, "area": CHIPING})
    analyse()
    ids = [row[0] for row in _run("SELECT id FROM person ORDER BY id")]
    began = time.perf_counter()
    for start in range(0, many, AT_ONCE):
        assess(world.env, ids[start : start + AT_ONCE], CHIPING_YEAR)
    ours = many / (time.perf_counter() - began)
    made = _run("SELECT count(*), count(*) FILTER (WHERE state = 'deferred') FROM bill")[0]
    if tuple(made) != (many, many // 25):
        raise RuntimeError(f"not everybody was assessed: {made}")
    return [faster(f"P3 assess {many:,} people", ours, "INSERT … SELECT of the same rows", _plain(many), 0.4)]


def _plain(many: int) -> float:
    _run("CREATE TABLE plain_bill (LIKE bill INCLUDING ALL)")
    _run("ALTER TABLE plain_bill ADD FOREIGN KEY (person_id) REFERENCES person DEFERRABLE INITIALLY DEFERRED")
    began = time.perf_counter()
    _run("INSERT INTO plain_bill SELECT * FROM bill")
    return many / (time.perf_counter() - began)


def _run(sql: str, params: dict[str, object] | None = None) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []
