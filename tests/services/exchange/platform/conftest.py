"""茌平 in its collection period, connected with a platform."""

from dataclasses import replace

import pytest

from tests.support.people.fake_platform import FakePlatform
from tests.support.world import IN_SEASON, World, make_world


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def world(db: None, platform: FakePlatform) -> World:
    world = make_world(IN_SEASON)
    return replace(world, env=replace(world.env, platform=platform))
