"""A made-up city: the same people for every way of counting, drawn from one seed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from canbao.policy.loader import resolve
from canbao.policy.pack import Pack
from canbao.policy.population import Column, Population
from canbao.policy.situation import Mark, Situation

PACKS = Path(__file__).parent / "packs"
AREA, YEAR, ON = "990500", 2027, date(2026, 10, 8)
GROUPS = ("extreme_hardship", "minimum_living_allowance", "monitored_person")
SINCE = date(2020, 1, 1)
PART = 1_000_000
COVERED = ((2025, 2026), (2025,), (2024,))
"""The years a person was covered; the gap before 2027 is the place in this list: 0, 1 or 2 years."""


@dataclass(frozen=True)
class Crowd:
    """Births as day numbers, groups as three flags in one number, gaps as 0, 1 or 2 years."""

    births: np.ndarray
    groups: np.ndarray
    gaps: np.ndarray

    def __len__(self) -> int:
        return len(self.births)

    def population(self) -> Population:
        """The same people as Canbao's columns."""
        marks = tuple(
            tuple(Mark(name, SINCE) for place, name in enumerate(GROUPS) if flags >> place & 1)
            for flags in range(8)
        )
        columns = {"marks": Column(self.groups, marks), "covered_years": Column(self.gaps, COVERED)}
        return Population(self.births, columns)


def crowd(size: int, seed: int = 4) -> Crowd:
    """People from three years up (the gap of an infant is shorter), one in seven in a group, one in four with a gap."""
    if size > PART:  # drawn in parts, so that drawing does not take more memory than holding
        whole = Crowd(np.empty(size, np.int32), np.empty(size, np.uint8), np.empty(size, np.uint8))
        for start in range(0, size, PART):
            part = crowd(min(PART, size - start), seed + start)
            for name in ("births", "groups", "gaps"):
                getattr(whole, name)[start : start + PART] = getattr(part, name)
        return whole
    rng = np.random.default_rng(seed)
    first, last = date(1930, 1, 1).toordinal(), date(2024, 1, 1).toordinal()
    flags = rng.choice(
        np.arange(8, dtype=np.uint8), size, p=[0.86, 0.02, 0.06, 0.02, 0.03, 0.004, 0.005, 0.001]
    )
    gaps = rng.choice(np.arange(3, dtype=np.uint8), size, p=[0.75, 0.15, 0.1])
    return Crowd(rng.integers(first, last, size, dtype=np.int32), flags, gaps)


def one() -> Situation:
    """A person of one of the commoner kinds."""
    return Situation("adult", date(1980, 5, 1), (Mark("monitored_person", SINCE),), (2025,))


def policy() -> Pack:
    """The pack of the made-up city."""
    return resolve(AREA, YEAR, _read)


def _read(area: str, year: int) -> bytes | None:
    path = PACKS / area / f"{year}.yaml"
    return path.read_bytes() if path.exists() else None
