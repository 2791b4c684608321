"""What is wrong with a pack, as values: where, what, what is allowed, and the nearest spelling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal


@dataclass(frozen=True)
class Fault:
    """One finding. `line` counts from 1; `key` is the path inside the file, dotted.

    `grade` is `error` (the pack cannot be used), `warning` or `note` (a gap the notice itself has).
    """

    file: str
    line: int
    key: str
    text: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None
    grade: Literal["error", "warning", "note"] = "error"

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}: {self.key}：{self.text}"]
        if self.nearest:
            parts.append(f"是不是“{self.nearest}”？")
        if self.allowed:
            parts.append("可以写：" + "、".join(self.allowed))
        return "  ".join(parts)


class PackFaults(Exception):
    """A pack that cannot be used, with every fault found in one reading."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def nearest_of(word: str, allowed: Sequence[str]) -> str | None:
    """The allowed word that looks most like `word`, if any does."""
    found = get_close_matches(word, allowed, n=1)
    return found[0] if found else None
