"""`canbao release`: 放开 a group that waited for its figure (CP-04)."""

import re
from pathlib import Path
from typing import Any

import click

from canbao.faces.cli.staff import as_json as json_option
from canbao.faces.cli.staff import by, env_of, run

STATES = {"payable": "可以缴费", "zero": "不用缴费", "settled": "已缴", "deferred": "还在等标准"}


@click.command()
@click.option("--area", "area_code", required=True, help="Area code of six digits, of any level.")
@click.option("--year", "benefit_year", required=True, type=int, help="Benefit year.")
@click.option("--group", required=True, help="The group that waited, such as minimum_living_allowance.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; nothing is written.")
@click.option(
    "--to", type=click.Path(path_type=Path, file_okay=False), help="A folder for the texts and the list of those not told."
)  # fmt: skip
@by
@json_option
def release(
    area_code: str, benefit_year: int, group: str, to: Path | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """放开: assess everybody whose bill waits for a group's figure, once the pack in force states it.

    Messages are queued for whoever asked for one. With --to, texts for each school or village and for the media are
    written, and an xlsx of those not told. Run again it changes nothing and writes the files anew.

    Exit codes: 0 done; 1 somebody still waits, since the pack does not state the figure, or refused; 2 wrong usage.
    """
    if dry_run and to:
        raise click.UsageError("--dry-run 不写文件，不要和 --to 一起用。")
    env = env_of(name)
    from canbao.services.notify.release import Outcome, rehearse
    from canbao.services.notify.release import release as release_all

    if not env.areas.knows(area_code):
        raise click.UsageError(f"没有这个地区：{area_code}")
    done: list[Outcome] = []

    def work() -> dict[str, Any]:
        outcome = (rehearse if dry_run else release_all)(env, area_code, benefit_year, group)
        done.append(outcome)
        told = _told(outcome, as_json) | ({"试跑": "没有写入"} if dry_run and not as_json else {})
        return told | (_files(env, area_code, benefit_year, group, to, as_json) if to else {})

    run(work, as_json)
    raise SystemExit(1 if done and (done[0].waiting or done[0].unassessed) else 0)


def _told(outcome: Any, as_json: bool) -> dict[str, Any]:
    if as_json:
        return {
            "bills": dict(sorted((+outcome.bills).items())),
            "unassessed": outcome.unassessed,
            "messages": outcome.messages,
        }
    lines = {STATES[state]: f"{many} 人" for state, many in sorted(outcome.bills.items()) if many}
    if outcome.unassessed:
        lines["还不能核定"] = f"{outcome.unassessed} 人"
    return (lines or {"放开": "没有人在等这个标准。"}) | {"要发的通知": f"{outcome.messages} 条"}


def _files(
    env: Any, area_code: str, benefit_year: int, group: str, to: Path, as_json: bool
) -> dict[str, Any]:
    from canbao.faces.papers.unreached import write_unreached
    from canbao.services.notify.release import texts, unreached

    to.mkdir(parents=True, exist_ok=True)
    written = texts(env, area_code, benefit_year, group)
    for title, text in written.items():
        (to / f"{file_name(title)}.txt").write_text(text, "utf-8")
    rows = (
        (one.name, one.number, one.area, one.unit, one.why)
        for one in unreached(env, area_code, benefit_year, group)
    )
    many = write_unreached(to / "没有通知到.xlsx", rows)
    if as_json:
        return {"texts": len(written), "unreached": many, "folder": str(to)}
    return {"文稿": f"{len(written)} 份", "没有通知到": f"{many} 人", "文件夹": str(to)}


def file_name(title: str) -> str:
    """A title without what a file name may not hold; a unit's name comes from outside."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", title).strip(". ")[:80] or "_"
