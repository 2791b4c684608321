"""`canbao tax …`: 税务侧缴费: what the tax authority collected at its own portals, and what of it people must look at."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.money.reconcile import day_of
from canbao.faces.cli.staff import as_json, by, env_of, in_chinese, minute_text, run

if TYPE_CHECKING:
    from canbao.services.exchange.tax_side.hear import DayHeard
    from canbao.services.exchange.tax_side.resolve import Parked
    from canbao.services.system.env import Env

STATES = {
    "told": "还没有归位",
    "corrected": "更正了，还没有归位",
    "placed": "正在入账",
    "settled": "已入账",
    "surplus": "多缴，要退",
    "parked": "搁置",
}
WORDS = {
    "day": "日期", "paid": "缴费笔数", "given_back": "退费笔数", "paid_yuan": "缴费（元）", "back_yuan": "退费（元）", "parked": "搁置笔数",
    "number": "编号", "content_hash": "复核码", "state": "现在", "reason": "搁置原因", "refund_no": "退费单号",
}  # fmt: skip
KINDS = {"normal": "日常缴费", "special": "特殊缴费"}


@click.group()
def tax() -> None:
    """税务侧缴费: payments the tax authority collected itself: its day files, what is parked, attach or give back.

    Exit codes: 0 done, 1 refused, or payments that somebody must look at; 2 wrong usage.
    """


@tax.command("status")
@by
@as_json
def status_command(name: str, *, as_json: bool) -> None:
    """看: how many payments stand how. Exit code 1: something is parked."""
    env_of(name)
    from canbao.basics.money import yuan_text
    from canbao.services.exchange.tax_side.resolve import list_totals

    totals = list_totals()
    plain = {STATES[state]: f"{n} 笔，{yuan_text(fen)} 元" for state, (n, fen) in totals.items()}
    told = {state: {"count": n, "fen": fen} for state, (n, fen) in totals.items()}
    run(lambda: told if as_json else plain or {"税务侧缴费": "还没有。"}, as_json)
    raise SystemExit(1 if "parked" in totals else 0)


@tax.command("fetch")
@day_of
@by
@as_json
def fetch_command(typed_day: datetime, name: str, *, as_json: bool) -> None:
    """取日文件: ask the tax authority for a day's file, and take it in. Exit code 1: something of it is parked."""
    env = env_of(name)
    from canbao.services.exchange.tax_side.hear import fetch_day

    _must_be_connected(env)
    run(lambda: _told(_heard(fetch_day(env, typed_day.date())), as_json), as_json)


@tax.command("take")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@day_of
@by
@as_json
def take_command(file: Path, typed_day: datetime, name: str, *, as_json: bool) -> None:
    """收日文件: keep a day's file, sealed, and take it in; the same file again changes nothing."""
    env = env_of(name)
    from canbao.services.exchange.tax_side.hear import take_day

    _must_be_connected(env)
    run(lambda: _told(_heard(take_day(env, typed_day.date(), file.read_bytes())), as_json), as_json)


@tax.command("parked")
@click.option("--limit", default=100, show_default=True, help="The oldest.")
@by
@as_json
def parked_command(limit: int, name: str, *, as_json: bool) -> None:
    """搁置的: each with why, and what to do. Exit code 1: there are some."""
    env = env_of(name)
    from canbao.services.exchange.tax_side.resolve import list_parked

    rows = list_parked(env, limit)
    told: list[Any] = [asdict(row) for row in rows] if as_json else [_parked(row) for row in rows]
    run(lambda: {"parked" if as_json else "搁置": told or "没有搁置的。"}, as_json)
    raise SystemExit(1 if rows else 0)


@tax.command("resolve")
@click.argument("number")
@click.option(
    "--how", type=click.Choice(["attach", "give_back"]), required=True, help="认给一个人，或者退回。"
)
@click.option("--person", "who", metavar="身份证号或人员编号", help="认给谁。")
@click.option("--because", required=True)
@by
@as_json
def resolve_command(
    number: str, how: str, who: str | None, because: str, name: str, *, as_json: bool
) -> None:
    """处理: propose what becomes of a parked payment; prints the hash that the second person names."""
    env = env_of(name)
    from canbao.services.exchange.tax_side.resolve import propose_resolution

    if (how == "attach") != (who is not None):
        raise click.UsageError("认给一个人，要写 --person；退回，不写。")

    def work() -> dict[str, Any]:
        person_id = _person(env, who) if who else None
        digest = propose_resolution(env, number, how, because, person_id)
        return _told({"number": number, "content_hash": digest}, as_json)

    run(work, as_json)


@tax.command("approve")
@click.argument("number")
@click.argument("content_hash")
@by
@as_json
def approve_command(number: str, content_hash: str, name: str, *, as_json: bool) -> None:
    """处理复核: a second person agrees, and it is done; what is given back waits as a refund (`canbao refund`)."""
    env = env_of(name)
    from canbao.services.exchange.tax_side.resolve import approve_resolution

    run(lambda: _told(asdict(approve_resolution(env, number, content_hash)), as_json), as_json)


def _person(env: "Env", who: str) -> int:
    """Raises BadInput: nobody has this number."""
    from canbao.basics.refusals import BadInput, NotFound
    from canbao.services.people.changes.who import find_record

    try:
        return find_record(env, who).id
    except NotFound:
        raise BadInput(field="person", problem="登记册里没有这个人。先登记，再认给他。") from None


def _must_be_connected(env: "Env") -> None:
    if env.tax_side is None:
        raise click.ClickException("没有连接税务：CANBAO_TAX 没有设置。")


def _heard(heard: "DayHeard") -> dict[str, Any]:
    from canbao.basics.money import yuan_text

    return {
        "day": heard.day,
        "paid": heard.paid,
        "given_back": heard.given_back,
        "parked": heard.parked,
        "paid_yuan": yuan_text(heard.statement.paid_fen or 0),
        "back_yuan": yuan_text(heard.statement.refunded_fen or 0),
    }


def _told(answer: dict[str, Any], as_json: bool) -> dict[str, Any]:
    """The same answer with Chinese words, unless a program asked; what is empty is left out."""
    if as_json:
        return answer
    plain = answer | ({"state": STATES[answer["state"]]} if "state" in answer else {})
    return in_chinese(plain, WORDS)


def _parked(row: "Parked") -> str:
    from canbao.basics.money import yuan_text

    odd = "；税务又说过一次，内容不一样" if row.told_otherwise else ""
    return (
        f"{row.number}（税票号 {row.tax_receipt_no}）{row.name} {row.id_number}，{row.benefit_year}年度 "
        f"{KINDS[row.kind]} {yuan_text(row.amount_fen)} 元，{minute_text(row.paid_at)} 缴；{row.why}。{row.what_to_do}{odd}"
    )
