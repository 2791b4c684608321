"""`canbao household …`: leaving a 户 at the window (FY-22)."""

from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.people.steps import dry, evidence, ground_of, take, who, why
from canbao.faces.cli.staff import as_json, by

if TYPE_CHECKING:
    from canbao.services.system.env import Env


@click.group()
def household() -> None:
    """医保户: who shares a quota, and who leaves."""


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
        from canbao.services.people.household import leave

        leave(env, person_id, benefit_year, ground_of(why, evidence))
        return {"person_id": person_id, "year": benefit_year, "done": True}

    take(name, who, work, as_json=as_json, dry_run=dry_run)
