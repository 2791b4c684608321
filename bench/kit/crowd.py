"""People on the verge of paying, made through the services in sets."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection

from canbao.basics.documents import RESIDENT_ID
from canbao.records.models import Attempt
from canbao.services.money.assess import assess
from canbao.services.money.check import new_order_number
from canbao.services.money.open import Opening, open_orders
from canbao.services.people.register import Registration, register
from tests.support.world import CHIPING, CHIPING_YEAR, World, id_number

CHUNK = 500
NUMBERS_A_DAY = 499


class Crowd:
    """Students of 茌平; each is new, so nobody pays twice."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made = 0

    def register(self, how_many: int) -> list[int]:
        """So many new people; returns their ids."""
        rows = [self._registration(n) for n in range(self.made, self.made + how_many)]
        self.made += how_many
        return [done.person_id for done in register(self.world.env, rows)]

    def number(self, n: int) -> str:
        """The ID number of the n-th person."""
        return id_number(CHIPING, self._birth(n), 2 * (n % NUMBERS_A_DAY) + 1)

    def _birth(self, n: int) -> date:
        return date(1998, 1, 1) + timedelta(days=n // NUMBERS_A_DAY)

    def _registration(self, n: int) -> Registration:
        place = (CHIPING, "student", date(2020, 1, 1))
        return Registration("张小满", RESIDENT_ID, self.number(n), self._birth(n), "male", *place)

    def start_orders(self, how_many: int) -> list[str]:
        """Open an order and an attempt for so many new people; returns the attempts' numbers."""
        ids = self.register(how_many)
        numbers = [
            no for start in range(0, how_many, CHUNK) for no in self._start(ids[start : start + CHUNK])
        ]
        analyse()
        return numbers

    def _opening(self, bill_id: int) -> Opening:
        order_no, token = new_order_number(self.world.env, bill_id)
        return Opening(order_no, token, bill_id, "self", CHIPING)

    def _start(self, person_ids: Sequence[int]) -> list[str]:
        env = self.world.env
        bills = [row.bill for row in assess(env, person_ids, CHIPING_YEAR) if row.bill]
        orders = open_orders(env, [self._opening(bill.id) for bill in bills])
        ids = env.new_ids("attempt", [order.bucket for order in orders])
        attempts = [
            Attempt(
                id=id_,
                bucket=order.bucket,
                out_trade_no=f"{order.order_no}01",
                order_no=order.order_no,
                channel="wechat",
                amount_fen=order.amount_fen,
                state="created",
                created_at=env.now,
            )
            for id_, order in zip(ids, orders, strict=True)
        ]
        Attempt.objects.bulk_create(attempts)
        return [attempt.out_trade_no for attempt in attempts]


def analyse() -> None:
    """Let the planner know what there is now, as a database at work would."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
