"""`canbao collective …`: 集中代收: one order for a village or a school, paid by one code, by card or in cash."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, fen_of, in_chinese, minute_text, pieces, run

if TYPE_CHECKING:
    from canbao.services.money.collective.follow import Shown
    from canbao.services.money.collective.gather import Result

WAYS = ("wechat", "alipay", "unionpay", "cash", "pos")
WAY_WORDS = {"wechat": "微信", "alipay": "支付宝", "unionpay": "银联", "cash": "现金", "pos": "刷卡"}
STATE_WORDS = {
    "open": "待付款",
    "paid": "已付款",
    "settled": "已缴清",
    "expired": "已过期",
    "cancelled": "已取消",
}
KIND_WORDS = {"ok": "可以", "doubtful": "要先办", "bad": "要改"}
SHOWN_ROWS = 200

collection = click.argument("collection_id", metavar="名单编号", type=int)
way = click.option("--by", "channel", type=click.Choice(WAYS), required=True, help="How it is to be paid.")
asked = click.option(
    "--asked",
    is_flag=True,
    help="Everybody was asked whether they are of an assisted group, and said no (CZ-09).",
)


@click.group()
def collective() -> None:
    """集中代收: village agents and schools pay for many people at once.

    Exit codes: 0 done, 1 refused, or rows that somebody must look at; 2 wrong usage.
    """


@collective.command("read")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--unit", required=True, help="The code of the village, community or school.")
@by
@as_json
def read_command(file: Path | None, unit: str, name: str, *, as_json: bool) -> None:
    """读名单: keep a list (xlsx or CSV: 姓名, 身份证号); without FILE, everybody registered under the unit."""
    env = env_of(name)
    from canbao.services.money.collective.read import keep, rows_of

    def work() -> dict[str, Any]:
        kept = keep(env, unit, pieces(file) if file else None)
        told = {"collection_id": kept.id, "year": kept.benefit_year, "rows": len(rows_of(env, kept))}
        return _told(told, as_json)

    run(work, as_json)


@collective.command("check")
@collection
@way
@asked
@click.option(
    "--errors", "to", type=click.Path(path_type=Path, dir_okay=False), help="Write 改错表, an xlsx."
)
@by
@as_json
def check_command(
    collection_id: int, channel: str, to: Path | None, name: str, *, asked: bool, as_json: bool
) -> None:
    """试跑: what each row comes to, by the file's own row numbers; nothing is written."""
    env = env_of(name)
    from canbao.faces.papers.corrections import write_corrections
    from canbao.services.money.collective.gather import dry_run
    from canbao.services.money.collective.read import get_collection, header_of

    left: list[int] = []

    def work() -> dict[str, Any]:
        result = dry_run(env, collection_id, channel, asked=asked)
        left.append(len(result.listed))
        told = _counted(result)
        if to:
            rows = [(row.row.cells, row.row.row_no, row.words) for row in result.listed]
            header = header_of(env, get_collection(collection_id))
            told |= {"corrections": write_corrections(to, header, rows), "file": str(to)}
        return _told(told | {"list": _rows(result)}, as_json)

    run(work, as_json)
    raise SystemExit(1 if any(left) else 0)


@collective.command("open")
@collection
@way
@asked
@by
@as_json
def open_command(collection_id: int, channel: str, name: str, *, asked: bool, as_json: bool) -> None:
    """开单: one order for everybody who can be paid for now; the one that is open already, if there is one."""
    env = env_of(name)
    from canbao.services.money.collective.follow import show
    from canbao.services.money.collective.gather import open_collection

    def work() -> dict[str, Any]:
        open_collection(env, collection_id, channel, asked=asked)
        return _told(_shown(show(env, collection_id)), as_json)

    run(work, as_json)


@collective.command("code")
@collection
@way
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="An SVG to write the code to.")
@by
@as_json
def code_command(collection_id: int, channel: str, to: Path | None, name: str, *, as_json: bool) -> None:
    """收款码: the code that pays for all of them at once, and the page that shows it with what is paid so far."""
    env = env_of(name)
    import segno

    from canbao.basics.money import yuan_text
    from canbao.services.money.collective.follow import code_of, page_of

    def work() -> dict[str, Any]:
        order, said = code_of(env, collection_id, channel)
        made = segno.make(said, error="m")
        if to:
            made.save(str(to), kind="svg", scale=8)
        elif not as_json:
            made.terminal(compact=True)
        told = {"code": said, "amount_yuan": yuan_text(order.amount_fen), "order_no": order.order_no}
        return _told(
            told | {"page": f"{env.base_url}/c/{page_of(order)}/", "file": str(to) if to else ""}, as_json
        )

    run(work, as_json)


@collective.command("show")
@collection
@by
@as_json
def show_command(collection_id: int, name: str, *, as_json: bool) -> None:
    """看进度: the orders of a list, what is paid, and what is owed back because somebody had paid otherwise."""
    env = env_of(name)
    from canbao.services.money.collective.follow import show

    run(lambda: _told(_shown(show(env, collection_id)), as_json), as_json)


@collective.command("cancel")
@collection
@by
@as_json
def cancel_command(collection_id: int, name: str, *, as_json: bool) -> None:
    """取消: let the open order go; everybody may then be paid for in any other way."""
    env = env_of(name)
    from canbao.services.money.collective.follow import cancel_order

    run(lambda: _told({"state": STATE_WORDS[cancel_order(env, collection_id)]}, as_json), as_json)


@collective.command("declare")
@collection
@click.option(
    "--where",
    type=click.Choice([*WAYS, "tax_window"]),
    required=True,
    help="At the hall: cash, pos, tax_window.",
)
@click.option("--per-person", help="Yuan for each; a row with 集体补助 has its own.")
@click.option("--dry-run", is_flag=True, help="Say what it would come to; nothing is written.")
@by
@as_json
def declare_command(
    collection_id: int, where: str, per_person: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """申报集体补助: how much the village bears of each one's premium; at the tax hall alone (CZ-18)."""
    env = env_of(name)
    from canbao.basics.money import yuan_text
    from canbao.services.money.collective.declare import declare

    fen = fen_of(per_person) if per_person else None
    left: list[int] = []

    def work() -> dict[str, Any]:
        done = declare(env, collection_id, where, fen, dry=dry_run)
        left.append(len(done.result.listed))
        told = {"people": done.people, "share_yuan": yuan_text(done.amount_fen), "list": _rows(done.result)}
        return _told(told, as_json)

    run(work, as_json)
    raise SystemExit(1 if any(left) else 0)


WORDS = {
    "share_yuan": "集体补助（元）",
    "collection_id": "名单编号", "rows": "行数", "ok": "可以", "doubtful": "要先办", "bad": "要改", "goes": "这次能缴（人）",
    "amount_yuan": "金额（元）", "corrections": "改错表行数", "file": "文件", "list": "要看的行", "unit": "单位", "people": "人数",
    "settled": "已缴（人）", "settled_yuan": "已缴（元）", "orders": "订单", "order_no": "订单号", "by": "付款方式",
    "surplus": "多缴待退（人）", "surplus_yuan": "多缴待退（元）", "until": "付款截止", "page": "给付款人看的页", "code": "收款码内容",
    "year": "年度", "state": "状态", "token": "订单凭据", "row": "行", "what": "结果", "why": "说明",
}  # fmt: skip


def _told(told: dict[str, Any], as_json: bool) -> dict[str, Any]:
    return told if as_json else in_chinese(told, WORDS)


def _counted(result: "Result") -> dict[str, Any]:
    from canbao.basics.money import yuan_text

    return {
        "rows": result.rows, "ok": result.ok, "doubtful": result.doubtful, "bad": result.bad, "goes": result.goes,
        "amount_yuan": yuan_text(result.amount_fen),
    }  # fmt: skip


def _rows(result: "Result") -> list[dict[str, Any]]:
    return [
        {"row": row.row.row_no, "what": KIND_WORDS[row.kind], "why": row.words}
        for row in result.listed[:SHOWN_ROWS]
    ]


def _shown(shown: "Shown") -> dict[str, Any]:
    from canbao.basics.money import yuan_text

    orders = [
        {
            "order_no": order.order_no,
            "state": STATE_WORDS[order.state],
            "by": WAY_WORDS.get(order.channel, order.channel),
            "people": order.people,
            "amount_yuan": yuan_text(order.amount_fen),
            "settled": order.settled,
            "settled_yuan": yuan_text(order.settled_fen),
            "surplus": order.surplus,
            "surplus_yuan": yuan_text(order.surplus_fen),
            "until": minute_text(order.expires_at),
            "token": order.token,
        }
        for order in shown.orders
    ]
    return {
        "collection_id": shown.collection_id, "unit": shown.unit_name, "settled": shown.settled,
        "settled_yuan": yuan_text(shown.settled_fen), "orders": orders,
    }  # fmt: skip
