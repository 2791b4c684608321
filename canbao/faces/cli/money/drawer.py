"""`canbao drawer …`: 收现, 刷卡, 轧账, 解缴: what clerks and agents take, hold and hand on."""

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, fen_of, in_chinese, minute_text, run

if TYPE_CHECKING:
    from canbao.records.money.window.holding import Held
    from canbao.services.money.window.take import Handed, Taken
    from canbao.services.money.window.till import Kind, Till
    from canbao.services.system.env import Env

STATES = {
    "taken": "已收",
    "repeated": "收过了，没有再记",
    "refused": "没有收，钱要退回",
    "open": "开着",
    "closed": "已轧账",
    "given_back": "已退还",
}
WORDS = {
    "shift_id": "班次", "till": "钱箱", "state": "状态", "float_yuan": "备用金", "taken_yuan": "收了", "gone_yuan": "解缴和退付",
    "in_hand_yuan": "应有现金", "owed_yuan": "应解缴", "counted_yuan": "清点", "receipt": "收据号", "order_no": "订单号",
    "amount_yuan": "金额", "code": "编号", "why": "原因", "refund_no": "退费单号", "hash": "复核码", "slip": "缴款单号", "since": "从",
    "too_long": "超过24小时", "receipts": "收据", "held": "持有现金", "next": "下一步", "day": "日期", "place": "地点",
}  # fmt: skip

agent_of = click.option("--agent", "agent", help="The agent whose bag it is; without it, the drawer of --as.")
counted = click.option("--counted", required=True, help="What was counted, in yuan, the float included.")
area_of = click.option(
    "--area", "area_code", required=True, help="Six digits: where the people are enrolled."
)


@click.group()
def drawer() -> None:
    """收现、刷卡: drawers of clerks and bags of agents, shift by shift, to the fen.

    Exit codes: 0 done, 1 refused, or a receipt that could not be taken; 2 wrong usage.
    """


@drawer.command("open")
@click.option("--place", required=True, help="Which window or village.")
@click.option(
    "--float",
    "float_yuan",
    default="0",
    show_default=True,
    help="The change counted at the opening, in yuan.",
)
@agent_of
@by
@as_json
def open_command(place: str, float_yuan: str, agent: str | None, name: str, *, as_json: bool) -> None:
    """开班: open a drawer, or an agent's bag, for today."""
    fen = fen_of(float_yuan)

    def work(env: "Env", till: "Till") -> dict[str, Any]:
        from canbao.services.money.window.till import open_shift

        return _shift(open_shift(env, till, place, fen).id)

    _do(name, agent, work, as_json)


@drawer.command("take")
@click.argument("receipt", metavar="收据号")
@click.option("--who", multiple=True, help="The ID number of each person paid for; several of one family.")
@click.option("--collection", type=int, help="Or a list whose order is open (`canbao collective open`).")
@click.option("--amount", required=True, help="What was handed over, in yuan.")
@click.option("--terminal", help="Paid by card at this terminal; the receipt's number is then the slip's.")
@click.option(
    "--mobile", is_flag=True, help="The terminal is one that an agent carries (LZ-19), not the hall's."
)
@click.option("--payer", type=click.Choice(["self", "proxy"]), default="self", show_default=True)
@click.option("--area", "area_code", default="", help="Six digits: where the people are enrolled.")
@agent_of
@by
@as_json
def take_command(
    receipt: str, who: tuple[str, ...], collection: int | None, amount: str, terminal: str | None, payer: str,
    area_code: str, agent: str | None, name: str, *, mobile: bool, as_json: bool,
) -> None:  # fmt: skip
    """收款: take money for people, or for a whole list, under a receipt number; the same number again changes nothing."""
    if bool(who) == (collection is not None) or (who and not area_code):
        raise click.UsageError("写 --who 和 --area，或者写 --collection。")
    fen = fen_of(amount)

    def work(env: "Env", till: "Till") -> list["Handed"]:
        from canbao.services.money.window.take import Handed

        return [Handed(receipt, fen, area_code, _people(env, who), collection, payer=payer)]

    _take(name, agent, ("terminal" if mobile else "pos", terminal), work, as_json)


@drawer.command("upload")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@area_of
@agent_of
@by
@as_json
def upload_command(file: Path, area_code: str, agent: str | None, name: str, *, as_json: bool) -> None:
    """补录: receipts an agent wrote without a network, as CSV: 收据号,身份证号,金额,收款时间. May be sent again and again."""

    def work(env: "Env", till: "Till") -> list["Handed"]:
        from canbao.services.money.window.take import Handed

        with file.open(encoding="utf-8-sig", newline="") as opened:
            return [
                Handed(
                    row["收据号"].strip(),
                    fen_of(row["金额"].strip()),
                    area_code,
                    _people(env, [row["身份证号"]]),
                    taken_at=_instant(row.get("收款时间", "")),
                )
                for row in csv.DictReader(opened)
            ]

    _take(name, agent, ("pos", None), work, as_json)


@drawer.command("give-back")
@click.argument("receipt", metavar="收据号")
@click.option("--why", required=True, help="Why it should not have been taken.")
@agent_of
@by
@as_json
def give_back_command(receipt: str, why: str, agent: str | None, name: str, *, as_json: bool) -> None:
    """冲正: a receipt of this shift was taken wrongly; a second person approves (`canbao refund approve`), then `pay-back`."""

    def work(env: "Env", till: "Till") -> dict[str, Any]:
        from canbao.basics.money import yuan_text
        from canbao.services.money.window.leave import give_back

        rows = [
            {
                "refund_no": row.refund_no,
                "amount_yuan": yuan_text(row.amount_fen or 0),
                "hash": row.content_hash,
            }
            for row in give_back(env, till, receipt, why)
        ]
        return {"refunds": rows, "next": "另一个人复核：canbao refund approve 退费单号 复核码"}

    _do(name, agent, work, as_json)


@drawer.command("pay-back")
@click.argument("refund_no", metavar="退费单号")
@click.option("--proof", required=True, help="The number of the paper the payer signed.")
@agent_of
@by
@as_json
def pay_back_command(refund_no: str, proof: str, agent: str | None, name: str, *, as_json: bool) -> None:
    """退还: pay an approved refund out of the cash of this shift."""

    def work(env: "Env", till: "Till") -> dict[str, Any]:
        from canbao.services.money.window.leave import pay_back
        from canbao.services.money.window.till import current_shift

        pay_back(env, till, refund_no, proof)
        return {"refund_no": refund_no} | _shift(current_shift(env, till).id)

    _do(name, agent, work, as_json)


@drawer.command("hand-in")
@click.argument("slip", metavar="缴款单号")
@click.option(
    "--amount", required=True, help="The sum on the slip, in yuan: all that the oldest shift still holds."
)
@agent_of
@by
@as_json
def hand_in_command(slip: str, amount: str, agent: str | None, name: str, *, as_json: bool) -> None:
    """解缴: hand cash in at the bank."""
    fen = fen_of(amount)

    def work(env: "Env", till: "Till") -> dict[str, Any]:
        from canbao.services.money.window.leave import hand_in

        return {"slip": slip} | _shift(hand_in(env, till, slip, fen).shift_id)

    _do(name, agent, work, as_json)


@drawer.command("close")
@counted
@click.option("--why", help="Where it differs: why. A second person must then agree.")
@agent_of
@by
@as_json
def close_command(counted: str, why: str | None, agent: str | None, name: str, *, as_json: bool) -> None:
    """轧账: close the shift, if what was counted is what should be in it; else only with --why and a second person."""
    fen = fen_of(counted)

    def work(env: "Env", till: "Till") -> dict[str, Any]:
        from canbao.services.money.window.close import close_shift, propose_difference
        from canbao.services.money.window.till import open_shift_of

        if why is None:
            return _shift(close_shift(env, till, fen).id)
        shift, digest = open_shift_of(env, till), propose_difference(env, till, fen, why)
        return {"hash": digest, "next": f"另一个人复核：canbao drawer agree {shift.id} {digest}"}

    _do(name, agent, work, as_json)


@drawer.command("agree")
@click.argument("shift_id", metavar="班次", type=int)
@click.argument("digest", metavar="复核码")
@by
@as_json
def agree_command(shift_id: int, digest: str, name: str, *, as_json: bool) -> None:
    """复核差额: a second person agrees to a difference; it becomes 待查款项 and the shift is closed."""
    env = env_of(name)
    from canbao.services.money.window.close import agree

    run(lambda: _told(_shift(agree(env, shift_id, digest).id), as_json), as_json)


@drawer.command("show")
@agent_of
@by
@as_json
def show_command(agent: str | None, name: str, *, as_json: bool) -> None:
    """看钱箱: what is in hand now, and the receipts of the shift."""

    def work(env: "Env", till: "Till") -> dict[str, Any]:
        from canbao.basics.money import yuan_text
        from canbao.records.models import Taking
        from canbao.services.money.window.till import open_shift_of

        shift = open_shift_of(env, till)
        rows = Taking.objects.filter(bucket=shift.bucket, shift=shift.id).order_by("booked_at", "id")
        receipts = [
            {"receipt": row.receipt_no, "amount_yuan": yuan_text(row.amount_fen), "state": STATES[row.state]}
            for row in rows
        ]
        return _shift(shift.id) | {"receipts": receipts}

    _do(name, agent, work, as_json)


@drawer.command("holding")
@by
@as_json
def holding_command(name: str, *, as_json: bool) -> None:
    """催缴: who holds cash that is to be handed in, and for how long. Exit code 1 where it is more than 24 hours."""
    env = env_of(name)
    from canbao.services.money.window.close import holding

    late: list[bool] = []

    def work() -> dict[str, Any]:
        rows = holding(env)
        late.extend(row.too_long for row in rows)
        told = [_held(row.held) | {"too_long": "是" if row.too_long else "否"} for row in rows]
        return _told({"held": told or "没有人手里有要解缴的现金。"}, as_json)

    run(work, as_json)
    raise SystemExit(1 if any(late) else 0)


@drawer.command("day")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@by
@as_json
def day_command(day: datetime, name: str, *, as_json: bool) -> None:
    """日终: what the day's shifts counted becomes the window's statement; then `canbao reconcile` closes the day."""
    env = env_of(name)
    from canbao.basics.money import yuan_text
    from canbao.services.money.window.close import count_day

    def work() -> dict[str, Any]:
        on: date = day.date()
        made = count_day(env, on)
        return _told({"day": on.isoformat(), "counted_yuan": yuan_text(made.paid_fen or 0)}, as_json)

    run(work, as_json)


def _do(name: str, agent: str | None, work: Callable[["Env", "Till"], dict[str, Any]], as_json: bool) -> None:
    env = env_of(name)
    from canbao.services.money.window.till import till_of

    def step() -> dict[str, Any]:
        till = till_of("agent", agent) if agent else till_of("drawer", name)
        return _told(work(env, till), as_json)

    run(step, as_json)


def _take(
    name: str,
    agent: str | None,
    terminal: tuple["Kind", str | None],
    work: Callable[["Env", "Till"], list["Handed"]],
    as_json: bool,
) -> None:
    env = env_of(name)
    from canbao.services.money.window.take import take
    from canbao.services.money.window.till import till_of

    refused: list[str] = []

    def step() -> dict[str, Any]:
        till = till_of("agent", agent) if agent else till_of("drawer", name)
        kind, number = terminal
        till = till_of(kind, number) if number else till
        done = take(env, till, work(env, till))
        refused.extend(row.receipt_no for row in done if row.state == "refused")
        return _told({"receipts": [_taken(row) for row in done]}, as_json)

    run(step, as_json)
    raise SystemExit(1 if refused else 0)


def _taken(row: "Taken") -> dict[str, Any]:
    from canbao.basics.money import yuan_text

    told = {"receipt": row.receipt_no, "state": STATES[row.state], "amount_yuan": yuan_text(row.amount_fen)}
    return told | {"order_no": row.order_no, "code": row.code, "why": row.words}


def _people(env: "Env", numbers: "tuple[str, ...] | list[str]") -> tuple[int, ...]:
    """Whom the numbers lead to; 0 for a number that leads to nobody, whose receipt is then refused."""
    from canbao.basics.documents import id_type_of, normal_number
    from canbao.records.people.find import find_person

    found = (find_person(env.sealer, id_type_of(no), normal_number(no)) for no in numbers)
    return tuple(person.id if person else 0 for person in found)


def _instant(text: str) -> datetime | None:
    from canbao.basics.days import CHINA

    try:
        return (
            datetime.strptime(text.strip(), "%Y-%m-%d %H:%M").replace(tzinfo=CHINA) if text.strip() else None
        )
    except ValueError:
        raise click.UsageError(f"收款时间要写成 2024-10-08 09:30：{text}") from None


def _shift(shift_id: int) -> dict[str, Any]:
    from canbao.records.money.window.holding import held_by

    return _held(held_by(shift_id % 10_000, shift_id))


def _held(held: "Held") -> dict[str, Any]:
    from canbao.basics.money import yuan_text

    return {
        "shift_id": held.shift_id, "till": _till(held.till), "place": held.place, "state": STATES[held.state],
        "float_yuan": yuan_text(held.float_fen), "taken_yuan": yuan_text(held.taken_fen), "gone_yuan": yuan_text(held.gone_fen),
        "owed_yuan": yuan_text(max(held.owed_fen, 0)), "in_hand_yuan": yuan_text(max(held.cash_fen, 0)),
        "since": minute_text(held.since),
    }  # fmt: skip


def _till(name: str) -> str:
    kind, _, holder = name.partition(":")
    return f"{'代办员' if kind == 'agent' else '钱箱'} {holder}"


def _told(told: dict[str, Any], as_json: bool) -> dict[str, Any]:
    return told if as_json else in_chinese(told, WORDS)
