"""`canbao feedback …`: what residents told us, and our answers (CP-21)."""

from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.people.steps import take
from canbao.faces.cli.staff import as_json, by, minute_text

if TYPE_CHECKING:
    from canbao.services.people.feedback.answer import Told
    from canbao.services.system.env import Env

STATE_NAMES = ("waiting", "answered", "solved")


@click.group()
def feedback() -> None:
    """反馈: what residents told us on the pages; the answer stands on the resident's own page."""


@feedback.command("list")
@click.option("--area", "area_code", default="", help="Only of this area and what lies in it.")
@click.option("--state", "states", multiple=True, type=click.Choice(STATE_NAMES), help="Not only what waits.")
@by
@as_json
def list_command(area_code: str, states: tuple[str, ...], name: str, *, as_json: bool) -> None:
    """等答复的, the oldest first."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.feedback.answer import waiting_in

        return {
            "waiting": [_line(env, told) for told in waiting_in(env, area_code, states or STATE_NAMES[:1])]
        }

    take(name, None, work, as_json=as_json)


@feedback.command("show")
@click.argument("feedback_id", type=int)
@by
@as_json
def show_command(feedback_id: int, name: str, *, as_json: bool) -> None:
    """看一条: everything that was said."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.feedback.answer import show

        return _whole(env, show(env, feedback_id))

    take(name, None, work, as_json=as_json)


@feedback.command("answer")
@click.argument("feedback_id", type=int)
@click.option(
    "--text", required=True, help="What the resident will read: plain, short, what to do and where."
)
@by
@as_json
def answer_command(feedback_id: int, text: str, name: str, *, as_json: bool) -> None:
    """答复: it stands on the resident's page at once, and their phone's front page says so."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.feedback.answer import answer

        return _whole(env, answer(env, feedback_id, text))

    take(name, None, work, as_json=as_json)


@feedback.command("tally")
@click.option("--area", "area_code", default="", help="Only of this area and what lies in it.")
@by
@as_json
def tally_command(area_code: str, name: str, *, as_json: bool) -> None:
    """统计: how many wait, since when; about what; how long the first answer took."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.feedback.answer import tally
        from canbao.services.people.feedback.words import STATES, TOPICS

        found = tally(area_code)
        return {
            "states": _counts(found.by_state, STATES),
            "topics": _counts(found.by_topic, TOPICS),
            "codes": _counts(found.by_code, {}),
            "oldest": minute_text(found.oldest_waiting_at),
            "half_within": _hours(found.half_answered_within),
        }

    take(name, None, work, as_json=as_json)


def _line(env: "Env", told: "Told") -> dict[str, Any]:
    from canbao.services.people.feedback.words import STATES, TOPICS

    row = told.row
    return {
        "feedback_id": row.id, "area": env.areas.full_name(row.area_code), "topic": TOPICS[row.topic],
        "code": row.code, "state": STATES[row.state], "phone": told.phone,
        "asked_at": minute_text(env.local(row.area_code, row.asked_at)), "text": told.said[-1].text,
    }  # fmt: skip


def _whole(env: "Env", told: "Told") -> dict[str, Any]:
    said = [
        {
            "said_by": "居民" if one.side == "resident" else one.said_by.removeprefix("staff:"),
            "at": minute_text(env.local(told.row.area_code, one.at)),
            "text": one.text,
        }
        for one in told.said
    ]
    return {key: value for key, value in _line(env, told).items() if key != "text"} | {"words": said}


def _counts(counted: dict[str, int], words: Any) -> list[str]:
    return [f"{words.get(key, key)} {how_many}" for key, how_many in counted.items()]


def _hours(took: Any) -> str:
    return f"{took.total_seconds() / 3600:.1f} 小时" if took is not None else ""
