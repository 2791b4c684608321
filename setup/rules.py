"""Write docs/rules.md: every rule of packs/rules.yaml with the pack value, the code and the case that hold it."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from canbao.policy.desk.look import rules_in, values_of  # noqa: E402
from canbao.policy.loader import read_sheet  # noqa: E402

PAGE = ROOT / "docs" / "rules.md"
CODE = ("canbao/**/*.py", "canbao/**/*.html", "canbao/**/*.typ")
CASES = ("packs/*/*.cases.yaml", "tests/policy/packs/**/*.cases.yaml", "tests/**/test_*.py")
MADE_UP = {
    "test_check.py",
    "test_loader.py",
    "test_rules_table.py",
    "test_schema.py",
}  # ids for their own ends
HEAD = """\
# Every rule and its place

Written by `make rules` from `packs/rules.yaml`, the packs, the code and the cases; a test fails where it is out of date
or where a rule has no place or no case. A pack value is `area/year key`; code and cases are files that name the id.

| id | rule | pack value | code | case |
|---|---|---|---|---|
"""
Places = dict[str, list[str]]


def catalogue() -> dict[str, str]:
    """The rules by id, in the order of the catalogue."""
    return dict(yaml.safe_load((ROOT / "packs" / "rules.yaml").read_text()))


def pack_values() -> Places:
    """Where packs carry a rule, as `371503/2022 channels.wechat.special`."""
    found: Places = defaultdict(list)
    for path in sorted(ROOT.glob("packs/*/[0-9][0-9][0-9][0-9].yaml")):
        area, year = path.parent.name, int(path.stem)
        document, _ = read_sheet(path.read_bytes(), area, year)
        for key, value in values_of(document):
            for rule in value["rules"]:
                found[rule].append(f"{area}/{year} {key}")
    return found


def named_in(patterns: tuple[str, ...]) -> Places:
    """The files that name a rule."""
    found: Places = defaultdict(list)
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
        for rule in rules_in(path.read_text()) if path.name not in MADE_UP else ():
            found[rule].append(path.relative_to(ROOT).as_posix())
    return found


def homeless() -> list[str]:
    """Rules without a place in a pack or in code, and rules that no case cites."""
    values, code, cases = pack_values(), named_in(CODE), named_in(CASES)
    return [
        f"{rule}: {lack}"
        for rule in catalogue()
        for lack, there in (
            ("no place", values[rule] or code[rule] or _example(rule)),
            ("no case", cases[rule]),
        )
        if not there
    ]


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_rows())


def _example(rule: str) -> bool:
    """A worked example is a test by its nature; it needs no place beside its case."""
    return re.fullmatch(r"E\d+", rule) is not None


def _rows() -> Iterator[str]:
    values, code, cases = pack_values(), named_in(CODE), named_in(CASES)
    for rule, sentence in catalogue().items():
        cells = (_cell(places[rule]) for places in (values, code, cases))
        yield f"| {rule} | {sentence} | {' | '.join(cells)} |\n"


def _cell(places: list[str], most: int = 3) -> str:
    """The first few; a count of the rest would be out of date with every new file that names the rule."""
    return "<br>".join(f"`{place}`" for place in places[:most]) + (" …" if len(places) > most else "")


if __name__ == "__main__":
    PAGE.write_text(page())
    lacking = homeless()
    print("\n".join(lacking) or f"{PAGE.relative_to(ROOT)}: every rule has its place")
    sys.exit(bool(lacking))
