"""What the staff commands share: who acts, how an answer is printed, how a refusal reads."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import datetime

    from canbao.services.system.env import Env

PIECE = 1 << 20
as_json = click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
by = click.option("--as", "name", required=True, help="Who acts; two steps of one matter need two people.")


def env_of(name: str) -> "Env":
    """The world, seen by one of the staff."""
    import django

    django.setup()
    from canbao.faces import wiring

    try:
        return wiring.env(f"staff:{name}")
    except wiring.NotConfigured as missing:
        raise click.ClickException(str(missing)) from None


def run(work: Callable[[], dict[str, Any]], as_json: bool) -> None:
    """Do it and print what it gave; a refusal is told in its five parts, and the exit code is 1."""
    from canbao.basics.refusals import Refusal

    try:
        told = work()
    except Refusal as refusal:
        facts = {"agency": "当地医保经办机构"} | refusal.facts
        said = type(refusal)(**facts)
        answer = {"refused": said.code, "heading": said.say(said.heading), "why": said.say(said.why)}
        answer["steps"] = [said.say(step) for step in said.steps]
        _print(answer, as_json)
        raise SystemExit(1) from None
    _print(told, as_json)


def _print(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for key, value in told.items():
        lines = value if isinstance(value, list) else [value]
        for line in lines:
            text = "，".join(f"{k} {v}" for k, v in line.items()) if isinstance(line, dict) else str(line)
            click.echo(f"{key}: {text}")


def pieces(file: Path) -> Iterator[bytes]:
    """A file that somebody hands in, a piece at a time."""
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


def fen_of(yuan: str) -> int:
    """A typed amount in fen; wrong usage where it is none."""
    from canbao.basics.money import fen_from_yuan

    try:
        return fen_from_yuan(yuan)
    except ValueError:
        raise click.UsageError(f"金额不对：{yuan}") from None


def in_chinese(told: dict[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """The same answer with Chinese words before the values; what is empty is left out."""
    return {
        words.get(key, key): _plain(value, words)
        for key, value in told.items()
        if value not in (None, [], (), "")
    }


def minute_text(at: "datetime | None") -> str:
    """`2022-11-05 08:30`, on China's clock; empty where there is none."""
    from canbao.basics.days import CHINA

    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" if at else ""


def _plain(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [in_chinese(item, words) if isinstance(item, dict) else item for item in value]
    if isinstance(value, bool):
        return "是" if value else "否"
    return value
