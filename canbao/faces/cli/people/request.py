"""`canbao request …` and `canbao duplicate …`: what residents asked for, and years that were paid for twice."""

from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.people.steps import DAY, dry, evidence, ground_of, take, who, why
from canbao.faces.cli.staff import as_json, by

if TYPE_CHECKING:
    from datetime import datetime

    from canbao.services.system.env import Env


@click.group()
def request() -> None:
    """变更申请: 停保, 信息变更 and 异地就医备案 that residents asked for; a clerk sees the papers and decides."""


@request.command("list")
@click.option("--area", "area_code", default="", help="Only of this area and what lies in it.")
@by
@as_json
def list_command(area_code: str, name: str, *, as_json: bool) -> None:
    """等办的申请, the oldest first."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.changes.request import KINDS, requests_in, wanted_of

        return {
            "waiting": [
                {
                    "request_id": row.id, "person_id": row.person_id, "kind": KINDS[row.kind],
                    "area": env.areas.full_name(row.area_code), "wanted": "、".join(wanted_of(env, row).values()),
                    "place": row.place, "from": row.from_date, "until": row.until_date,
                    "asked_at": f"{env.local(row.area_code, row.asked_at):%Y-%m-%d %H:%M}",
                }
                for row in requests_in(area_code)
            ]
        }  # fmt: skip

    take(name, None, work, as_json=as_json)


@request.command("grant")
@click.argument("request_id", type=int)
@why
@evidence
@dry
@by
@as_json
def grant_command(
    request_id: int, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """办理: make the change that was asked for; what refuses it is told, and the request stays open."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.changes.request import STATES, grant

        row = grant(env, request_id, ground_of(why, evidence))
        return {"request_id": row.id, "person_id": row.person_id, "state": STATES[row.state]}

    take(name, None, work, as_json=as_json, dry_run=dry_run)


@request.command("refuse")
@click.argument("request_id", type=int)
@why
@evidence
@dry
@by
@as_json
def refuse_command(
    request_id: int, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """不办: the resident reads why."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.changes.request import STATES, refuse

        row = refuse(env, request_id, why, evidence)
        return {"request_id": row.id, "state": STATES[row.state], "said": row.said}

    take(name, None, work, as_json=as_json, dry_run=dry_run)


@request.command("end")
@click.argument("request_id", type=int)
@why
@evidence
@dry
@by
@as_json
def end_command(
    request_id: int, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """结束一个异地就医备案 before its day."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.changes.request import STATES, end_filing

        row = end_filing(env, request_id, why, evidence)
        return {"request_id": row.id, "state": STATES[row.state]}

    take(name, None, work, as_json=as_json, dry_run=dry_run)


@click.group()
def duplicate() -> None:
    """重复参保: years paid for here and elsewhere; the national rule names which to keep, a clerk decides."""


@duplicate.command("list")
@by
@as_json
def duplicates_command(name: str, *, as_json: bool) -> None:
    """等决定的, the oldest first."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.changes.duplicate import open_duplicates

        return {"waiting": [_told(env, row) for row in open_duplicates()]}

    take(name, None, work, as_json=as_json)


@duplicate.command("hear")
@who
@click.option("--scheme", type=click.Choice(["resident", "employee"]), required=True)
@click.option("--area", "area_code", required=True, help="Where the other cover is: six digits.")
@click.option("--year", "benefit_year", type=int, required=True)
@click.option("--from", "first", type=DAY, required=True, help="The first day of the other cover.")
@click.option("--until", "until", type=DAY, required=True, help="The first day it does not hold any more.")
@click.option("--habitual/--not-habitual", "habitual", default=None, help="Whether the person lives there.")
@click.option("--school", is_flag=True, help="Whether their school is there.")
@click.option("--years", "continuous_years", type=int, help="Full years in a row in the employee scheme.")
@click.option("--assisted/--not-assisted", "assisted", default=None, help="Whether that record is assisted.")
@by
@as_json
def hear_command(
    who: str, scheme: str, area_code: str, benefit_year: int, first: "datetime", until: "datetime", habitual: bool | None,
    continuous_years: int | None, assisted: bool | None, name: str, *, school: bool, as_json: bool,
) -> None:  # fmt: skip
    """记下 what another system says of a person's year; a year that is paid here too goes to the queue."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.duplicate import Elsewhere, hear

        one = Elsewhere(
            person_id, scheme, area_code, benefit_year, first.date(), until.date(), "staff", habitual, school,
            continuous_years, assisted,
        )  # type: ignore[arg-type]  # fmt: skip
        return {"person_id": person_id, "duplicates": hear(env, [one])}

    take(name, who, work, as_json=as_json)


@duplicate.command("decide")
@click.argument("duplicate_id", type=int)
@click.option("--keep", type=click.Choice(["ours", "theirs", "both"]), required=True)
@click.option(
    "--statement", help="The number of the written statement, where an assisted record is given up."
)
@why
@evidence
@dry
@by
@as_json
def decide_command(
    duplicate_id: int, keep: str, statement: str | None, why: str, evidence: str | None, name: str, *,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """决定留哪一份: theirs ends our enrolment; money goes back with `canbao refund`, reason duplicate."""

    def work(env: "Env", _: int) -> dict[str, Any]:
        from canbao.services.people.changes.duplicate import Decision, decide

        row = decide(env, Decision(duplicate_id, keep, ground_of(why, evidence), statement))  # type: ignore[arg-type]
        return _told(env, row)

    take(name, None, work, as_json=as_json, dry_run=dry_run)


def _told(env: "Env", row: Any) -> dict[str, Any]:
    from canbao.faces.cli.people.life import KEPT

    other = row.elsewhere
    place = env.areas.full_name(other.area_code) if env.areas.knows(other.area_code) else other.area_code
    return {
        "duplicate_id": row.id, "person_id": row.person_id, "year": row.benefit_year,
        "theirs": f"{place} {'职工医保' if other.scheme == 'employee' else '居民医保'}",
        "default_keep": KEPT.get(row.default_keep or "", "工作人员核定"), "reason": row.reason,
        "fiscal": "另一份的要扣回" if row.deducts_fiscal else "", "needs_statement": row.needs_statement,
        "wished": KEPT.get(row.wished or ""), "keep": KEPT.get(row.keep or ""),
    }  # fmt: skip
