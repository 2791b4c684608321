"""The portals there are, with the labels and steps of the notices: handed in as data, so that no word of theirs is code."""

import json
from dataclasses import dataclass
from pathlib import Path

from sandbox.secret import write_secret

FILE = "portals.json"
REVIEW, INTENTS = "下一步", "他人缴费"


@dataclass(frozen=True)
class Portal:
    """One way in. `special`: whether it takes the special kind; None: the notice does not say, so it offers none."""

    key: str
    area: str
    channel: str
    name: str
    steps: tuple[str, ...]
    year: int
    choose_normal: str | None
    choose_special: str | None
    special: bool | None

    @property
    def normal_label(self) -> str:
        """What a normal payer taps: the notice's label, else the year itself."""
        return self.choose_normal or f"{self.year}年"

    @property
    def special_label(self) -> str | None:
        """What an assisted payer taps; None: there is no such choice here (CZ-17)."""
        return self.choose_special if self.special else None

    @property
    def pops_up(self) -> bool:
        """Whether the special kind is asked in a popup after the year, not in the selector itself (SX-08)."""
        return self.special_label is not None and self.choose_normal is None

    @property
    def reviews(self) -> int:
        """How many screens to look over before paying: as many as the notice says 下一步, one at least."""
        return max(1, sum(step == REVIEW for step in self.steps))

    @property
    def intents(self) -> tuple[str, ...]:
        """自主 and 他人, where the notice has two entrances (LZ-15)."""
        step = next((step for step in self.steps if INTENTS in step), "")
        return tuple(step.split("或")) if "或" in step else ()


def load_portals(home: Path) -> dict[str, Portal]:
    """What was handed in, by key; empty where nobody has."""
    path = home / FILE
    rows = json.loads(path.read_text("utf-8")) if path.exists() else []
    portals = [Portal(**(row | {"steps": tuple(row["steps"])})) for row in rows]
    return {portal.key: portal for portal in portals}


def keep_portals(home: Path, rows: list[dict[str, object]]) -> None:
    """Take the portals in; what was there is replaced."""
    write_secret(home / FILE, json.dumps(rows, ensure_ascii=False, indent=2).encode() + b"\n")
