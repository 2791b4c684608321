"""`canbao pack …`: check, test and explain policy packs. Reads files, prints Chinese for staff."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from pathlib import Path

import click

from canbao.basics.areas import level_of
from canbao.policy.desk.cases import Result, read_cases, read_situation
from canbao.policy.desk.check import Source, check, read_sources
from canbao.policy.desk.explain import explain, explain_json
from canbao.policy.desk.verdict import run
from canbao.policy.format.faults import Fault, PackFaults
from canbao.policy.loader import resolve
from canbao.policy.pack import Pack

GRADES = {"error": "错误", "warning": "警告", "note": "说明"}
Key = tuple[str, int]


class Shelf:
    """The pack files below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, area_code: str, year: int) -> bytes | None:
        """The bytes of a file, None where there is none."""
        return _bytes(self.folder / area_code / f"{year}.yaml")

    def sources(self) -> dict[str, Source]:
        """The catalogue of sources."""
        data = _bytes(self.folder / "sources.yaml")
        if data is None:
            raise click.UsageError(f"没有来源目录 {self.folder / 'sources.yaml'}")
        return read_sources(data)

    def keys(self, wanted: Sequence[str]) -> list[Key]:
        """The packs named as AREA YEAR pairs, or all of them."""
        if wanted:
            return _pairs(wanted)
        found = sorted(self.folder.glob("[0-9]*/[0-9][0-9][0-9][0-9].yaml"))
        if not found:
            raise click.UsageError(f"{self.folder} 里没有政策文件")
        return [(path.parent.name, int(path.stem)) for path in found]

    def run_cases(self, key: Key) -> list[Result]:
        """Run the cases that lie beside a pack; none, if it has no case file."""
        path = self.folder / key[0] / f"{key[1]}.cases.yaml"
        data = _bytes(path)
        if data is None:
            return []
        packs = cache(lambda area: resolve(area or key[0], key[1], self.read))
        return run(read_cases(data, str(path)), packs)


@click.group()
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("packs"),
    show_default=True,
    help="Folder that holds <area>/<year>.yaml and sources.yaml.",
)
@click.pass_context
def pack(context: click.Context, folder: Path) -> None:
    """Check, test and explain policy packs.

    Exit codes of every command here: 0 all is well; 1 errors were found or a case failed;
    2 the command was used wrongly (no such pack, file or date).
    """
    context.obj = Shelf(folder)


@pack.command("check")
@click.argument("wanted", nargs=-1, metavar="[AREA YEAR]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list of findings.")
@click.pass_obj
def check_command(shelf: Shelf, wanted: tuple[str, ...], as_json: bool) -> None:
    """Look for mistakes, doubts and gaps in packs (all of them, or those named).

    Prints file:line, the rule in Chinese, what may stand there and the nearest spelling.
    Exit code 1 if any finding is an error; warnings and notes leave it at 0.
    """
    keys = shelf.keys(wanted)
    try:
        sources = shelf.sources()
        found = [(key, fault) for key in keys for fault in check(*key, shelf.read, sources)]
    except PackFaults as broken:
        found = [(keys[0], fault) for fault in broken.faults]
    if as_json:
        click.echo(json.dumps([asdict(fault) for _, fault in found], ensure_ascii=False, indent=2))
    else:
        _print_findings(keys, found)
    _exit(any(fault.grade == "error" for _, fault in found))


@pack.command("test")
@click.argument("wanted", nargs=-1, metavar="[AREA YEAR]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list of results.")
@click.pass_obj
def test_command(shelf: Shelf, wanted: tuple[str, ...], as_json: bool) -> None:
    """Run the cases that lie beside packs (all of them, or those named).

    Exit code 1 if a case fails or a file cannot be read.
    """
    results: dict[Key, list[Result]] = {}
    for key in shelf.keys(wanted):
        try:
            results[key] = shelf.run_cases(key)
        except PackFaults as broken:
            results[key] = [Result("读文件", tuple(str(fault) for fault in broken.faults))]
        if not as_json:
            _print_results(key, results[key])  # at once, so that a long run shows where it is
    every = [(key, result) for key, some in results.items() for result in some]
    failed = [result for _, result in every if not result.passed]
    if as_json:
        rows = [{"area": key[0], "year": key[1], **asdict(result)} for key, result in every]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        click.echo(f"共 {len(every)} 例，通过 {len(every) - len(failed)} 例，不通过 {len(failed)} 例。")
    _exit(bool(failed))


@pack.command("explain")
@click.option("--area", required=True, help="Area code of six digits.")
@click.option("--year", required=True, type=int, help="Benefit year.")
@click.option(
    "--person",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="YAML or JSON file with a situation: person_class, birth_date, marks …",
)
@click.option(
    "--at", "at", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Local day, such as 2021-11-01."
)
@click.option("--json", "as_json", is_flag=True, help="Print the derivation as JSON, money in fen.")
@click.pass_obj
def explain_command(shelf: Shelf, area: str, year: int, person: Path, at: datetime, as_json: bool) -> None:
    """Say line by line what a person owes on a day, and why.

    Exit code 0 also where the answer is a refusal; 1 if the pack or the person's file cannot be read.
    """
    key = _pairs([area, str(year)])[0]
    try:
        policy: Pack = resolve(*key, shelf.read)
        situation = read_situation(person.read_bytes(), str(person))
        titles = {name: source.title for name, source in shelf.sources().items()}
    except PackFaults as broken:
        _print_faults(broken.faults)
        raise SystemExit(1) from broken
    on: date = at.date()
    if as_json:
        click.echo(json.dumps(explain_json(policy, situation, on), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(explain(policy, situation, on, titles)))


def _pairs(words: Sequence[str]) -> list[Key]:
    if len(words) % 2:
        raise click.UsageError("地区和年度要成对写，如：371503 2022")
    pairs = list(zip(words[::2], words[1::2], strict=True))
    for area, year in pairs:
        try:
            level_of(area)
        except ValueError as error:
            raise click.UsageError(f"“{area}”不是六位区划代码") from error
        if not year.isdigit() or len(year) != 4:
            raise click.UsageError(f"“{year}”不是年度，要写成 2022")
    return [(area, int(year)) for area, year in pairs]


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _print_findings(keys: Sequence[Key], found: Sequence[tuple[Key, Fault]]) -> None:
    for key in keys:
        mine = [fault for where, fault in found if where == key]
        click.echo(f"{key[0]} {key[1]}：" + (f"{len(mine)} 条" if mine else "没有问题"))
        _print_faults(mine)
    counts = "，".join(f"{text} {sum(f.grade == grade for _, f in found)}" for grade, text in GRADES.items())
    click.echo(f"共看 {len(keys)} 份：{counts}。")


def _print_faults(faults: Sequence[Fault]) -> None:
    for fault in faults:
        click.echo(f"  {GRADES[fault.grade]} {fault}")


def _print_results(key: Key, results: Sequence[Result]) -> None:
    click.echo(f"{key[0]} {key[1]}：" + (f"{len(results)} 例" if results else "没有用例"))
    for result in results:
        click.echo(f"  {'通过' if result.passed else '不通过'}  {result.name}")
        for complaint in result.complaints:
            click.echo(f"          {complaint}")


def _exit(failed: bool) -> None:
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    pack()
