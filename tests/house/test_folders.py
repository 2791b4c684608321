"""Where things lie: small folders, tests that mirror the rooms, and a drawing that is true."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.support.source import ROOT, our_files

MOST_FILES = 15
# One file a migration, one a pack or a page: these folders are lists by their nature.
LISTS = {"migrations", "packs", "decisions", "templates"}
BESIDE_THE_ROOMS = {"drills", "house", "journeys", "races", "sandbox", "simulation", "support"}


def crowded(root: Path) -> list[str]:
    """Folders of code that hold more files than one can keep in mind."""
    files = Counter(path.parent.relative_to(root) for path in our_files(root) if path.name != "__init__.py")
    return [
        f"{folder}: {count} files"
        for folder, count in files.items()
        if count > MOST_FILES and folder != Path() and not LISTS & set(folder.parts)
    ]


def drawn(text: str) -> set[str]:
    """The folders in the first fenced drawing of a page: indented names that end in a slash."""
    drawing = re.search(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert drawing, "the page has no drawing"
    found: set[str] = set()
    path: list[str] = []
    for indent, name in re.findall(r"^( *)([\w.]+)/", drawing[1], re.MULTILINE):
        path = [*path[: len(indent) // 2], name]
        found.add("/".join(path))
    return found


def standing() -> set[str]:
    """The top folders that hold files of ours, and the rooms of Canbao."""
    parents = {path.relative_to(ROOT).parent.parts for path in our_files()}
    top = {parts[0] for parts in parents if parts}
    rooms = {"/".join(parts[:2]) for parts in parents if len(parts) > 1 and parts[0] == "canbao"}
    return top | rooms


def test_no_folder_is_crowded() -> None:
    assert crowded(ROOT) == []


@pytest.mark.parametrize(("files", "found"), [(15, []), (16, ["room: 16 files"])])
def test_a_crowded_folder_is_found(tmp_path: Path, files: int, found: list[str]) -> None:
    (tmp_path / "room").mkdir()
    for number in range(files):
        (tmp_path / "room" / f"noun_{number}.py").touch()

    assert crowded(tmp_path) == found


def test_git_ignores_what_is_made_also_when_it_is_a_link() -> None:
    """`.venv/` with a slash would let a link named .venv into a commit, and break every checkout."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()

    assert {".venv", "node_modules"} <= set(ignored)


def test_tests_mirror_the_rooms() -> None:
    rooms = {name.removeprefix("canbao/") for name in standing() if name.startswith("canbao/")}
    folders = {
        path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.glob("**/*.py"))
    }

    assert folders <= rooms | BESIDE_THE_ROOMS


def test_the_drawing_of_the_house_names_exactly_the_folders_that_exist() -> None:
    page = (ROOT / "docs" / "house.md").read_text("utf-8")

    assert drawn(page) == standing()


def test_a_folder_is_read_from_a_drawing_with_its_parent() -> None:
    page = "# House\n```text\ncanbao/       one package\n  policy/     decisions\n  basics/\npacks/\n```\n"

    assert drawn(page) == {"canbao", "canbao/policy", "canbao/basics", "packs"}
