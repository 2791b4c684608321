"""`canbao reconcile …`: 对账 day by day: statement, match, cures, closing."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, pieces, run

if TYPE_CHECKING:
    from canbao.records.models import Break, Statement

day_of = click.option("--day", "typed_day", type=click.DateTime(["%Y-%m-%d"]), required=True)
channel_of = click.option("--channel", default="wechat", show_default=True)


@click.group()
def reconcile() -> None:
    """对账: the channel's statement of a day against the ledger, to the fen.

    Exit codes: 0 done, 1 refused, or differences found; 2 wrong usage.
    """


@reconcile.command("fetch")
@channel_of
@day_of
@by
@as_json
def fetch_command(channel: str, typed_day: datetime, name: str, *, as_json: bool) -> None:
    """取账单: ask the channel for the statement of a day."""
    env = env_of(name)
    from canbao.services.exchange.statement import fetch

    run(lambda: _kept(fetch(env, channel, typed_day.date())), as_json)


@reconcile.command("upload")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@channel_of
@day_of
@by
@as_json
def upload_command(file: Path, channel: str, typed_day: datetime, name: str, *, as_json: bool) -> None:
    """上传账单: keep a file as it is and read it; the same file again changes nothing."""
    env = env_of(name)
    from canbao.services.exchange.statement import upload

    run(lambda: _kept(upload(env, channel, typed_day.date(), pieces(file))), as_json)


@reconcile.command("count")
@click.argument("yuan")
@day_of
@by
@as_json
def count_command(yuan: str, typed_day: datetime, name: str, *, as_json: bool) -> None:
    """轧账: what was counted in the window's drawers at the end of a day."""
    env = env_of(name)
    from canbao.basics.money import fen_from_yuan
    from canbao.services.exchange.statement import count_drawer

    try:
        fen = fen_from_yuan(yuan)
    except ValueError:
        raise click.UsageError(f"金额不对：{yuan}") from None
    run(lambda: _kept(count_drawer(env, typed_day.date(), fen)), as_json)


@reconcile.command("match")
@channel_of
@day_of
@by
@as_json
def match_command(channel: str, typed_day: datetime, name: str, *, as_json: bool) -> None:
    """对: match a day, and list what differs. Exit code 1 where something does."""
    env = env_of(name)
    from canbao.services.exchange.match import list_breaks, match

    left: list[int] = []

    def work() -> dict[str, Any]:
        matched = match(env, channel, typed_day.date())
        left.append(matched.breaks or matched.unexplained_fen)
        found = [_break(env.now, row) for row in list_breaks(env, channel, typed_day.date())]
        return asdict(matched) | {"unexplained_fen": matched.unexplained_fen, "list": found}

    run(work, as_json)
    raise SystemExit(1 if any(left) else 0)


@reconcile.command("cure")
@click.argument("break_id", type=int)
@click.option("--how", type=click.Choice(["settle", "ask", "suspense"]), required=True)
@click.option("--because", required=True)
@by
@as_json
def cure_command(break_id: int, how: str, because: str, name: str, *, as_json: bool) -> None:
    """处理: propose how a break is cured; prints the hash that the second person names."""
    env = env_of(name)
    from canbao.services.exchange.cure import propose_cure

    run(lambda: {"break_id": break_id, "content_hash": propose_cure(env, break_id, how, because)}, as_json)


@reconcile.command("approve-cure")
@click.argument("break_id", type=int)
@click.argument("content_hash")
@by
@as_json
def approve_cure_command(break_id: int, content_hash: str, name: str, *, as_json: bool) -> None:
    """处理复核: a second person agrees, and it is done."""
    env = env_of(name)
    from canbao.services.exchange.cure import approve_cure

    run(lambda: asdict(approve_cure(env, break_id, content_hash)), as_json)


@reconcile.command("close")
@channel_of
@day_of
@by
@as_json
def close_command(channel: str, typed_day: datetime, name: str, *, as_json: bool) -> None:
    """结账: prove a day and put it up for the second person; prints the hash."""
    env = env_of(name)
    from canbao.services.exchange.day import propose_close

    run(lambda: {"content_hash": propose_close(env, channel, typed_day.date())}, as_json)


@reconcile.command("approve-close")
@click.argument("content_hash")
@channel_of
@day_of
@by
@as_json
def approve_close_command(
    content_hash: str, channel: str, typed_day: datetime, name: str, *, as_json: bool
) -> None:
    """结账复核: a second person agrees to the figures; the day's money is on its way to the treasury."""
    env = env_of(name)
    from canbao.services.exchange.day import approve_close

    run(lambda: approve_close(env, channel, typed_day.date(), content_hash).figures, as_json)


def _kept(statement: "Statement") -> dict[str, Any]:
    names = ("channel", "day", "sha256", "line_count", "paid_fen", "refunded_fen")
    return {name: getattr(statement, name) for name in names}


def _break(now: datetime, row: "Break") -> dict[str, Any]:
    kinds = {"over": "长款", "short": "短款", "amount": "金额不符", "state": "状态不符"}
    names = ("id", "what", "number", "theirs_fen", "ours_fen", "suggestion", "state")
    told = {name: getattr(row, name) for name in names}
    return {"kind": kinds[row.kind], "age_days": (now - row.found_at).days} | told
