"""Where a world is set: a place, a year, the hour before something ends; and what it costs there, told naively.

`price` is the second, naive reading of each notice, written from the notice and not from our policy code:
(fen, held) for someone with these marks on this local day; None where nothing can be charged.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

Price = tuple[int, bool] | None


@dataclass(frozen=True)
class MarkSeen:
    """A mark as the oracle sees it: the group, since when, and since when the tax side knows (None: not yet)."""

    group: str
    acquired: date
    pushed: date | None


@dataclass(frozen=True)
class Scene:
    """One place at one hour. `starts` is 22:30 +08:00: every run crosses a midnight."""

    area: str
    year: int
    person_class: str
    birth: date
    starts: datetime
    groups: tuple[str, ...]
    price: Callable[[Collection[MarkSeen], date], Price]
    last_day: date | None = None
    asks: bool = False  # a normal payment is one-way there, so that the payer is asked first (CZ-09, SX-09)


def _chiping(marks: Collection[MarkSeen], on: date) -> Price:
    """280 yuan for students; what the special groups pay is still to be published (CP-03, CP-04)."""
    return None if any(mark.acquired <= on for mark in marks) else (28_000, False)


def _changzhi(marks: Collection[MarkSeen], on: date) -> Price:
    """400 until 25 February, from the 26th with the fiscal 670 on top (CZ-06, CZ-10); groups: not verified."""
    if any(mark.acquired <= on for mark in marks):
        return None
    return (40_000, False) if on <= date(2025, 2, 25) else (107_000, False)


_SHANXI = {
    "extreme_hardship": 0,
    "returned_to_poverty": 3_200,
    "minimum_living_allowance": 4_000,
    "unstable_exit": 4_000,
}


def _yuncheng(marks: Collection[MarkSeen], on: date) -> Price:
    """320, less one group's subsidy; of two groups no rule says which (SX-03, SX-10, SX-12)."""
    mine = [mark for mark in marks if mark.acquired <= on]
    if not mine:
        return 32_000, False
    if any(mark.group == "extreme_hardship" for mark in mine):
        return 0, False
    if len(mine) > 1:
        return None
    return _SHANXI[mine[0].group], mine[0].pushed is None or mine[0].pushed > on


def _fuyang(marks: Collection[MarkSeen], on: date) -> Price:
    """280 until 31 December, then nothing any more for those who live there (FY-03, FY-04)."""
    return None if marks or on > date(2020, 12, 31) else (28_000, False)


SCENES = (
    Scene("371503", 2022, "student", date(2012, 4, 16), datetime(2021, 12, 31, 14, 30, tzinfo=UTC), (), _chiping),
    Scene("140430", 2025, "adult", date(1988, 3, 15), datetime(2025, 2, 25, 14, 30, tzinfo=UTC),
          ("minimum_living_allowance",), _changzhi, date(2025, 2, 25), asks=True),
    Scene("140802", 2022, "adult", date(1988, 3, 15), datetime(2021, 12, 31, 14, 30, tzinfo=UTC),
          tuple(_SHANXI), _yuncheng, asks=True),
    Scene("341225", 2021, "senior", date(1955, 10, 1), datetime(2020, 12, 31, 14, 30, tzinfo=UTC),
          (), _fuyang, date(2020, 12, 31)),
)  # fmt: skip
