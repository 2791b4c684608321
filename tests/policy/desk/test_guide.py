"""docs/policy-guide.md is true: its pack is read, checked and tested as it stands, and so is every part it shows."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from canbao.faces.cli.pack.command import pack
from canbao.policy.desk.cases import Case
from canbao.policy.desk.check import check, read_sources
from canbao.policy.desk.questions import ClaimLine, Expected, OutpatientLine, RecordLine, VisitLine
from canbao.policy.format.vocabulary import (
    REFUND_REASONS,
    ChannelName,
    EventKind,
    GroupName,
    PersonClass,
    Rounding,
    Status,
    Topic,
)
from canbao.policy.incentive import History
from canbao.policy.loader import read_sheet
from canbao.policy.pack import Sections
from canbao.policy.situation import Event, Mark, Situation
from tests.policy.shelf import HEAD, PACKS, read_from
from tests.policy.test_constructs import asked

VOCABULARIES = (PersonClass, GroupName, ChannelName, Topic, EventKind, Rounding, Status)
GUIDE = (PACKS.parent / "docs" / "policy-guide.md").read_text()
BLOCKS = re.findall(r"^```yaml (\w+)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [text for name, text in BLOCKS if name == kind]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "140400").mkdir()
    (tmp_path / "sources.yaml").write_text("".join(blocks("sources")))
    (tmp_path / "140400" / "2025.yaml").write_text("\n".join(blocks("pack")))
    (tmp_path / "140400" / "2025.cases.yaml").write_text("".join(blocks("cases")))
    return tmp_path


@pytest.mark.parametrize(("word", "last"), [("check", "1 passed, 0 failed"), ("test", "7 passed, 0 failed")])
def test_what_the_guide_builds_step_by_step_passes(folder: Path, word: str, last: str):
    result = CliRunner().invoke(pack, [word, str(folder)])

    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == last


@pytest.mark.parametrize("text", blocks("part"), ids=lambda text: text.split(":")[0])
def test_every_part_it_shows_can_be_used_as_it_stands(text: str):
    whole = (HEAD + text).encode()
    sources = read_sources((PACKS / "sources.yaml").read_bytes())

    assert [str(fault) for fault in read_sheet(whole, "371500", 2022)[1].faults] == []
    found = check(
        "371500",
        2022,
        lambda area, year: whole if area == "371500" else read_from(PACKS)(area, year),
        sources,
    )
    assert [str(fault) for fault in found if fault.grade == "error"] == []


def test_every_word_a_pack_may_use_stands_in_it():
    words = {word for kind in VOCABULARIES for word in get_args(kind)} | set(REFUND_REASONS)

    assert sorted(word for word in words if f"`{word}`" not in GUIDE) == []


def test_every_key_of_a_pack_and_of_a_case_stands_in_it():
    """Somebody who has nothing but the guide can write whatever can be written."""
    keys = {key.partition("=")[0].rpartition(".")[2] for key in asked(Sections)} - {"*"}
    shapes = (
        Case,
        Expected,
        ClaimLine,
        OutpatientLine,
        VisitLine,
        RecordLine,
        History,
        Situation,
        Mark,
        Event,
    )
    keys |= {item.name for shape in shapes for item in fields(shape)}

    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", GUIDE)) == []


def test_every_command_it_names_exists():
    named = set(re.findall(r"canbao pack (\w+)", GUIDE))

    assert named <= set(pack.commands)
    assert {"check", "test", "explain", "diff", "simulate", "new"} <= named
