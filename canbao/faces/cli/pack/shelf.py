"""The pack files on disk: any folder of one's own first, then the packs of the project."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path

import click

from canbao.basics.areas import NATION, level_of, lineage
from canbao.policy.desk.cases import Result, read_cases
from canbao.policy.desk.check import Source, check, read_rules, read_sources
from canbao.policy.desk.verdict import run
from canbao.policy.format.faults import Fault, PackFaults
from canbao.policy.loader import resolve
from canbao.policy.pack import Pack

Key = tuple[str, int]
OURS = Path(__file__).parents[4] / "packs"
_HEAD = re.compile(r"^(area|benefit_year):\s*[\"']?(\d{4,6})[\"']?\s*(?:#.*)?$", re.MULTILINE)


class Shelf:
    """Pack files by area and year. What lies in `folder` hides what lies in `base`; parents come from both."""

    def __init__(self, base: Path, folder: Path | None = None) -> None:
        self.base = base
        self.folder = folder

    @cached_property
    def _own(self) -> dict[Key, Path]:
        """The files of the folder, wherever in it they lie and whatever they are called."""
        return dict(_packs_in(self.folder or self.base))

    def read(self, area_code: str, year: int) -> bytes | None:
        """The bytes of a file, None where there is none."""
        path = self._own.get((area_code, year)) or self.base / area_code / f"{year}.yaml"
        return path.read_bytes() if path.is_file() else None

    def has_local(self, key: Key) -> bool:
        """Whether the area or a level above it, the nation apart, has a file for the year."""
        area, year = key
        codes = [code for code in lineage(area) if code != NATION] or [NATION]
        return any(self.read(code, year) is not None for code in codes)

    def path(self, key: Key) -> Path:
        """Where a pack lies, or would lie."""
        return self._own.get(key) or (self.folder or self.base) / key[0] / f"{key[1]}.yaml"

    def pack(self, key: Key) -> Pack:
        """The resolved pack.

        Raises:
            PackFaults: a file cannot be read as a pack, or there is none.
        """
        return resolve(*key, self.read)

    def sources(self) -> dict[str, Source]:
        """The catalogue of sources: the project's, and the folder's over it."""
        files = [place / "sources.yaml" for place in (self.base, self.folder) if place]
        found = [read_sources(path.read_bytes()) for path in files if path.is_file()]
        if not found:
            raise click.UsageError(f"没有来源目录 {files[-1]}")
        return {name: source for one in found for name, source in one.items()}

    def rules(self) -> dict[str, str]:
        """The catalogue of rule ids; a folder's own packs may have ids of their own."""
        path = self.base / "rules.yaml"
        return read_rules(path.read_bytes()) if path.is_file() else {}

    def keys(self, wanted: Sequence[str]) -> list[Key]:
        """The packs named as AREA YEAR pairs, or all of them."""
        if wanted:
            return pairs(wanted)
        if not self._own:
            raise click.UsageError(
                f"{self.folder or self.base} 里没有政策文件（文件开头要有 area 和 benefit_year）"
            )
        return sorted(self._own)

    def check(self, key: Key) -> list[Fault]:
        """Everything to say about one file and the cases beside it, under the name it has on this disk."""
        found = check(*key, self.read, self.sources(), self.rules())
        broken = any(one.grade == "error" for one in found)
        return [
            *(() if broken else self._case_faults(key)),
            *self._under_own_name(key, found),
        ]

    def _under_own_name(self, key: Key, found: Sequence[Fault]) -> list[Fault]:
        return [
            Fault(str(self.path(key)), one.line, one.key, one.text, one.allowed, one.nearest, one.grade)
            if one.file in (f"packs/{key[0]}/{key[1]}.yaml", "")
            else one
            for one in found
        ]

    def run_cases(self, key: Key) -> list[Result]:
        """Run the cases that lie beside a pack; none, if it has no case file.

        Raises:
            PackFaults: the pack or the cases cannot be read, or the cases use words that nobody knows.
        """
        path = self.path(key).with_suffix(".cases.yaml")
        if not path.is_file():
            return []
        packs = cache(lambda area: resolve(area or key[0], key[1], self.read))
        return run(read_cases(path.read_bytes(), str(path), packs), packs)

    def _case_faults(self, key: Key) -> tuple[Fault, ...]:
        """What is wrong with the words of the cases beside a pack."""
        path = self.path(key).with_suffix(".cases.yaml")
        try:
            if path.is_file():
                read_cases(
                    path.read_bytes(), str(path), lambda area: resolve(area or key[0], key[1], self.read)
                )
        except PackFaults as broken:
            return broken.faults
        return ()


def _packs_in(folder: Path) -> Iterator[tuple[Key, Path]]:
    for path in sorted(folder.rglob("*.yaml")):
        if path.name.endswith(".cases.yaml"):
            continue
        key = _key_of(path)
        if key:
            yield key, path


def _key_of(path: Path) -> Key | None:
    """From `<area>/<year>.yaml`; else from what the file says at its head."""
    if re.fullmatch(r"\d{6}", path.parent.name) and re.fullmatch(r"\d{4}", path.stem):
        return path.parent.name, int(path.stem)
    said = dict(_HEAD.findall(path.read_text("utf-8", errors="replace")))
    area, year = said.get("area", ""), said.get("benefit_year", "")
    return (area, int(year)) if len(area) == 6 and len(year) == 4 else None


def shelf_for(base: Path, words: Sequence[str]) -> tuple[Shelf, tuple[str, ...]]:
    """A shelf, and the AREA YEAR words left over: the first word may be a folder, or a file in one."""
    if not words or (words[0].isdigit() and (len(words) % 2 == 0 or not Path(words[0]).is_dir())):
        return Shelf(base), tuple(words)
    place = Path(words[0])
    if not place.exists():
        raise click.UsageError(f"没有“{words[0]}”这个文件夹，也不是六位区划代码")
    if place.is_file():
        key = _key_of(place)
        if key is None or words[1:]:
            raise click.UsageError(f"{place} 开头没有 area 和 benefit_year，不像政策文件")
        return Shelf(base, _root_of(place)), (key[0], str(key[1]))
    if _root_of(place) == place or words[1:]:
        return Shelf(base, place), tuple(words[1:])
    inside = [word for (area, year), _ in _packs_in(place) for word in (area, str(year))]
    return Shelf(base, _root_of(place)), tuple(inside)


def _root_of(place: Path) -> Path:
    """The folder in which parents are looked up first: that of a file, that around an area's own folder."""
    folder = place.resolve() if place.is_dir() else place.resolve().parent
    return (
        folder.parent if re.fullmatch(r"\d{6}", folder.name) else (place if place.is_dir() else place.parent)
    )


def pairs(words: Sequence[str]) -> list[Key]:
    """AREA YEAR pairs.

    Raises:
        UsageError: they are not pairs of a six-digit code and a year.
    """
    if len(words) % 2:
        raise click.UsageError("地区和年度要成对写，如：371503 2022")
    found = list(zip(words[::2], words[1::2], strict=True))
    for area, year in found:
        try:
            level_of(area)
        except ValueError as error:
            raise click.UsageError(f"“{area}”不是六位区划代码") from error
        if not year.isdigit() or len(year) != 4:
            raise click.UsageError(f"“{year}”不是年度，要写成 2022")
    return [(area, int(year)) for area, year in found]
