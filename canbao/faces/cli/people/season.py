"""`canbao season open`: roll everybody enrolled in an area to a benefit year."""

import csv
import json
import sys
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from canbao.faces.cli.staff import by, env_of


@click.group()
def season() -> None:
    """开季: open a benefit year."""


@season.command("open")
@click.option("--area", "area_code", required=True, help="Area code of six digits, of any level.")
@click.option("--year", "benefit_year", required=True, type=int, help="Benefit year.")
@click.option(
    "--unassessed",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a CSV of whom nobody could assess, with the reason.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@by
def open_command(area_code: str, benefit_year: int, path: Path | None, name: str, *, as_json: bool) -> None:
    """Bring everybody enrolled to the year: classes that age has outgrown, bills in sets. Repeatable.

    Exit codes: 0 done; 2 wrong usage. Who could not be assessed is counted by reason, and listed with --unassessed.
    """
    env = env_of(name)
    from canbao.basics.refusals import NotFound
    from canbao.services.people.open_season import open_season
    from canbao.services.people.population import count_enrolled

    file = path.open("w", newline="", encoding="utf-8-sig") if path else None
    try:
        with _bar(count_enrolled(area_code)) as progress:
            opened = open_season(
                env,
                area_code,
                benefit_year,
                lambda many: progress.advance(progress.task_ids[0], many),
                _writer(file),
            )
    except NotFound:
        raise click.UsageError(f"没有这个地区：{area_code}") from None
    finally:
        if file:
            file.close()
    told = {
        "people": opened.people,
        "classes_changed": opened.classes_changed,
        "covered": opened.covered,
        "bills": dict(sorted(opened.bills.items())),
        "unassessed": dict(sorted(opened.unassessed.items())),
    }
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else _in_words(told))


def _bar(total: int) -> Progress:
    columns = (TextColumn("核定"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
    progress.add_task("核定", total=total)
    return progress


def _writer(file: IO[str] | None) -> Any:
    if file is None:
        return lambda _: None
    rows = csv.writer(file)
    rows.writerow(["人员编号", "参保地", "提示编号", "还缺什么"])
    return lambda one: rows.writerow([one.person_id, one.area_code, one.code, "、".join(one.needs)])


STATES = {"payable": "应缴", "zero": "不用缴", "deferred": "等标准", "settled": "已缴"}


def _in_words(told: dict[str, Any]) -> str:
    bills = "，".join(f"{STATES.get(state, state)} {many}" for state, many in told["bills"].items())
    lines = [
        f"共 {told['people']} 人，改了类别 {told['classes_changed']} 人。",
        f"应缴单：{bills or '没有'}。",
    ]
    if told["covered"]:
        lines.append(f"这一年已经在别处缴过：{told['covered']} 人，不再出单。")
    lines += [f"不能核定 {code}：{many} 人" for code, many in told["unassessed"].items()]
    return "\n".join(lines)
