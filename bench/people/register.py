"""R1: people registered a second from a school-year list of 100,000 rows: dry run, first time, and the same list again."""

import time
from collections.abc import Iterator
from datetime import date, timedelta

from bench.kit.table import Row, beside
from canbao.faces.cli.demo.people import id_number
from canbao.services.people.registration.lists import Result, Source, keep, run
from canbao.services.system.places import Unit, put_units
from tests.support.world import IN_SEASON, World, make_world

ROWS = 100_000
SCHOOL = Unit("371503S01", "茌平区实验小学", "school", "371503")
SOURCE = Source(SCHOOL.code, "student")
A_DAY = 500  # numbers that one birthday has for boys


def measure(scale: float) -> list[Row]:
    """Three rates over one list: what it would do, doing it, and finding it done."""
    world = make_world(IN_SEASON)
    put_units([SCHOOL])
    many = int(ROWS * scale)
    kept = keep(world.env, SOURCE, ["".join(_lines(many)).encode()])
    return [
        beside(f"R1 list of {many:,}, {words}", many / _took(world, kept, dry, outcome, many), "/s")
        for words, dry, outcome in (
            ("dry run", True, "new_person"),
            ("registered", False, "new_person"),
            ("the same again", False, "already_enrolled"),
        )
    ]


def _took(world: World, kept: object, dry: bool, outcome: str, many: int) -> float:
    began = time.perf_counter()
    result: Result = run(world.env, kept, SOURCE, dry=dry)  # type: ignore[arg-type]
    took = time.perf_counter() - began
    if result.outcomes != {outcome: many}:
        raise RuntimeError(f"not what was expected: {result.outcomes}")
    return took


def _lines(many: int) -> Iterator[str]:
    yield "姓名,身份证号\n"
    for n in range(many):
        born = date(2008, 1, 1) + timedelta(days=n // A_DAY)
        yield f"张小满,{id_number('371503', born, n % A_DAY * 2 + 1)}\n"
