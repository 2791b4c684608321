"""核查: does everything that must hold still hold? The same questions judge production and the simulation.

Each question is one statement over whole tables; nothing is locked and nothing is written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from canbao.records import sets
from canbao.records.system.invariants import Invariant, invariants

SHOWN_MAX = 200


@dataclass(frozen=True)
class Breach:
    """One row that breaks one invariant. `found`: what stands there."""

    code: str
    name: str
    sentence: str
    table: str
    row_id: int
    area_code: str
    found: str

    def __str__(self) -> str:
        return f"{self.code} {self.name}：{self.sentence} {self.table} {self.row_id}：{self.found}"


def audit(
    now: datetime,
    *,
    area_code: str = "",
    at_rest: bool = False,
    before_each: Callable[[str, int, int], None] | None = None,
) -> list[Breach]:
    """Ask everything; at most 200 breaches of each kind are named.

    `area_code` limits the answers to one area and what lies in it (371500 holds 371503); rows that
    belong to no area (entries, attempts, callbacks) are then left out. `at_rest` also asks what
    holds only when nothing is under way. `before_each` hears each question, its place and how many there are.
    """
    asked = [one for one in invariants() if at_rest or not one.at_rest]
    found: list[Breach] = []
    for place, one in enumerate(asked, 1):
        if before_each:
            before_each(f"{one.code} {one.sentence}", place, len(asked))
        found += _ask(one, now, area_code)
    return found


def _ask(one: Invariant, now: datetime, area_code: str) -> list[Breach]:
    sql, params = _placed(one.sql, now)
    where = ""
    if area_code:
        where, params = "WHERE x.area_code LIKE %s", [*params, _prefix(area_code) + "%"]
    rows = sets.fetch(f"SELECT x.* FROM ({sql}) x {where} ORDER BY x.id LIMIT {SHOWN_MAX}", params)
    return [_breach(one, row) for row in rows]


def _placed(sql: str, now: datetime) -> tuple[str, Sequence[object]]:
    """`%(now)s` by position; SQLite keeps instants as text without a zone."""
    stamp = now if sets.on_postgres() else now.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    times = sql.count("%(now)s")
    return sql.replace("%(now)s", "%s"), [stamp] * times


def _prefix(area_code: str) -> str:
    """371500 → 3715: everything inside an area begins like it."""
    trimmed = area_code
    while trimmed.endswith("00"):
        trimmed = trimmed[:-2]
    return trimmed if area_code != "100000" else ""


def _breach(one: Invariant, row: sets.Row) -> Breach:
    return Breach(
        one.code, one.name, one.sentence, one.table, row["id"], row["area_code"] or "", str(row["found"])
    )
