"""`canbao deduct …`: 批扣 through banks: agreements in, batches out, results back."""

import csv
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from canbao.faces.cli.staff import as_json, by, env_of, run

format_of = click.option(
    "--format", "spec", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True,
    help="The bank's data file; its name is the bank's.",
)  # fmt: skip


@click.group()
def deduct() -> None:
    """批扣: whoever signed both agreements is deducted from in batches.

    Exit codes: 0 done, 1 refused, or deductions that could not be booked; 2 wrong usage.
    """


@deduct.command("sign")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@format_of
@by
@as_json
def sign_command(file: Path, spec: Path, name: str, *, as_json: bool) -> None:
    """签约: take agreements from a CSV: 身份证号,姓名,账号,户名,协议号,本人签约日期,银行签约日期."""
    env = env_of(name)
    from canbao.basics.documents import RESIDENT_ID, normal_number
    from canbao.records.people.find import find_named
    from canbao.services.exchange.deduct import Signing, sign

    found: list[Signing] = []
    unknown: list[int] = []
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for place, row in enumerate(csv.DictReader(opened), start=2):
            person = find_named(env.sealer, RESIDENT_ID, normal_number(row["身份证号"]), row["姓名"])
            if person is None:
                unknown.append(place)
                continue
            days = [date.fromisoformat(row[column]) for column in ("本人签约日期", "银行签约日期")]
            found.append(Signing(person.id, spec.stem, row["账号"], row["户名"], row["协议号"], *days))
    run(
        lambda: {"signed": sign(env, found), "rows": len(found) + len(unknown), "unknown_rows": unknown},
        as_json,
    )


@deduct.command("make")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--batch", "batch_no", required=True, help="The batch's number; the same again is the same batch."
)
@click.option("--area", required=True, help="Whose people: a county, or all of a prefecture.")
@click.option("--year", type=int, required=True)
@format_of
@by
@as_json
def make_command(
    out: Path, batch_no: str, area: str, year: int, spec: Path, name: str, *, as_json: bool
) -> None:
    """送盘: put everybody who agreed and owes into a batch and write the bank's file."""
    env = env_of(name)
    from canbao.channels.bank import read_format
    from canbao.services.exchange.deduct import batch_file, make_batch

    how = read_format(spec)

    def work() -> dict[str, Any]:
        batch = make_batch(env, how.bank, batch_no, area, year)
        out.write_bytes(batch_file(env, batch, how))
        return {
            "batch": batch.batch_no,
            "count": batch.line_count,
            "total_fen": batch.total_fen,
            "file": str(out),
        }

    run(work, as_json)


@deduct.command("result")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@format_of
@by
@as_json
def result_command(file: Path, spec: Path, name: str, *, as_json: bool) -> None:
    """回盘: take the bank's result; the same file again changes nothing."""
    env = env_of(name)
    from canbao.channels.bank import read_format
    from canbao.services.exchange.deduct import receive_result

    parked: list[int] = []

    def work() -> dict[str, Any]:
        told = receive_result(env, read_format(spec), file.read_bytes())
        parked.append(told.parked)
        return asdict(told)

    run(work, as_json)
    raise SystemExit(1 if any(parked) else 0)
