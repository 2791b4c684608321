"""`canbao roster …`: 名册 of the assisted groups: keep, try dry, apply, give back what is wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, pieces, run
from canbao.policy.format.vocabulary import DEPARTMENTS

AFTER = {"refund": "退费", "no_way_back": "不退", "look": "要人看"}


@click.group()
def roster() -> None:
    """名册: assisted groups as civil affairs, agriculture and the disabled persons' federation name them.

    Exit codes: 0 done, 1 refused, or rows that somebody must look at; 2 wrong usage.
    """


@roster.command("upload")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "department", type=click.Choice(list(DEPARTMENTS)), required=True)
@click.option("--area", "area_code", required=True, help="Six digits.")
@click.option("--year", "benefit_year", type=int, required=True, help="The benefit year to assess anew.")
@by
@as_json
def upload_command(
    file: Path, department: str, area_code: str, benefit_year: int, name: str, *, as_json: bool
) -> None:
    """上传: keep a file as it is and read it; the same file again changes nothing."""
    env = env_of(name)
    from canbao.services.people.roster.take import Source, upload

    def work() -> dict[str, Any]:
        kept = upload(env, Source(department, area_code, benefit_year), pieces(file))
        names = ("id", "source_department", "area_code", "benefit_year", "sha256", "row_count", "state")
        return {name: getattr(kept, name) for name in names}

    run(work, as_json)


@roster.command("dry-run")
@click.argument("roster_id", type=int)
@by
@as_json
def dry_run_command(roster_id: int, name: str, *, as_json: bool) -> None:
    """试跑: what applying would do, row by row; nothing is written."""
    env = env_of(name)
    from canbao.services.people.roster.take import dry_run

    with _progress("试跑", roster_id, as_json) as told:
        _tell(lambda: asdict(dry_run(env, roster_id, told)), as_json)


@roster.command("apply")
@click.argument("roster_id", type=int)
@by
@as_json
def apply_command(roster_id: int, name: str, *, as_json: bool) -> None:
    """入库: mark, end, assess anew. Stopped halfway, it goes on when run again; the doubtful are looked at again."""
    env = env_of(name)
    from canbao.services.people.roster.take import apply

    with _progress("入库", roster_id, as_json) as told:
        _tell(lambda: asdict(apply(env, roster_id, told)), as_json)


@roster.command("errors")
@click.argument("roster_id", type=int)
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), required=True, help="An xlsx to write."
)
@click.option("--only", help="One outcome alone, such as normal_before (E3).")
@by
@as_json
def errors_command(roster_id: int, to: Path, only: str | None, name: str, *, as_json: bool) -> None:
    """改错表: the rows that could not be taken, each with 错误说明; put right, it is uploaded like any roster."""
    env = env_of(name)
    from canbao.faces.papers.corrections import write_corrections
    from canbao.services.people.roster.judged import OUTCOMES
    from canbao.services.people.roster.take import corrections

    if only is not None and only not in OUTCOMES:
        raise click.UsageError(f"没有这种结果：{only}。可以用：{'、'.join(OUTCOMES)}")

    def work() -> dict[str, Any]:
        wrong = corrections(env, roster_id, only)
        return {"rows": write_corrections(to, wrong.header, wrong.rows), "file": str(to)}

    run(work, as_json)


@roster.command("after-paying")
@click.argument("roster_id", type=int)
@by
@as_json
def after_paying_command(roster_id: int, name: str, *, as_json: bool) -> None:
    """缴费后标识: who had paid the normal price gets what the pack says; refunds are applied for once."""
    env = env_of(name)
    from canbao.services.people.roster.after_paying import settle_after_paying

    def work() -> dict[str, Any]:
        rows = [asdict(row) for row in settle_after_paying(env, roster_id)]
        if as_json:
            return {"rows": rows}
        lines = [
            f"第{row['row']}行 {AFTER[row['outcome']]} {row['refund_no'] or ''} {row['why']}" for row in rows
        ]
        return {"缴费后标识": lines or "没有这样的人。"}

    run(work, as_json)


@roster.command("doubtful")
@click.argument("roster_id", type=int)
@click.option("--limit", default=50, show_default=True)
@click.option("--after", default=0, show_default=True, help="Only rows below this one.")
@by
@as_json
def doubtful_command(roster_id: int, limit: int, after: int, name: str, *, as_json: bool) -> None:
    """待核对: rows whose number leads to nobody or to another name, each with whom it may mean."""
    env = env_of(name)
    from canbao.services.people.roster.match import doubtful

    def work() -> dict[str, Any]:
        rows = [asdict(row) for row in doubtful(env, roster_id, limit, after)]
        return {"rows": rows} if as_json else {"待核对": _as_lines(rows) or "没有要核对的行。"}

    run(work, as_json)


@roster.command("decide")
@click.argument("roster_id", type=int)
@click.argument("row", type=int)
@click.option("--person", "person_id", type=int, help="One of the row's candidates.")
@click.option("--nobody", is_flag=True, help="Nobody in the register.")
@by
@as_json
def decide_command(
    roster_id: int, row: int, person_id: int | None, name: str, *, nobody: bool, as_json: bool
) -> None:
    """核对: say whom a ROW means; the mark is put and the person assessed anew."""
    env = env_of(name)
    from canbao.services.people.roster.match import decide

    if nobody == (person_id is not None):
        raise click.UsageError("写 --person，或者 --nobody。")
    run(lambda: asdict(decide(env, roster_id, row, person_id)), as_json)


def _as_lines(rows: list[dict[str, Any]]) -> list[str]:
    lines = []
    for row in rows:
        lines.append(f"第{row['row']}行 {row['name']} {row['number']}")
        lines += [
            f"  编号 {one['person_id']} {one['name']} {one['number']} {one['area']} {one['difference']}"
            for one in row["candidates"]
        ]
    return lines


def _tell(work: Callable[[], dict[str, Any]], as_json: bool) -> None:
    """Print a result; exit code 1 where rows are left to look at."""
    left: list[int] = []

    def counted() -> dict[str, Any]:
        told = work()
        left.append(told["doubtful"] + told["bad"])
        return told

    run(counted, as_json)
    raise SystemExit(1 if any(left) else 0)


@contextmanager
def _progress(title: str, roster_id: int, as_json: bool) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left on the error stream, where somebody is looking."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    from canbao.records.models import Roster

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f} 行/秒" if task.speed else "")

    total = Roster.objects.filter(id=roster_id).values_list("row_count", flat=True).first()
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.advance(task, done)
