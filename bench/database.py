"""A durable PostgreSQL with the schema, the packs, and people on the verge of paying."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from tests.support.postgres import DURABLE, throw_away_server

BORN = date(2012, 4, 16)
CHUNK = 500


@contextmanager
def durable_database() -> Iterator[str]:
    """The database's URL, with Django connected to it and the schema in place."""
    with throw_away_server(DURABLE) as url:
        os.environ["CANBAO_DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "canbao.settings"
        _connect(url)
        yield url
        from django.db import connections

        connections.close_all()


def _connect(url: str) -> None:
    """Set Django up, or point one that is set up already to this database."""
    import django
    import environ
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connections

    if apps.ready:
        connections.close_all()
        connections["default"].settings_dict.update(environ.Env.db_url_config(url))
    else:
        django.setup()
    call_command("migrate", verbosity=0)


def a_world():  # noqa: ANN201 (its class can only be imported once Django is set up)
    """茌平 in its season, with the process's own fake channel."""
    from tests.support.world import IN_SEASON, make_world

    return make_world(IN_SEASON)


def register_students(world, how_many: int) -> list[int]:  # noqa: ANN001
    """So many students of 茌平; returns their ids."""
    from canbao.basics.documents import RESIDENT_ID
    from canbao.services.people.register import Registration, register
    from tests.support.world import CHIPING, id_number

    rows = []
    for n in range(how_many):
        day, order = divmod(n, 499)
        birth = date(2005, 1, 1) + timedelta(days=day)
        number = id_number(CHIPING, birth, 2 * order + 1)
        rows.append(
            Registration("张小满", RESIDENT_ID, number, birth, "male", CHIPING, "student", date(2020, 1, 1))
        )
    return [done.person_id for done in register(world.env, rows)]


def start_orders(world, person_ids: Sequence[int]) -> list[str]:  # noqa: ANN001
    """Open an order and an attempt for each person; returns the attempts' numbers."""
    from canbao.records.models import Attempt
    from canbao.services.money.assess import assess
    from canbao.services.money.open import open_orders
    from tests.support.world import CHIPING_YEAR

    numbers: list[str] = []
    for start in range(0, len(person_ids), CHUNK):
        chunk = person_ids[start : start + CHUNK]
        bills = [row.bill for row in assess(world.env, chunk, CHIPING_YEAR)]
        orders = open_orders(world.env, [world.opening(bill) for bill in bills])
        ids = world.env.new_ids("attempt", [order.bucket for order in orders])
        attempts = [
            Attempt(
                id=id_,
                bucket=order.bucket,
                out_trade_no=f"{order.order_no}01",
                order_no=order.order_no,
                channel="wechat",
                amount_fen=order.amount_fen,
                state="started",
                created_at=world.env.now,
            )
            for id_, order in zip(ids, orders, strict=True)
        ]
        Attempt.objects.bulk_create(attempts)
        numbers += [attempt.out_trade_no for attempt in attempts]
    return numbers


NOW = datetime(2021, 11, 10, 2, 0, tzinfo=UTC)
