"""A world for every test of reconciliation."""

import pytest

from tests.support.reconciling import MORNING
from tests.support.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """阜阳 on the morning of 5 October 2020."""
    return make_world(MORNING)
