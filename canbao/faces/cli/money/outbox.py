"""`canbao outbox …`: 发件箱: what other authorities are told, what they refused, and telling it again."""

from typing import Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, run

TARGETS = {"tax": "税务", "medical": "医保平台"}
WORDS = {
    "waiting": "等待", "accepted": "已接收", "refused": "被退回", "withdrawn": "撤回", "settled": "已人工办好", "put": "推送", "cancel": "作废",
    "assessment": "核定", "collection": "缴费明细", "coverage": "待遇", "posting": "入库",
}  # fmt: skip
SETTINGS = {"tax": "CANBAO_TAX", "medical": "CANBAO_MEDICAL"}
# What a clerk does about a refusal, by target, kind and action; then `retry`, or `settle` where it was put right there.
ADVICE = {
    ("tax", "assessment", "put"): "核对姓名、证件号和人员类别，改好后重推。改不了就请税务处理，再登记办好。",
    (
        "tax",
        "assessment",
        "cancel",
    ): "税务那边还留着这笔应征。已经缴费的，查到这笔钱，按退费办；没缴费的，请税务作废。再登记办好。",
    ("tax", "collection", "put"): "核对姓名和证件号，改好后重推。税务已经有这笔的，登记办好。",
    ("tax", "collection", "cancel"): "先看原来那笔明细收了没有。收了就重推；没有原明细的，登记办好。",
    ("medical", "collection", "put"): "核对姓名和证件号，改好后重推。医保已经有这笔的，登记办好。",
    ("medical", "collection", "cancel"): "先看原来那笔明细收了没有。收了就重推；没有原明细的，登记办好。",
    ("medical", "posting", "put"): "先看这笔缴费明细收了没有。收了就重推；没有明细的，先办好明细，再重推。",
    ("medical", "coverage", "put"): "核对参保地和年度。别处已有待遇的，按重复参保处理，再登记办好。",
    ("medical", "coverage", "cancel"): "退费了，医保那边待遇还在。马上联系医保停掉，再登记办好。",
}
to = click.option("--to", "target", type=click.Choice(list(TARGETS)), default="tax", show_default=True)


@click.group()
def outbox() -> None:
    """发件箱: assessments of assisted persons (推送) and collections to tax, collections and cover to medical insurance, row by row.

    Exit codes: 0 done, 1 refused, or rows that somebody must look at; 2 wrong usage.
    """


@outbox.command("status")
@to
@by
@as_json
def status_command(target: str, name: str, *, as_json: bool) -> None:
    """看: how many rows wait, were accepted or refused; and the newest batches. Exit code 1: something was refused."""
    env = env_of(name)
    from canbao.services.exchange.outbox.look import refusals, standing

    def work() -> dict[str, Any]:
        found = standing(env, target)
        rows = [_row(row) if not as_json else row for row in found.rows]
        batches = [_batch(one) for one in found.batches]
        return {"to": target, "connected": found.is_connected, "rows": rows, "batches": batches}

    run(work, as_json)
    raise SystemExit(1 if refusals(env, target, 1) else 0)


@outbox.command("refused")
@to
@click.option("--limit", default=100, show_default=True, help="The newest.")
@by
@as_json
def refused_command(target: str, limit: int, name: str, *, as_json: bool) -> None:
    """被退回: each row with the other side's code and words, and what to do. Exit code 1: there are some."""
    env = env_of(name)
    from canbao.services.exchange.outbox.look import refusals

    rows = refusals(env, target, limit)
    told = [
        {"row": one.row.id, "what": f"{WORDS[one.row.action]}{WORDS[one.row.kind]}", "name": one.name,
         "code": one.row.reason_code, "words": one.row.reason, "can_retry": one.row.can_retry,
         "what_to_do": ADVICE[one.row.target, one.row.kind, one.row.action]}
        for one in rows
    ]  # fmt: skip
    run(lambda: {"refused": told} if told else {"refused": "没有被退回的。"}, as_json)
    raise SystemExit(1 if told else 0)


@outbox.command("retry")
@click.argument("rows", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All refused rows that still hold.")
@to
@by
@as_json
def retry_command(rows: tuple[int, ...], target: str, name: str, *, everything: bool, as_json: bool) -> None:
    """重推: tell refused ROWS again, once their cause is put right."""
    env = env_of(name)
    from canbao.services.exchange.outbox.look import retry

    if bool(rows) == everything:
        raise click.UsageError("写行号，或者用 --all。")
    run(lambda: {"told_again": retry(env, target, None if everything else rows)}, as_json)


@outbox.command("settle")
@click.argument("row", type=int)
@click.option("--how", required=True, help="How it was put right there: who, when, by which paper.")
@to
@by
@as_json
def settle_command(row: int, how: str, target: str, name: str, *, as_json: bool) -> None:
    """登记办好: a refused ROW that was put right outside; it is told no more, and who says so is kept."""
    env = env_of(name)
    from canbao.services.exchange.outbox.look import settle

    def work() -> dict[str, Any]:
        settle(env, target, row, how)
        return {"settled": row, "how": how}

    run(work, as_json)


@outbox.command("send")
@click.option("--batches", default=20, show_default=True, help="At most so many to each authority.")
@by
@as_json
def send_command(batches: int, name: str, *, as_json: bool) -> None:
    """发送: put down what tax and medical insurance do not know yet, and tell now what waits, as the jobs do each round."""
    env = env_of(name)
    from canbao.services.exchange.outbox.relay import relay
    from canbao.services.exchange.outbox.send import send

    if not env.authorities:
        raise click.ClickException(f"没有连接任何单位：{'、'.join(SETTINGS.values())} 都没有设置。")
    run(lambda: {"put_down": relay(env), "decided": send(env, batches)}, as_json)


def _row(row: dict[str, Any]) -> str:
    words = "".join(WORDS[row[name]] for name in ("action", "kind"))
    return f"{words} {WORDS[row['state']]} {row['n']} 条"


def _batch(one: Any) -> dict[str, Any]:
    names = (
        "id",
        "row_count",
        "sum_fen",
        "sent_at",
        "answered_at",
        "accepted_count",
        "refused_count",
        "fault",
    )
    return {name: getattr(one, name) for name in names}
