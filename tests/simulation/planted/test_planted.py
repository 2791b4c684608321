"""Bugs planted into our code are found by the seeds. All of them in `make drill`, a few here."""

import os

import pytest

from tests.simulation.planted.bugs import BUGS
from tests.simulation.planted.hunt import hunt

FEW = (
    "answered, not kept",
    "channel not compared",
    "late share booked as person's",
    "moves without events",
    "serials begin again",
    "UTC instead of the local day",
)
NAMES = sorted(BUGS) if os.environ.get("CANBAO_DRILL") else FEW


def test_there_are_enough_bugs() -> None:
    assert len(BUGS) >= 30


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("name", NAMES)
def test_a_planted_bug_is_caught(simulated, record_property, name):
    found = hunt(name)
    assert found, f"no seed shows the bug: {name}"
    record_property("caught", f"{name}: seed {found.seed}, {found.violation}")
