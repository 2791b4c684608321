"""`canbao pack simulate`: a draft over people, as tables, bars and a workbook, with a progress bar."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from canbao.basics.money import yuan_text
from canbao.faces.cli.pack.people import Group, from_file
from canbao.faces.cli.pack.shelf import Key, Shelf, pairs
from canbao.faces.cli.pack.tell import A_FILE, A_FOLDER, DAY, moment_of
from canbao.policy.format.faults import PackFaults
from canbao.policy.pack import Pack
from canbao.policy.rules.wording import group_text, money_text

if TYPE_CHECKING:
    from canbao.policy.desk.simulate import Outcome
    from canbao.policy.population import Assessed, Population

WIDTH = 36


@click.command("simulate")
@click.argument("area")
@click.argument("year", type=int)
@click.option("--people", type=A_FILE, help="CSV or YAML; a row may stand for many (count).")
@click.option(
    "--database", "from_database", is_flag=True, help="The people enrolled in the area, from the database."
)
@click.option("--on", "on", required=True, type=DAY, help="The local day on which everybody would pay.")
@click.option(
    "--against", type=int, metavar="YEAR", help="Compare with this year's pack, on the same day a year apart."
)
@click.option(
    "--path", "folder", type=A_FOLDER, help="A folder of packs outside the project, looked up first."
)
@click.option(
    "--xlsx", type=click.Path(path_type=Path, dir_okay=False), help="Write the tables as a workbook."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, money in fen.")
@click.pass_obj
def simulate(
    base: Path,
    area: str,
    year: int,
    people: Path | None,
    from_database: bool,
    on: datetime,
    against: int | None,
    folder: Path | None,
    xlsx: Path | None,
    as_json: bool,
) -> None:
    """Run a pack over a population: who pays what, who pays more, from when people are covered."""
    from canbao.policy.desk.simulate import outcome

    shelf, (key,) = Shelf(base, folder), pairs([area, str(year)])
    if (people is None) == (not from_database):
        raise click.UsageError("写 --people 文件，或者 --database，两样选一样")
    if against and not shelf.has_local((area, against)):
        raise click.UsageError(f"{area} 没有{against}年度的文件，没有什么可以比；换一年，或者去掉 --against")
    with Progress(console=Console(stderr=True), transient=True) as bars:
        try:
            crowd = _crowd(bars, from_file(people) if people else _enrolled(key))
            now = _assess(bars, shelf, key, crowd, on)
            before = (
                _assess(bars, shelf, (area, against), crowd, _years_back(on, year - against))
                if against
                else None
            )
        except PackFaults as broken:
            raise SystemExit("\n".join(f"  错误 {fault}" for fault in broken.faults)) from broken
    found = outcome(now, before)
    if xlsx:
        from canbao.faces.cli.pack.sheet import write

        write(xlsx, f"{area} {year}年度试算，{on:%Y-%m-%d}缴费", found)
    click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1)) if as_json else _show(found, against)


def _crowd(bars: Progress, groups: Iterable[Group]) -> "Population":
    """The people as columns."""
    from canbao.policy.population import Population

    task = bars.add_task("读人员", total=None)
    found = [*bars.track(groups, task_id=task)]
    return Population.of([*chain.from_iterable(repeat(group.person, group.count) for group in found)])


def _assess(bars: Progress, shelf: Shelf, key: Key, crowd: "Population", on: datetime) -> "Assessed":
    from canbao.policy.population import assess_many

    pack: Pack = shelf.pack(key)
    task = bars.add_task(f"试算 {key[0]} {key[1]}", total=len(crowd))
    moment = moment_of(pack, on.time())
    return assess_many(pack, crowd, on.date(), moment, lambda done: bars.update(task, completed=done))


def _years_back(on: datetime, years: int) -> datetime:
    last = 28 if (on.month, on.day) == (2, 29) else on.day
    return on.replace(year=on.year - years, day=last)


def _enrolled(key: Key) -> Iterable[Group]:
    import django

    django.setup()
    from canbao.faces.wiring import env
    from canbao.services.people.population import enrolled

    return (Group(person, 1) for person in enrolled(env("staff:pack"), key[0]))


def _show(found: "Outcome", against: int | None) -> None:
    from canbao.policy.desk.simulate import KINDS, OUTCOMES

    console = Console()
    table = Table(title=f"谁缴多少（共{found.people}人，个人合计{money_text(found.person_fen)}）")
    for head in ("结果", "种类", "群体", "每人应缴", "人数", "个人合计", "提示"):
        table.add_column(head, justify="right" if head in ("每人应缴", "人数", "个人合计") else "left")
    for line in found.lines:
        table.add_row(
            OUTCOMES[line.outcome],
            KINDS[line.kind],
            group_text(line.group) if line.group else "",
            "" if line.amount_fen is None else yuan_text(line.amount_fen),
            str(line.people),
            "" if line.person_fen is None else yuan_text(line.person_fen),
            line.code or "",
        )
    console.print(table)
    _bars(console, "从哪天享受", list(found.covers))
    if found.shifts:
        shifts = [
            (
                "没法比"
                if one.difference_fen is None
                else f"{'+' if one.difference_fen > 0 else ''}{yuan_text(one.difference_fen)}元",
                one.people,
            )
            for one in found.shifts
        ]
        _bars(console, f"和{against}年度比，每人多缴少缴", shifts)
        counts = {way: found.share(way) for way in ("more", "same", "less", "unknown")}  # type: ignore[arg-type]
        console.print(
            f"多缴的{counts['more']}人，一样的{counts['same']}人，少缴的{counts['less']}人，没法比的{counts['unknown']}人。"
        )


def _bars(console: Console, title: str, rows: list[tuple[str, int]]) -> None:
    """A bar chart in text."""
    table = Table(title=title, show_header=False, box=None)
    most = max((people for _, people in rows), default=0) or 1
    for text, people in rows:
        table.add_row(text, "█" * max(1, people * WIDTH // most) if people else "", str(people))
    console.print(table)
