"""ux.md §2: a thousand people tap twice, go back and use two phones; nobody pays twice, and whoever paid is covered."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from random import Random
from threading import Barrier

import pytest
from django.db import connection, connections
from django.test import Client

from canbao.basics.documents import RESIDENT_ID, parse_resident_id
from canbao.faces import wiring
from canbao.records.models import Bill, ContributionRecord, Coverage, Entry
from canbao.services.people.register import Registration, register
from canbao.services.system.audit import audit
from tests.races.phones.household import Counterpart, Handset, Household, together
from tests.support.world import CHIPING, IN_SEASON, World, id_number, make_world

pytestmark = pytest.mark.django_db(transaction=True)
HOUSEHOLDS, PARTS = 250, 4
BORN = date(2012, 4, 16)


@pytest.fixture
def world(transactional_db, monkeypatch) -> World:
    assert connection.vendor == "postgresql"
    world = make_world(IN_SEASON)
    channel = Counterpart(world.env.now)
    world = replace(world, channel=channel, env=replace(world.env, channels={"wechat": channel}))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return world


def households(world: World) -> list[Household]:
    """One person each, registered as a batch; every other one has two phones, the second somebody else's."""
    numbers = [id_number(CHIPING, BORN, n) for n in range(1, 2 * HOUSEHOLDS, 2)]
    sex = parse_resident_id(numbers[0], date(2026, 1, 1)).sex
    register(
        world.env,
        [
            Registration("张小满", RESIDENT_ID, number, BORN, sex, CHIPING, "student", date(2020, 1, 1))
            for number in numbers
        ],
    )
    return [
        Household(
            "张小满", number, world.channel, [phone(n, payer) for payer in ("self", "proxy")[: 1 + n % 2]]
        )
        for n, number in enumerate(numbers)
    ]


def phone(n: int, payer: str) -> Handset:
    return Handset(payer, Client(enforce_csrf_checks=True, REMOTE_ADDR=f"10.1.{n // 250}.{n % 250}"))


@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_pays_twice(world, part):
    chance = Random(part)
    lived = households(world)
    with ThreadPoolExecutor(2) as pool:
        for one in lived:
            one.live(chance, pool)
        gate = Barrier(2)  # so that each of the two closes its own
        together(pool, [lambda: (gate.wait(), connections.close_all())] * 2)

    done = sum((one.done for one in lived), Counter())
    assert all(one.done["paid"] <= 1 for one in lived), "a channel took money twice for one bill"
    assert done["tap twice"] > HOUSEHOLDS / 2
    assert done["paid"] > HOUSEHOLDS / 4
    assert done["let go"] > 0
    paid = Bill.objects.filter(state="settled")
    assert paid.count() == done["paid"], "whoever paid has it booked, nobody else"
    assert ContributionRecord.objects.count() == Coverage.objects.count() == done["paid"]
    reasons = Counter(Entry.objects.values_list("reason", flat=True))
    assert reasons == {"bill_settled": done["paid"]}, "and nothing is owed back"
    assert audit(world.env.now) == []
