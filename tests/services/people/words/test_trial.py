"""等待期试算 on E9's figures: each repaired year brings the first day nearer, up to the floor, and costs one year's price."""

from dataclasses import dataclass
from datetime import date
from typing import cast

import pytest

from canbao.policy.pack import NO_MOMENT, Moment, Pack
from canbao.services.people.words.waiting import Choice, try_waiting
from canbao.services.system.env import Env
from tests.policy.shelf import from_text
from tests.policy.test_waiting import WAITING

AREA = "371503"


@dataclass
class OneArea:
    """An env as far as a trial asks: one pack, one day."""

    pack: Pack

    @property
    def packs(self) -> "OneArea":
        return self

    now = None

    def current(self, *_: object) -> Pack:
        return self.pack

    def local_date(self, _: str) -> date:
        return date(2026, 10, 10)

    def moment(self, _: Pack) -> Moment:
        return NO_MOMENT


def trial(free: int, missed: int):
    pack = from_text(2027, c371503=WAITING.format(free=free).replace("371500", AREA))
    return try_waiting(cast(Env, OneArea(pack)), AREA, missed)


def test_a_gap_of_two_can_be_shortened_by_one_year() -> None:
    told = trial(free=1, missed=2)
    assert told.is_stated
    assert told.choices == (Choice(0, date(2027, 5, 1), 40_000), Choice(1, date(2027, 4, 1), 80_000))


def test_no_year_is_offered_that_would_not_help() -> None:
    """E9: a gap of five waits eight months; two years help, a third does not: the floor is six."""
    told = trial(free=0, missed=5)
    assert [(one.repaired, one.first_date) for one in told.choices] == [
        (0, date(2027, 9, 1)),
        (1, date(2027, 8, 1)),
        (2, date(2027, 7, 1)),
    ]


@pytest.mark.parametrize("missed", [0, -3])
def test_without_a_gap_nobody_waits(missed: int) -> None:
    told = trial(free=1, missed=missed)
    assert told.choices == (Choice(0, date(2027, 1, 1), 40_000),)
