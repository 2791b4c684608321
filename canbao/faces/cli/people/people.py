"""`canbao people …`: 接收 the register of an earlier system."""

from dataclasses import asdict
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
@by
@as_json
def import_command(file: Path, source: str, name: str, *, dry_run: bool, as_json: bool) -> None:
    """接收: people, enrolments and paid years from xlsx or CSV; the same file again changes nothing.

    Columns: 姓名, 身份证号, 人员类别, 参保地 (six digits), 参保日期, 已缴年度 (2020、2021).
    """
    env = env_of(name)
    from canbao.services.people.registration.take_in import take_in

    left: list[int] = []

    def work() -> dict[str, Any]:
        done = take_in(env, pieces(file), source, dry=dry_run)
        left.append(done.doubtful + done.bad)
        return asdict(done)

    run(work, as_json)
    raise SystemExit(1 if any(left) else 0)
