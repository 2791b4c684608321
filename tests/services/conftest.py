"""A world for every service test."""

import pytest

from tests.support.world import IN_SEASON, World, make_world


@pytest.fixture
def world(db: None) -> World:
    """茌平 on 10 November 2021, a morning of its collection period."""
    return make_world(IN_SEASON)
