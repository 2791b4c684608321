"""One seeded demo and one walk through it for all gates."""

from collections.abc import Callable

import pytest

from tests.support.demo import Demo
from tests.support.pages.routes import Stop, walk


@pytest.fixture(scope="session")
def gated(demo_of: Callable[[str], Demo]) -> Demo:
    """A demo of its own: the walk pays in it, and files requests."""
    return demo_of("gates")


@pytest.fixture(scope="session")
def flowing(demo_of: Callable[[str], Demo]) -> Demo:
    """And one for the flows that are counted, since people pay in them as well."""
    return demo_of("flows")


@pytest.fixture(scope="session")
def stops(gated: Demo) -> list[Stop]:
    """Every page of it."""
    return walk(gated)
