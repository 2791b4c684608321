"""`canbao notify …`: 通知: messages to residents who asked for them."""

from typing import Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, run

WORDS = {
    "waiting": "等待", "sent": "已发", "refused": "被拒", "given_up": "放弃", "withdrawn": "撤回", "sms": "短信", "wechat": "微信",
}  # fmt: skip


@click.group()
def notify() -> None:
    """通知: messages that residents asked for, by short message or WeChat template.

    Exit codes: 0 done, 1 refused, or somebody could not be reached; 2 wrong usage.
    """


@notify.command("deliver")
@click.option("--batches", default=20, show_default=True, help="At most so many, of 200 each.")
@by
@as_json
def deliver_command(batches: int, name: str, *, as_json: bool) -> None:
    """发送: put down what is due and carry what waits, as the jobs do each round."""
    env = env_of(name)
    from canbao.services.notify.deliver import deliver
    from canbao.services.notify.tell import tell

    if not env.messengers:
        raise click.ClickException("没有连接短信或微信：CANBAO_MESSAGES 没有设置。")
    run(lambda: {"put_down": tell(env), "decided": deliver(env, batches)}, as_json)


@notify.command("waiting")
@by
@as_json
def waiting_command(name: str, *, as_json: bool) -> None:
    """看: how many messages of each kind wait, went, or did not arrive."""
    env = env_of(name)
    from canbao.services.notify.look import standing
    from canbao.services.notify.texts import TEXTS

    def work() -> dict[str, Any]:
        rows = standing(env)
        if as_json:
            return {"messages": [vars(row) for row in rows]}
        told = [
            f"{TEXTS[row.kind].heading} {WORDS[row.way]} {WORDS[row.state]} {row.many} 条" for row in rows
        ]
        return {"通知": told or "还没有。"}

    run(work, as_json)


@notify.command("unreached")
@click.option("--area", "area_code", required=True, help="Area code of six digits, of any level.")
@click.option("--limit", default=100, show_default=True, help="The newest.")
@by
@as_json
def unreached_command(area_code: str, limit: int, name: str, *, as_json: bool) -> None:
    """没有通知到: messages refused by their carrier or given up, with the reason. Exit code 1: there are some."""
    env = env_of(name)
    from canbao.services.notify.look import unreached
    from canbao.services.notify.texts import TEXTS

    if not env.areas.knows(area_code):
        raise click.UsageError(f"没有这个地区：{area_code}")
    found: list[Any] = []

    def work() -> dict[str, Any]:
        found.extend(unreached(env, area_code, limit))
        if as_json:
            return {"unreached": [vars(row) for row in found]}
        told = [f"{TEXTS[row.kind].heading} {row.name} {row.address} {row.area} {row.why}" for row in found]
        return {"没有通知到": told or "没有。"}

    run(work, as_json)
    raise SystemExit(1 if found else 0)


@notify.command("agree")
@click.argument("person_id", type=int)
@click.option("--year", "benefit_year", required=True, type=int, help="Benefit year.")
@click.option("--phone", help="Their mobile number.")
@click.option("--openid", help="Their openid at the official account.")
@by
@as_json
def agree_command(
    person_id: int, benefit_year: int, phone: str | None, openid: str | None, name: str, *, as_json: bool
) -> None:
    """登记: a person at the counter agrees to be told; opens everything about the year, a failed deduction too."""
    env = env_of(name)
    from canbao.basics.refusals import NotFound
    from canbao.services.notify.consent import agree_at_window

    if bool(phone) == bool(openid):
        raise click.UsageError("写 --phone，或者 --openid。")
    way = "sms" if phone else "wechat"

    def work() -> dict[str, Any]:
        try:
            return {"agreed": agree_at_window(env, person_id, benefit_year, way, phone or openid or "")}
        except NotFound:
            raise click.UsageError(f"没有这个人：{person_id}") from None

    run(work, as_json)


@notify.command("stop")
@click.option("--phone", required=True, help="The mobile number.")
@by
@as_json
def stop_command(phone: str, name: str, *, as_json: bool) -> None:
    """停止: nothing goes to this phone any more, whoever asked for it."""
    env = env_of(name)
    from canbao.services.notify.consent import stop_for_phone

    run(lambda: {"stopped": stop_for_phone(env, phone, name)}, as_json)


@notify.command("texts")
@as_json
def texts_command(*, as_json: bool) -> None:
    """模板: the words of every message, as a carrier wants them for approval."""
    from canbao.services.notify.texts import TEXTS, as_template

    run(lambda: {kind: [TEXTS[kind].heading, as_template(kind)] for kind in TEXTS}, as_json)
