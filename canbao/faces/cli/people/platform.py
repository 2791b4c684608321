"""`canbao platform …`: 全国医保平台: ask after people, take daily changes in, see what was heard."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canbao.basics.days import CHINA
from canbao.faces.cli.people.steps import dry, who
from canbao.faces.cli.staff import as_json, by, env_of, run

if TYPE_CHECKING:
    from canbao.services.system.env import Env

KINDS = {"employee": "职工医保", "resident": "居民医保", "death": "去世"}
STATES = {"holds": "现在这样", "replaced": "后来改了", "withdrawn": "后来没有了"}
FAULTS = {"silent": "没有应答", "refused": "不肯答", "malformed": "答的读不懂"}
SOURCES = {"answer": "问来的", "feed": "每日变动", "paper": "看过证明"}
WORDS = {
    "answered": "答了", "unanswered": "还没有答", "not_due": "不用问", "to_ask": "要问", "dry_run": "试跑", "rows": "行",
    "feed_no": "号", "taken": "对上", "strangers": "不是我们的人", "doubtful": "要核对的行", "heard": "听到的",
    "asked_at": "上次问", "answered_at": "上次答", "fault": "没有答", "is_answered": "说得准", "code": "缴费时提示",
    "connected": "连接", "feeds": "每日变动", "day": "日期", "rows_done": "收到第几行", "kind": "事", "area": "地区",
    "from": "起", "until": "止", "state": "状态", "source": "来源",
}  # fmt: skip
VALUES = KINDS | STATES | FAULTS | SOURCES


@click.group()
def platform() -> None:
    """全国医保平台: whether people are in the employee scheme, insured elsewhere, or dead. Unanswered is not a no.

    Exit codes: 0 done, 1 refused, or something is left to look at; 2 wrong usage.
    """


@platform.command("ask")
@click.argument("people", nargs=-1, metavar="[身份证号或人员编号]…")
@click.option("--area", "area_code", help="Everybody enrolled in an area of six digits and below it.")
@dry
@by
@as_json
def ask_command(
    people: tuple[str, ...], area_code: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """问: each at most once a day. Exit code 1: somebody is not answered; the jobs ask again by themselves."""
    if bool(people) == bool(area_code):
        raise click.UsageError("写身份证号或人员编号，或者用 --area。")
    env, left = env_of(name), [0]
    from canbao.services.exchange.platform.ask import ask, due

    def work() -> dict[str, Any]:
        ids = _ids(env, people, area_code)
        if dry_run:
            asked = len(due(env, ids))
            return {"to_ask": asked, "not_due": len(ids) - asked, "dry_run": "没有去问"}
        if env.platform is None:
            raise click.ClickException("没有连接平台：CANBAO_PLATFORM 没有设置。")
        done = ask(env, ids)
        left[0] = done.unanswered
        return asdict(done)

    _tell(work, as_json)
    raise SystemExit(1 if left[0] else 0)


@platform.command("feed")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@dry
@by
@as_json
def feed_command(file: Path | None, name: str, *, dry_run: bool, as_json: bool) -> None:
    """收每日变动: a FILE, or whatever the platform has since the last one. The same again changes nothing.

    Exit code 1: refused as a whole, or rows whose number is ours under another name.
    """
    env = env_of(name)
    from canbao.channels.platform import NotAnswered
    from canbao.records.transactions import rehearse
    from canbao.services.exchange.platform.feed import Taken, fetch, keep, take_in

    if dry_run and file is None:
        raise click.UsageError("试跑要给一个文件。")
    if file is None and env.platform is None:
        raise click.ClickException("没有连接平台：CANBAO_PLATFORM 没有设置。给一个文件也可以。")
    taken: list[Taken] = []

    def from_file() -> dict[str, Any]:
        taken.append(take_in(env, keep(env, (file or Path()).read_bytes()).feed_no))
        return asdict(taken[0])

    def fetched() -> dict[str, Any]:
        try:
            taken.extend(fetch(env))
        except NotAnswered as silent:
            raise click.ClickException(
                f"平台{FAULTS[silent.reason]}。过一会儿再试，也可以给一个文件。"
            ) from None
        return {"feeds": [asdict(one) for one in taken] or "没有新的。"}

    work = fetched if file is None else from_file
    _tell(lambda: rehearse(work) | {"dry_run": "没有写入"} if dry_run else work(), as_json)
    raise SystemExit(1 if any(one.doubtful for one in taken) else 0)


@platform.command("show")
@who
@by
@as_json
def show_command(who: str, name: str, *, as_json: bool) -> None:
    """看一个人: what was heard, from when on, whether the question is open, and which code a payer meets."""
    env = env_of(name)
    from canbao.services.exchange.platform.look import heard
    from canbao.services.people.changes.who import find_record

    def work() -> dict[str, Any]:
        found = heard(env, find_record(env, who).id)
        names = ("asked_at", "answered_at", "fault", "is_answered", "code")
        return {"heard": [_fact(row) for row in found.facts]} | {each: getattr(found, each) for each in names}

    _tell(work, as_json)


@platform.command("status")
@by
@as_json
def status_command(name: str, *, as_json: bool) -> None:
    """看: how the questions stand, and the newest daily feeds. Exit code 1: somebody is not answered."""
    env = env_of(name)
    from canbao.services.exchange.platform.feed import feeds
    from canbao.services.exchange.platform.look import questions

    stand = questions(env)

    def work() -> dict[str, Any]:
        told = [
            {"feed_no": row.feed_no, "day": row.day, "rows": row.row_count, "rows_done": row.rows_done,
             "taken": row.taken_count, "strangers": row.stranger_count, "doubtful": row.doubtful_rows}
            for row in feeds()
        ]  # fmt: skip
        counts = {"answered": stand.answered, "unanswered": stand.unanswered}
        return {"connected": stand.is_connected, **counts, "feeds": told}

    _tell(work, as_json)
    raise SystemExit(1 if stand.unanswered else 0)


def _ids(env: "Env", people: tuple[str, ...], area_code: str | None) -> list[int]:
    from canbao.services.people.changes.who import find_record
    from canbao.services.people.population import enrolled_ids

    if area_code:
        env.areas.get(area_code)
        return [person_id for chunk in enrolled_ids(area_code) for person_id in chunk]
    return [find_record(env, who).id for who in people]


def _fact(row: Any) -> dict[str, Any]:
    place = {} if row.kind == "death" else {"area": row.area_code, "until": row.until_date}
    return {"kind": row.kind, "from": row.from_date, **place, "state": row.state, "source": row.source}


def _tell(work: Callable[[], dict[str, Any]], as_json: bool) -> None:
    run(work if as_json else lambda: _in_chinese(work()), as_json)


def _in_chinese(told: dict[str, Any]) -> dict[str, Any]:
    return {WORDS[key]: _plain(value) for key, value in told.items() if value not in (None, [], ())}


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return [_in_chinese(one) if isinstance(one, dict) else one for one in value]
    return VALUES.get(value, value) if isinstance(value, str) else value
