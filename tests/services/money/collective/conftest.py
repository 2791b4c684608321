"""A village whose agent collects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from canbao.basics.documents import RESIDENT_ID, parse_resident_id
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import Collection, Order, Person
from canbao.services.money.collective.gather import open_collection
from canbao.services.money.collective.read import keep
from canbao.services.people.register import Registration, register
from canbao.services.system.places import Unit, put_units
from tests.support.rosters import as_csv
from tests.support.world import CHIPING, World

UNIT = "371503001001"
HEADER = ("姓名", "身份证号")


@dataclass
class Village:
    """A unit with its people; lists of them as an agent writes them."""

    world: World
    born: int = 0

    def __post_init__(self) -> None:
        put_units([Unit(UNIT, "城关小学", "school", CHIPING)])

    def people(self, size: int) -> list[int]:
        """Register so many under the unit."""
        rows = [self._pupil(n) for n in range(self.born, self.born + size)]
        self.born += size
        return [done.person_id for done in register(self.world.env, rows)]

    def _pupil(self, nth: int) -> Registration:
        birth = date(2010, 1, 1) + timedelta(days=nth // 400)
        number = id_number(CHIPING, birth, nth % 400 + 500)
        sex = parse_resident_id(number, date(2026, 1, 1)).sex
        return Registration(
            "张小满", RESIDENT_ID, number, birth, sex, CHIPING, "student", date(2020, 1, 1), UNIT
        )

    def number(self, person_id: int) -> str:
        person = Person.objects.get(id=person_id)
        return self.world.env.sealer.open_number(person.id, person.number_sealed)

    def list_of(self, ids: Sequence[int], *wrong: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
        """A CSV with a row for each, and rows that are wrong after them."""
        rows = [("张小满", self.number(id_)) for id_ in ids]
        return as_csv([*rows, *wrong], header=header)

    def collection(self, ids: Sequence[int], *wrong: Sequence[str]) -> Collection:
        return keep(self.world.env, UNIT, [self.list_of(ids, *wrong)])

    def opened(self, ids: Sequence[int], by: str = "wechat") -> tuple[Collection, Order]:
        kept = self.collection(ids)
        return kept, open_collection(self.world.env, kept.id, by)


@pytest.fixture
def village(world: World) -> Village:
    return Village(world)
