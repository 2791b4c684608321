"""Many hands on what is heard: each person is asked once, each word is put down once, none is lost."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from canbao.records.models import Event, HeardFact, PlatformFeed
from canbao.services.exchange.platform import feed as feeds
from canbao.services.exchange.platform.ask import ask
from canbao.services.exchange.platform.feed import keep, listen, take_in
from tests.races.test_settle_races import at_once
from tests.support.people.asked import number_of
from tests.support.people.fake_platform import FakePlatform, feed_of, joined, moved
from tests.support.world import IN_SEASON, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 24


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def world(transactional_db: None, platform: FakePlatform) -> World:
    assert connection.vendor == "postgresql"
    world = make_world(IN_SEASON)
    return replace(world, env=replace(world.env, platform=platform))


@pytest.fixture
def people(world: World, platform: FakePlatform) -> list[int]:
    ids = [world.person(name=f"甲{n}") for n in range(PEOPLE)]
    platform.insured = {f"甲{n}": [joined()] for n in range(PEOPLE)}
    return ids


def no_faults(results: list[object]) -> None:
    assert not [result for result in results if isinstance(result, BaseException)], results


def test_three_askers_at_once_ask_after_each_once(world, platform, people):
    results = at_once(*[lambda: ask(world.env, people)] * 3)
    no_faults(results)
    assert sum(result.answered for result in results) == PEOPLE
    assert sorted(platform.asked) == sorted(platform.insured)
    assert HeardFact.objects.filter(state="holds").count() == PEOPLE


def test_three_listeners_at_once_take_a_feed_in_once(world, platform, people, monkeypatch):
    monkeypatch.setattr(feeds, "CHUNK", 5)
    changes = [(number_of(world, id_), f"甲{n}", joined()) for n, id_ in enumerate(people)]
    platform.feeds = {1: feed_of(1, world.env.now, *changes)}
    no_faults(at_once(*[lambda: listen(world.env)] * 3))
    row = PlatformFeed.objects.get()
    assert (row.rows_done, row.taken_count, row.doubtful_rows) == (PEOPLE, PEOPLE, [])
    assert HeardFact.objects.count() == Event.objects.filter(name="FactHeard").count() == PEOPLE


def test_a_feed_and_answers_at_once_lose_no_word(world, platform, people):
    until = date(2021, 12, 31)
    platform.insured = {name: [joined(until=until), moved("341225")] for name in platform.insured}
    changes = [(number_of(world, id_), f"甲{n}", joined(until=until)) for n, id_ in enumerate(people)]
    keep(world.env, feed_of(1, world.env.now, *changes))
    no_faults(at_once(lambda: take_in(world.env, 1), lambda: ask(world.env, people)))
    rows = HeardFact.objects.filter(state="holds")
    assert rows.filter(kind="employee", until_date=until).count() == PEOPLE
    assert rows.filter(kind="resident").count() == PEOPLE
    assert rows.count() == 2 * PEOPLE
