"""`canbao person …`: one person's record, and every change of it that a clerk may make."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from canbao.faces.cli.people.steps import DAY, day_of, dry, evidence, ground_of, take, who, why
from canbao.faces.cli.staff import as_json, by

if TYPE_CHECKING:
    from canbao.services.system.env import Env


@click.group()
def person() -> None:
    """一个人的登记: look, correct, change class or place, suspend, resume, transfer, note a death or the employee scheme, merge and part, rebuild.

    Every step wants --why; --dry-run says what would happen. Exit codes: 0 done, 1 refused (with the reason), 2 wrong usage.
    """


@person.command("show")
@who
@by
@as_json
def show_command(who: str, name: str, *, as_json: bool) -> None:
    """查看: numbers, enrolments, cover, requests, and everything that happened."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.faces.cli.people.life import life

        return life(env, person_id)

    take(name, who, work, as_json=as_json)


@person.command("correct")
@who
@click.option("--name", "new_name", help="The name as it should be.")
@click.option("--number", "new_number", help="The ID number as it should be.")
@why
@evidence
@dry
@by
@as_json
def correct_command(
    who: str, new_name: str | None, new_number: str | None, why: str, evidence: str | None, name: str, *,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """更正姓名、号码: the old number still finds the person."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.correct import Correction, correct

        (row,) = correct(env, [Correction(person_id, ground_of(why, evidence), new_name, new_number)])
        return {
            "person_id": row.id,
            "name": row.name,
            "birth_date": row.birth_date,
            "done": "已更正；税务的登记也要改",
        }

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@person.command("class")
@who
@click.argument("person_class", metavar="类别")
@why
@evidence
@dry
@by
@as_json
def class_command(
    who: str, person_class: str, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """改类别 (student, adult, …): what is not paid yet is assessed anew."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.reclass import ClassChange, change_class

        change_class(env, [ClassChange(person_id, person_class, ground_of(why, evidence))])
        return {"person_id": person_id, "person_class": person_class}

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@person.command("move")
@who
@click.argument("area_code", metavar="县区代码")
@why
@evidence
@dry
@by
@as_json
def move_command(
    who: str, area_code: str, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """改参保地, inside the pooling area and before the year is paid (CZ-03)."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.reclass import Move, move

        move(env, [Move(person_id, area_code, ground_of(why, evidence))])
        return {"person_id": person_id, "area": env.areas.full_name(area_code)}

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@person.command("suspend")
@who
@click.option(
    "--reason", required=True, help="other_area, school_elsewhere, employee_scheme, service, abroad, other"
)
@click.option("--from", "ended", type=DAY, help="The first day it does not hold any more; today if left out.")
@why
@evidence
@dry
@by
@as_json
def suspend_command(
    who: str, reason: str, ended: datetime | None, why: str, evidence: str | None, name: str, *,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """停保: with --dry-run first, read out the consequences and the second way (LZ-07)."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.consequences import consequences
        from canbao.services.people.changes.suspend import Suspension, suspend

        meant = consequences(env, person_id)
        first_day = day_of(ended) or env.local_date(meant.area_code)
        suspend(env, [Suspension(person_id, first_day, reason, ground_of(why, evidence))])
        return {
            "person_id": person_id, "name": meant.name, "area": meant.area_name, "from": first_day,
            "covered_until": meant.covered_until, "lines": list(meant.lines),
            "second_way": "不停保，办异地就医备案，在外地看病照样报销",
        }  # fmt: skip

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@person.command("resume")
@who
@why
@evidence
@dry
@by
@as_json
def resume_command(
    who: str, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """恢复: the suspended enrolment goes on, unless another is active."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.suspend import Resumption, resume

        resume(env, [Resumption(person_id, ground_of(why, evidence))])
        return {"person_id": person_id, "done": "已恢复"}

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@person.command("transfer")
@who
@click.argument("area_code", metavar="县区代码")
@click.option("--class", "person_class", required=True, help="student, adult, …")
@click.option("--from", "started", type=DAY, required=True, help="The first day at the new place.")
@why
@evidence
@dry
@by
@as_json
def transfer_command(
    who: str, area_code: str, person_class: str, started: datetime, why: str, evidence: str | None, name: str, *,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """转移: enrol at a new place; refused while the old one is active (LZ-08)."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.transfer import Transfer, transfer

        ground = ground_of(why, evidence)
        (id_,) = transfer(env, [Transfer(person_id, area_code, person_class, started.date(), ground)])
        return {"person_id": person_id, "enrolment_id": id_, "area": env.areas.full_name(area_code)}

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@person.command("employed")
@who
@click.option("--area", "area_code", required=True, help="Where: six digits.")
@click.option("--from", "first", type=DAY, required=True, help="The first day in the employee scheme.")
@click.option(
    "--years", type=int, help="Full years in a row in that scheme, where the paper says so (N-33-1)."
)
@why
@evidence
@dry
@by
@as_json
def employed_command(
    who: str, area_code: str, first: datetime, years: int | None, why: str, evidence: str | None, name: str, *,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """参加职工医保: the registration ends from that day; with --dry-run first, read out what it means (FY-13)."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.employed import Joining, join_employee_scheme, meaning

        lines = meaning(env, person_id, first.date())
        ground = ground_of(why, evidence)
        joined = join_employee_scheme(env, [Joining(person_id, area_code, first.date(), ground, years)])
        return {
            "person_id": person_id, "from": first.date(), "ended": joined.ended, "lines": list(lines),
            "duplicates": list(joined.duplicates),
            "next": "两边都缴的年度：canbao duplicate" if joined.duplicates else None,
        }  # fmt: skip

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@person.command("death")
@who
@click.option("--on", "died", type=DAY, required=True, help="The day of death.")
@why
@evidence
@dry
@by
@as_json
def death_command(
    who: str, died: datetime, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """去世: every enrolment ends; heirs ask for money back with `canbao refund`, reason death (N-11-16)."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.death import Death, heads_of, report_deaths

        ended = report_deaths(env, [Death(person_id, died.date(), ground_of(why, evidence))])
        return {
            "person_id": person_id, "died_date": died.date(), "ended": ended, "households": heads_of(person_id),
            "refund": "已缴的费由继承人按当地规定申请",
        }  # fmt: skip

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@person.command("merge")
@who
@click.option("--into", "kept", required=True, help="The record that is kept: its number or 人员编号.")
@why
@evidence
@dry
@by
@as_json
def merge_command(
    who: str, kept: str, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """合并 two records of one person; `unmerge` is the way back."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.merge import Merge, merge
        from canbao.services.people.changes.who import find_record

        kept_id = find_record(env, kept).id
        doubled = merge(env, Merge(person_id, kept_id, ground_of(why, evidence)))
        return {"person_id": person_id, "kept_id": kept_id, "doubled_years": doubled}

    take(name, who, work, as_json=as_json, dry_run=dry_run)


@person.command("unmerge")
@click.argument("loser_id", type=int, metavar="人员编号")
@why
@evidence
@dry
@by
@as_json
def unmerge_command(
    loser_id: int, why: str, evidence: str | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """分开 a record that was merged by mistake."""

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.merge import unmerge

        return {"person_id": loser_id, "kept_id": unmerge(env, loser_id, ground_of(why, evidence))}

    take(name, None, work, as_json=as_json, dry_run=dry_run)


@person.command("rebuild")
@who
@click.option("--fix", is_flag=True, help="Write what differs anew from the events.")
@by
@as_json
def rebuild_command(who: str, name: str, *, fix: bool, as_json: bool) -> None:
    """按经过核对: does the registration agree with everything that happened? Exit code 1: it does not."""
    left: list[int] = []

    def work(env: "Env", person_id: int) -> dict[str, Any]:
        from canbao.services.people.changes.rebuild import check_people, rebuild_people

        wrong = (rebuild_people if fix else check_people)(env, person_id)
        left.append(0 if fix else len(wrong))
        rows = [{"noun": NOUNS[one.noun], "column": one.column, **_values(one)} for one in wrong]
        agreed = "和经过一致" if not wrong else "已按经过改正" if fix else "和经过不一致"
        return {"person_id": person_id, "wrong": rows, "done": agreed}

    take(name, who, work, as_json=as_json)
    raise SystemExit(1 if any(left) else 0)


NOUNS = {"person": "人员", "enrolment": "参保登记", "identifier": "证件号码"}
HIDDEN = ("number_sealed", "blind_index")  # no clerk can read them, and none needs to


def _values(one: Any) -> dict[str, str]:
    return {} if one.column in HIDDEN else {"stored": one.stored, "rebuilt": one.rebuilt}
