"""Packs for the tests: those of the repository, the fixtures beside this file, and small ones from text."""

from functools import cache
from pathlib import Path

from canbao.policy.loader import resolve
from canbao.policy.pack import Pack

PACKS = Path(__file__).parents[2] / "packs"
FIXTURES = Path(__file__).parent / "packs"

HEAD = """\
area: "371500"
name: 聊城市
benefit_year: 2022
collection_year: 2021
source: chiping-2022
"""


def read_from(folder: Path):
    """A `read` for the loader over one folder, and the repository's packs for parents that lie not in it."""

    def read(area_code: str, year: int) -> bytes | None:
        paths = [place / area_code / f"{year}.yaml" for place in (folder, PACKS)]
        return next((path.read_bytes() for path in paths if path.exists()), None)

    return read


def keys_in(folder: Path) -> list[tuple[str, int]]:
    """Every pack of a folder."""
    return [(path.parent.name, int(path.stem)) for path in sorted(folder.glob("*/[0-9][0-9][0-9][0-9].yaml"))]


@cache
def a_pack(area_code: str, year: int, folder: Path = PACKS) -> Pack:
    """A resolved pack of the repository."""
    return resolve(area_code, year, read_from(folder))


def from_text(year: int = 2022, /, **files: str) -> Pack:
    """The pack of 371503 from the text of files named like `c371500`."""
    texts = {name.removeprefix("c"): text.encode() for name, text in files.items()}
    return resolve("371503", year, lambda area, _year: texts.get(area))
