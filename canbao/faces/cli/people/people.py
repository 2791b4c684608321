"""`canbao people …`: 接收 the register of an earlier system."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, pieces, run


@click.group()
def people() -> None:
    """人员: take an existing register in.

    Exit codes: 0 done, 1 refused, or rows that need to be looked at; 2 wrong usage.
    """


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "source", required=True, help="The earlier system, as it is to stand in the events.")
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@click.option(
    "--errors",
    "to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="改错表: an xlsx of all rows that could not be taken, each with 错误说明.",
)
@by
@as_json
def import_command(
    file: Path, source: str, to: Path | None, name: str, *, dry_run: bool, as_json: bool
) -> None:
    """接收: people, enrolments and paid years from xlsx or CSV; the same file again changes nothing.

    Columns: 姓名, 身份证号, 人员类别, 参保地 (six digits), 参保日期, 已缴年度 (2020、2021).
    """
    env = env_of(name)
    from canbao.faces.papers.corrections import write_corrections
    from canbao.services.people.registration.take_in import take_in

    left: list[int] = []

    def work() -> dict[str, Any]:
        done = take_in(env, pieces(file), source, dry=dry_run)
        left.append(done.doubtful + done.bad)
        if to is not None:
            write_corrections(to, done.wrong.header, done.wrong.rows)
        told = {one.name: getattr(done, one.name) for one in fields(done) if one.name != "wrong"}
        return told | ({"errors": str(to)} if to else {})

    run(work, as_json)
    raise SystemExit(1 if any(left) else 0)
