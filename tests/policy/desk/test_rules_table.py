"""docs/rules.md is complete and current: every rule id has a place and a case."""

import importlib.util
from pathlib import Path

from canbao.policy.desk.look import rules_in
from tests.policy.shelf import PACKS

SCRIPT = PACKS.parent / "setup" / "rules.py"


def _program():
    spec = importlib.util.spec_from_file_location("rules_program", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RULES = _program()


def test_every_rule_has_a_place_and_a_case() -> None:
    assert RULES.homeless() == []


def test_the_page_is_current() -> None:
    assert RULES.PAGE.read_text() == RULES.page(), "write it anew: make rules"


def test_a_rule_without_a_place_is_found(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "rules.yaml").write_text("CP-01: 起征\n")
    monkeypatch.setattr(RULES, "ROOT", tmp_path)

    assert RULES.homeless() == ["CP-01: no place", "CP-01: no case"]


def test_the_catalogue_holds_all_of_the_notices_and_nothing_twice() -> None:
    ids = list(RULES.catalogue())
    counts = {
        family: sum(rule.startswith(f"{family}-") for rule in ids)
        for family in ("CP", "CZ", "LZ", "SX", "FY")
    }

    assert counts == {"CP": 21, "CZ": 26, "LZ": 22, "SX": 12, "FY": 30}
    assert [f"E{number}" for number in range(1, 16)] == [rule for rule in ids if rule.startswith("E")]


def test_spans_of_ids_are_read_as_each_of_them() -> None:
    assert rules_in("FY-23 … FY-26, N-38-1") == {"FY-23", "FY-24", "FY-25", "FY-26", "N-38-1"}
