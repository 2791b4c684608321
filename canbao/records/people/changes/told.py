"""How an event tells of a change, so that the present can be rebuilt from the past.

`is` holds the columns of the subject's row as they were written, `was` as they stood before; `why` and `evidence`
say on which ground. Whoever folds the `is` of all events of a row, oldest first, has the row (`rebuild`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Ground:
    """Why something changed, in the words of whoever changed it, and the reference of the papers seen."""

    why: str
    evidence: str | None = None


def told(
    is_: Mapping[str, Any],
    was: Mapping[str, Any] | None = None,
    ground: Ground | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The details of an event."""
    details: dict[str, Any] = {"is": _plain(is_)}
    if was is not None:
        details["was"] = _plain(was)
    if ground is not None:
        details["why"] = ground.why
        if ground.evidence:
            details["evidence"] = ground.evidence
    return details | more


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON holds them: days as ISO text, sealed bytes as hex digits."""
    return {name: _text(value) for name, value in columns.items()}


def _text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value
