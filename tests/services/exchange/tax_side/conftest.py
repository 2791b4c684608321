"""茌平 on a day of its season, and a tax side that collects there."""

from dataclasses import replace

import pytest

from tests.support.outside.fake_tax_side import FakeTaxSide
from tests.support.world import IN_SEASON, World, make_world


@pytest.fixture
def tax() -> FakeTaxSide:
    return FakeTaxSide(IN_SEASON)


@pytest.fixture
def told(db: None, tax: FakeTaxSide) -> World:
    """茌平 with a tax side."""
    world = make_world(IN_SEASON)
    env = replace(world.env, tax_side=tax, channels={**world.env.channels, "tax": tax})
    return replace(world, env=env)
