"""A small world for service tests: a clock that is set, a fake channel, the real packs, real tables.

Builders say what differs: `world.student()`, `world.order(bill)`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from canbao.basics.documents import RESIDENT_ID, parse_resident_id
from canbao.faces.cli.demo.people import id_number
from canbao.faces.cli.publish import area_names, pack_files
from canbao.records.models import Bill, Order
from canbao.records.sealed import Keys, Sealer
from canbao.records.serials import CounterSerials
from canbao.services.money.assess import assess
from canbao.services.money.check import new_order_number
from canbao.services.money.open import Opening, open_orders
from canbao.services.money.pay import Way
from canbao.services.people.mark import Marking, mark
from canbao.services.people.register import Registration, register
from canbao.services.system.areas import AreaBook
from canbao.services.system.env import Env
from canbao.services.system.packs import PackShelf, publish
from canbao.services.system.places import put_areas
from canbao.services.system.working_days import work_calendar
from tests.support.fake_channel import FakeChannel

PACKS = Path(__file__).resolve().parents[2] / "packs"
KEYS = Keys(gene_secret=b"gene secret of the tests, 32 b..", root=b"root key of the tests, 32 bytes.")
CHIPING = "371503"
CHIPING_YEAR = 2022
BACK = Way("wechat", "https://canbao.example/o/back/", "198.51.100.7")


@dataclass
class World:
    """An env, and ways to put people and orders into it."""

    env: Env
    channel: FakeChannel
    _orders: "count[int]"

    def later(self, **delta: float) -> "World":
        """The same world, later; the channel's clock goes with it."""
        now = self.env.now + timedelta(**delta)
        self.channel.now = now
        return replace(self, env=self.env.at(now))

    def person(
        self,
        area_code: str = CHIPING,
        class_: str = "student",
        birth: date = date(2012, 4, 16),
        name: str = "张小满",
    ) -> int:
        """Register one person; returns their id."""
        number = id_number(area_code, birth, next(self._orders))
        holder = parse_resident_id(number, date(2026, 1, 1))
        row = Registration(name, RESIDENT_ID, number, birth, holder.sex, area_code, class_, date(2020, 1, 1))
        (done,) = register(self.env, [row])
        return done.person_id

    def marked(self, person_id: int, group: str, acquired: date, *, pushed: bool = True) -> int:
        """Mark a person as belonging to an assisted group."""
        mark(self.env, [Marking(person_id, group, acquired, "civil_affairs", acquired if pushed else None)])
        return person_id

    def bill(self, person_id: int, year: int = CHIPING_YEAR) -> Bill:
        """Assess one person."""
        (assessment,) = assess(self.env, [person_id], year)
        assert assessment.bill is not None, assessment.answer
        return Bill.objects.get(id=assessment.bill.id)

    def opening(self, bill: Bill) -> Opening:
        """What the check page of a bill would carry."""
        order_no, token = new_order_number(self.env, bill.id)
        return Opening(order_no, token, bill.id, "self", bill.area_code)

    def order(self, bill: Bill) -> Order:
        """Open an order for a bill."""
        (order,) = open_orders(self.env, [self.opening(bill)])
        return order


def make_world(now: datetime, shift_days: dict[str, int] | None = None) -> World:
    """A world at an instant, with all areas and packs of the five notices."""
    put_areas(area_names(PACKS), shift_days or {})
    publish(pack_files(PACKS), now - timedelta(days=1), ["test"])
    channel = FakeChannel(now)
    tokens = count(1)
    env = Env(
        now=now,
        actor="test",
        serials=CounterSerials(),
        new_token=lambda: f"token-{next(tokens):027d}",
        sealer=Sealer(KEYS),
        channels={"wechat": channel},
        base_url="https://canbao.example",
        areas=AreaBook(demo=bool(shift_days)),
        packs=PackShelf(),
        calendar=work_calendar,
    )
    return World(env, channel, count(1, 2))


IN_SEASON = datetime(2021, 11, 10, 2, 0, tzinfo=UTC)  # 茌平 collects since 2021-10-08
