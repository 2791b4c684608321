"""A world with a carrier of short messages."""

from dataclasses import replace

import pytest

from tests.support.people.fake_messenger import FakeMessenger
from tests.support.world import IN_SEASON, World, make_world


@pytest.fixture
def carrier() -> FakeMessenger:
    return FakeMessenger()


@pytest.fixture
def world(db: None, carrier: FakeMessenger) -> World:
    """茌平 on 10 November 2021, with a carrier."""
    return carried_by(make_world(IN_SEASON), carrier)


def carried_by(world: World, carrier: FakeMessenger) -> World:
    return replace(world, env=replace(world.env, messengers={carrier.way: carrier}))
