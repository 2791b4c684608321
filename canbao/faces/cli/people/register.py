"""`canbao register …`: 参保登记 at the agency: the queue, lists of schools and villages, a newborn's number, declarations."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, pieces, run

CLASSES = (
    "newborn", "preschool", "student", "vocational_student", "university_student", "minor", "adult", "senior",
)  # fmt: skip
because = click.option("--because", required=True, help="The reason; the applicant reads it.")
area = click.option("--area", "area_code", default="100000", show_default=True, help="Six digits, any level.")


@click.group()
def register() -> None:
    """参保登记: what residents apply for and lists bring.

    Exit codes: 0 done, 1 refused, or rows that somebody must look at; 2 wrong usage.
    """


@register.command("queue")
@area
@click.option(
    "--state", type=click.Choice(["review", "returned", "approved"]), default="review", show_default=True
)
@by
@as_json
def queue_command(area_code: str, state: str, name: str, *, as_json: bool) -> None:
    """待审核: the applications that wait, the oldest first, each with why somebody must look."""
    env_of(name)
    from canbao.services.people.registration.review import queue

    def work() -> dict[str, Any]:
        rows = [asdict(row) | {"reasons": "".join(row.reasons)} for row in queue(area_code, state)]
        return {"count": len(rows), "list": rows}

    run(work, as_json)


@register.command("show")
@click.argument("application_id", type=int)
@click.option(
    "--to", type=click.Path(path_type=Path, file_okay=False), help="A folder to save the papers in."
)
@by
@as_json
def show_command(application_id: int, to: Path | None, name: str, *, as_json: bool) -> None:
    """看一份: what is asked, on what ground, with what papers, and what became of it so far."""
    env = env_of(name)
    from canbao.services.people.registration.evidence import body_of
    from canbao.services.people.registration.review import history_words, see

    def work() -> dict[str, Any]:
        seen = see(env, application_id)
        told = {"id": seen.id, "state": seen.state, **asdict(seen.form)}
        told |= {"reasons": list(seen.reasons), "returned_because": seen.returned_because}
        told |= {"person_id": seen.person_id, "others_for_this_number": list(seen.others)}
        told["files"] = [{"id": file.id, "what": file.words, "sha256": file.sha256} for file in seen.files]
        words = history_words([event for _, _, event in seen.history])
        told["history"] = [f"{at} {by} {word}" for (at, by, _), word in zip(seen.history, words, strict=True)]
        if to:
            to.mkdir(parents=True, exist_ok=True)
            for file in seen.files:
                ending = file.media_type.partition("/")[2].replace("jpeg", "jpg")
                (to / f"{application_id}-{file.id}.{ending}").write_bytes(body_of(env, seen.id, file.id))
            told["saved"] = f"{len(seen.files)} 个文件存到 {to}"
        return told

    run(work, as_json)


@register.command("approve")
@click.argument("application_id", type=int)
@by
@as_json
def approve_command(application_id: int, name: str, *, as_json: bool) -> None:
    """通过: put the applicant on the register; what was declared counts from now on."""
    env = env_of(name)
    from canbao.services.people.registration.review import approve

    run(lambda: {"state": "approved", "person_id": approve(env, application_id)}, as_json)


@register.command("return")
@click.argument("application_id", type=int)
@because
@by
@as_json
def return_command(application_id: int, because: str, name: str, *, as_json: bool) -> None:
    """退回: give it back with a reason; the applicant changes it and hands it in again."""
    env = env_of(name)
    from canbao.services.people.registration.review import give_back

    def work() -> dict[str, Any]:
        give_back(env, application_id, because)
        return {"state": "returned", "because": because}

    run(work, as_json)


@register.command("file")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--unit", "unit_code", required=True, help="The code of the village or school.")
@click.option("--class", "person_class", type=click.Choice(CLASSES), help="For rows that name none.")
@click.option(
    "--department", is_flag=True, help="A department sends it, for whom it alone registers (LZ-05)."
)
@click.option("--dry-run", is_flag=True, help="Say what it would do; write nothing on the register.")
@click.option(
    "--errors", "to", type=click.Path(path_type=Path, dir_okay=False), help="Write 改错表, an xlsx."
)
@by
@as_json
def file_command(
    file: Path,
    unit_code: str,
    person_class: str | None,
    to: Path | None,
    name: str,
    *,
    department: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """名单登记: a school's or village's list (xlsx, CSV) with 姓名, 身份证号 and, if it likes, 人员类别.

    Kept as it is, then registered in sets. The same list again changes nothing; stopped halfway, run it again.
    """
    env = env_of(name)
    from canbao.faces.papers.corrections import write_corrections
    from canbao.services.people.registration.lists import Source, corrections, keep
    from canbao.services.people.registration.lists import run as register_list

    left: list[int] = []

    def work() -> dict[str, Any]:
        source = Source(unit_code, person_class, "department" if department else "agency")
        kept = keep(env, source, pieces(file))
        if to:  # before registering: afterwards the rows that are left are the same
            wrong = corrections(env, kept, source)
            write_corrections(to, wrong.header, wrong.rows)
        with _counting(as_json) as counted:
            told = asdict(register_list(env, kept, source, dry=dry_run, told=counted))
        left.append(told["doubtful"] + told["bad"])
        return told | ({"errors": str(to)} if to else {})

    run(work, as_json)
    raise SystemExit(1 if any(left) else 0)


@contextmanager
def _counting(as_json: bool) -> Iterator[Callable[[int], None]]:
    """How many rows are done and since when, on the error stream, where somebody is looking."""
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description} {task.completed:,.0f} 行，用时"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task("登记", total=None)
        yield lambda done: bar.advance(task, done)


@register.command("unit")
@click.argument("code")
@click.argument("unit_name")
@click.option("--kind", type=click.Choice(["village", "school"]), required=True)
@click.option("--area", "area_code", required=True, help="Six digits: the county it lies in.")
@by
@as_json
def unit_command(code: str, unit_name: str, kind: str, area_code: str, name: str, *, as_json: bool) -> None:
    """村、社区、学校: put in or rename a unit that people are registered under."""
    env = env_of(name)
    from canbao.services.system.places import Unit, put_units

    def work() -> dict[str, Any]:
        place = env.areas.get(area_code)
        put_units([Unit(code, unit_name, kind, place.code)])
        return {"code": code, "name": unit_name, "kind": kind, "area_code": place.code}

    run(work, as_json)


@register.command("number")
@click.argument("certificate")
@click.argument("child")
@click.argument("number")
@area
@by
@as_json
def number_command(
    certificate: str, child: str, number: str, area_code: str, name: str, *, as_json: bool
) -> None:
    """补登号码: the ID number of a CHILD registered by a birth CERTIFICATE's number, on the same record."""
    env = env_of(name)
    from canbao.basics.documents import normal_number
    from canbao.services.people.registration.number import by_certificate, put_number

    def work() -> dict[str, Any]:
        person = by_certificate(env, normal_number(certificate), child)
        put_number(env, person.id, number, area_code)
        return {"person_id": person.id, "done": "号码已补登，旧的出生证编号还能查到同一个人。"}

    run(work, as_json)


@register.command("declared")
@area
@by
@as_json
def declared_command(area_code: str, name: str, *, as_json: bool) -> None:
    """待核实: what people declared, such as 春节返乡 (FY-04)."""
    env = env_of(name)
    from canbao.services.people.registration.declare import waiting

    def work() -> dict[str, Any]:
        rows = [asdict(row) for row in waiting(env, area_code)]
        return {"count": len(rows), "list": rows}

    run(work, as_json)


@register.command("verify")
@click.argument("declaration_id", type=int)
@by
@as_json
def verify_command(declaration_id: int, name: str, *, as_json: bool) -> None:
    """认定: found so; the dates of its own hold for this person from now on."""
    env = env_of(name)
    from canbao.services.people.registration.declare import verify

    def work() -> dict[str, Any]:
        verify(env, declaration_id)
        return {"state": "verified"}

    run(work, as_json)


@register.command("refuse")
@click.argument("declaration_id", type=int)
@because
@by
@as_json
def refuse_command(declaration_id: int, because: str, name: str, *, as_json: bool) -> None:
    """不认定: not found so, with the reason."""
    env = env_of(name)
    from canbao.services.people.registration.declare import refuse

    def work() -> dict[str, Any]:
        refuse(env, declaration_id, because)
        return {"state": "refused", "because": because}

    run(work, as_json)
