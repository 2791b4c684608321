"""A row of the table: ours, the reference, their ratio and how far we want to get."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parents[1] / "results"


@dataclass(frozen=True)
class Row:
    """One measurement. `reach` is a sentence such as `≥ 0.5`; `holds` says whether it is reached."""

    name: str
    ours: float
    unit: str
    reference: str
    theirs: float | None
    ratio: float | None
    reach: str
    holds: bool | None


def faster(name: str, ours: float, reference: str, theirs: float, at_least: float | None = None) -> Row:
    """A rate a second: the ratio of ours to the reference should be at least so much, if anything is asked."""
    ratio = ours / theirs
    if at_least is None:
        return Row(name, ours, "/s", reference, theirs, ratio, "", None)
    return Row(name, ours, "/s", reference, theirs, ratio, f"≥ {at_least:g}", ratio >= at_least)


def at_most(name: str, ours: float, unit: str, limit: float, why: str) -> Row:
    """A cost with a limit of its own."""
    return Row(name, ours, unit, why, limit, ours / limit, f"≤ {limit:g} {unit}", ours <= limit)


def beside(name: str, ours: float, unit: str, what: str = "") -> Row:
    """A figure to know, with nothing to reach."""
    return Row(name, ours, unit, what, None, None, "", None)


def show(rows: Sequence[Row]) -> None:
    """Print the table."""
    table = Table("row", "ours", "reference", "theirs", "ratio", "reach", "")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.ours:,.2f} {row.unit}",
            row.reference,
            "" if row.theirs is None else f"{row.theirs:,.2f}",
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.reach,
            {True: "holds", False: "NOT YET", None: ""}[row.holds],
        )
    Console(width=150).print(table)


def keep(rows: Sequence[Row]) -> Path:
    """Write the rows beside those of earlier runs."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    told = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": list(map(asdict, rows)),
    }
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    return path
