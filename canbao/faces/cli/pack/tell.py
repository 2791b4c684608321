"""`canbao pack explain | diff | new | schema`: what a pack means, what changed, next year's draft, the format."""

import json
from datetime import date, datetime, time
from pathlib import Path

import click

from canbao.basics.areas import NATION, lineage
from canbao.basics.days import WorkCalendar
from canbao.faces.cli.pack.shelf import Shelf, pairs, shelf_for
from canbao.policy.desk.cases import read_situation
from canbao.policy.desk.diff import diff
from canbao.policy.desk.draft import draft
from canbao.policy.desk.explain import explain, explain_json
from canbao.policy.desk.schema import schema
from canbao.policy.format.faults import PackFaults
from canbao.policy.pack import Moment, Pack

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
A_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command("explain")
@click.option("--area", required=True, help="Area code of six digits.")
@click.option("--year", required=True, type=int, help="Benefit year.")
@click.option("--person", required=True, type=A_FILE, help="YAML or JSON: person_class, birth_date, marks …")
@click.option(
    "--at", "at", required=True, type=DAY, help="Local day, such as 2021-11-01, or with 17:30 as T17:30."
)
@click.option(
    "--path", "folder", type=A_FOLDER, help="A folder of packs outside the project, looked up first."
)
@click.option("--json", "as_json", is_flag=True, help="Print the derivation as JSON, money in fen.")
@click.pass_obj
def explain_command(
    base: Path, area: str, year: int, person: Path, at: datetime, folder: Path | None, as_json: bool
) -> None:
    """Say line by line what a person owes on a day, and why.

    Exit code 0 also where the answer is a refusal; 1 if the pack or the person's file cannot be read.
    """
    shelf = Shelf(base, folder)
    try:
        policy = shelf.pack(pairs([area, str(year)])[0])
        situation = read_situation(person.read_bytes(), str(person))
        titles = {name: source.title for name, source in shelf.sources().items()}
    except PackFaults as broken:
        raise _told(broken) from broken
    on, moment = at.date(), moment_of(policy, at.time() if at.hour or at.minute else None)
    if as_json:
        told = explain_json(policy, situation, on, moment)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(explain(policy, situation, on, titles, moment, shelf.rules())))


def moment_of(policy: Pack, at: time | None) -> Moment:
    """The calendar as published, and the time of day, where the pack asks for them."""
    return Moment(published() if policy.needs_calendar else None, at if policy.needs_minute else None)


def published() -> WorkCalendar:
    """The working days as published, without the staff's own rows, which live in a database."""
    import holidays

    years = range(2019, 2031)
    found = holidays.country_holidays("CN", years=years)
    days = [date.fromordinal(n) for n in range(date(2019, 1, 1).toordinal(), date(2031, 1, 1).toordinal())]
    off = frozenset(day for day in days if day.weekday() < 5 and not found.is_working_day(day))
    return WorkCalendar(
        off, frozenset(day for day in days if day.weekday() >= 5 and found.is_working_day(day))
    )


@click.command("diff")
@click.argument("words", nargs=-1, required=True, metavar="[PATH] AREA YEAR [[AREA] YEAR]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list of changes.")
@click.pass_obj
def diff_command(base: Path, words: tuple[str, ...], as_json: bool) -> None:
    """Say in words what changed: against the year before, or against another pack named second."""
    shelf, wanted = shelf_for(base, words)
    new, old = _two(wanted)
    for area, year in (old, new):
        if not any(shelf.read(code, year) for code in lineage(area) if code != NATION or area == NATION):
            raise click.UsageError(f"没有 {area} {year}年度的政策文件，没有可比的")
    try:
        changes = diff(shelf.pack(old), shelf.pack(new))
    except PackFaults as broken:
        raise _told(broken) from broken
    if as_json:
        click.echo(json.dumps([vars(change) for change in changes], ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{old[0]} {old[1]} → {new[0]} {new[1]}：" + (f"{len(changes)} 处不同" if changes else "没有不同")
    )
    for change in changes:
        click.echo(f"  {change}")


def _two(words: tuple[str, ...]) -> tuple[tuple[str, int], tuple[str, int]]:
    """The new pack and the old one: the year before, another year, or another area's."""
    (new,) = pairs(words[:2])
    rest = words[2:]
    if not rest:
        return new, (new[0], new[1] - 1)
    (old,) = pairs((new[0], *rest) if len(rest) == 1 else rest)
    return new, old


@click.command("new")
@click.argument("words", nargs=-1, required=True, metavar="[PATH] AREA YEAR")
@click.option("--print", "only_print", is_flag=True, help="Print the draft instead of writing the file.")
@click.pass_obj
def new_command(base: Path, words: tuple[str, ...], only_print: bool) -> None:
    """Start the pack of YEAR from that of the year before. Nothing in it may be charged until it is confirmed."""
    shelf, wanted = shelf_for(base, words)
    ((area, year),) = pairs(wanted)
    places = (shelf.path((area, year - 1)), shelf.base / area / f"{year - 1}.yaml")
    old = next((path for path in places if path.is_file()), None)
    target = shelf.path((area, year))
    if old is None:
        looked = "，也没有 ".join(dict.fromkeys(str(path) for path in places))
        raise click.UsageError(f"没有上一年的文件：没有 {looked}")
    text = draft(old.read_text("utf-8"), year - 1)
    if only_print:
        click.echo(text, nl=False)
        return
    if target.exists():
        raise click.UsageError(f"{target} 已经有了，没有改动它")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
    click.echo(f"写好了 {target}。逐条核对，再运行：canbao pack check {area} {year}")


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of pack files (packs/schema.json)."""
    click.echo(json.dumps(schema(), ensure_ascii=False, indent=1))


def _told(broken: PackFaults) -> SystemExit:
    for fault in broken.faults:
        click.echo(f"  错误 {fault}")
    return SystemExit(1)
