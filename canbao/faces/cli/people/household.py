"""`canbao household …`: who shares a quota, joining and leaving at the window, and the claims booked to it (FY-22 … FY-26)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from canbao.basics.money import yuan_text
from canbao.faces.cli.people.steps import DAY, dry, evidence, ground_of, take, who, why
from canbao.faces.cli.staff import as_json, by, fen_of

if TYPE_CHECKING:
    from canbao.services.system.env import Env


@click.group()
def household() -> None:
    """医保户: who shares a quota, who joins and leaves, what is used of it and taken back."""


@household.command("leave")
@who
@click.option("--year", "benefit_year", type=int, required=True)
@why
@evidence
@dry
@by
@as_json
def leave_command(
    who: str, benefit_year: int, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """退出 for the rest of a year; what was used together stays used by those who remain."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.household.leave import leave

        leave(env, person_id, benefit_year, ground_of(why, evidence))
        return {"person_id": person_id, "year": benefit_year, "done": True}

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@household.command("show")
@who
@click.option("--on", type=DAY, required=True, help="The day that is asked about.")
@by
@as_json
def show_command(who: str, on: datetime, name: str, *, as_json: bool) -> None:
    """查看: who shares the quota of WHO on a day, its cap, what is used and what is left."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.household.quota import standing

        shared = standing(env, person_id, on.date())
        return {
            "head_id": shared.head_id,
            "member_ids": list(shared.member_ids),
            "cap_yuan": _yuan(shared.cap_fen),
            "used_yuan": _yuan(shared.used_fen),
            "left_yuan": _yuan(None if shared.cap_fen is None else max(0, shared.cap_fen - shared.used_fen)),
        }

    take(name, who, work, as_json=as_json)


@household.command("join")
@who
@click.option("--head", "head_number", required=True, help="户主身份证号")
@click.option("--year", "benefit_year", type=int, required=True)
@dry
@by
@as_json
def join_command(
    who: str, head_number: str, benefit_year: int, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """合户: enter a head's number; refused with the reason where it may not be entered (户主信息报错)."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.household.join import Head, enter

        head_id = enter(env, person_id, Head(head_number), benefit_year)
        return {"person_id": person_id, "head_id": head_id, "year": benefit_year, "done": True}

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@household.command("use")
@who
@click.option(
    "--claim",
    "claim_no",
    required=True,
    help="The clinic's number of the claim; again it is the same answer.",
)
@click.option("--yuan", required=True, help="What the scheme covers at all, before rate and cap.")
@click.option("--at", "area_code", required=True, help="Area code of the clinic.")
@click.option("--on", type=DAY, required=True, help="The day of the visit.")
@click.option("--uncovered-clinic", is_flag=True, help="A clinic that the notice does not name.")
@dry
@by
@as_json
def use_command(
    who: str, claim_no: str, yuan: str, area_code: str, on: datetime, name: str,
    *, uncovered_clinic: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """报销: reimburse one outpatient claim from the quota, never beyond the cap."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.household.quota import Use, use

        claim = Use(person_id, claim_no, fen_of(yuan), area_code, on.date(), not uncovered_clinic)
        return {"person_id": person_id, "claim_no": claim_no, "paid_yuan": _yuan(use(env, claim))}

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@household.command("take-back")
@who
@click.option("--claim", "claim_no", required=True, help="The clinic's number of the claim.")
@click.option("--year", "benefit_year", type=int, required=True)
@dry
@by
@as_json
def take_back_command(
    who: str, claim_no: str, benefit_year: int, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """退回: a claim that should not have been paid comes back, by a row of its own, once."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.household.quota import take_back

        back = take_back(env, person_id, claim_no, benefit_year)
        return {"person_id": person_id, "claim_no": claim_no, "back_yuan": _yuan(back)}

    take(name, who, work, as_json=as_json, dry_run=dry_run)


def _yuan(fen: int | None) -> str:
    return "通告没有写" if fen is None else yuan_text(fen)
