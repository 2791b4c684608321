"""The people of a simulation: from a file (CSV or YAML, a row may stand for many), or from the database."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from canbao.policy.desk.cases import read_situation
from canbao.policy.format.faults import Fault, PackFaults
from canbao.policy.situation import Situation

Step = Callable[[int], None]
LISTS = ("covered_years", "declarations", "wanted_years")


@dataclass(frozen=True)
class Group:
    """People who are alike, and how many they are."""

    person: Situation
    count: int


def from_file(path: Path) -> Iterator[Group]:
    """The rows of a file: CSV with the names of `Situation` (and `group`, `count`), or a YAML list of the same.

    Raises:
        PackFaults: a row cannot be read; says which.
    """
    rows = _csv_rows(path) if path.suffix == ".csv" else _yaml_rows(path)
    for number, row in rows:
        count = row.pop("count", 1)
        try:
            people = int(str(count))
        except ValueError as error:
            raise PackFaults([Fault(str(path), number, "count", f"“{count}”不是人数")]) from error
        yield Group(_situation(row, path, number), people)


def _situation(row: dict[str, object], path: Path, number: int) -> Situation:
    data = yaml.safe_dump(row, allow_unicode=True).encode()
    try:
        return read_situation(data, str(path))
    except PackFaults as broken:
        raise PackFaults(
            Fault(str(path), number, one.key, one.text, one.allowed, one.nearest) for one in broken.faults
        ) from broken


def _yaml_rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        rows = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackFaults([Fault(str(path), 1, "", f"YAML 写法有误：{error}")]) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PackFaults([Fault(str(path), 1, "", "要写成一行一个人的清单，每行以 - 开头")])
    yield from ((number, dict(row)) for number, row in enumerate(rows, 1))


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Empty cells are unknown. Several years or words in a cell are separated by spaces; `group` makes a mark."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, cells in enumerate(csv.DictReader(file), 2):
            row: dict[str, object] = {name: cell for name, cell in cells.items() if cell and name}
            for name in LISTS:
                if name in row:
                    row[name] = [int(part) if part.isdigit() else part for part in str(row[name]).split()]
            since = row.pop("group_since", "1900-01-01")
            if group := row.pop("group", None):
                row["marks"] = [{"group": part, "acquired_date": since} for part in str(group).split()]
            for name in ("entry_year", "graduation_year", "lump_sum_years", "repair_years"):
                if name in row:
                    row[name] = int(str(row[name]))
            yield number, row
