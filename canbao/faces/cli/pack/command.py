"""`canbao pack`: the group, and its two judges: check and test."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from canbao.faces.cli.pack.shelf import OURS, Key, shelf_for
from canbao.faces.cli.pack.simulate import simulate
from canbao.faces.cli.pack.tell import diff_command, explain_command, new_command, schema_command
from canbao.policy.desk.cases import Result
from canbao.policy.format.faults import Fault, PackFaults

GRADES = {"error": "错误", "warning": "警告", "note": "说明"}


@click.group()
@click.option(
    "--packs",
    "base",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=OURS,
    help="Folder that holds <area>/<year>.yaml, sources.yaml and rules.yaml.  [default: the project's packs/]",
)
@click.pass_context
def pack(context: click.Context, base: Path) -> None:
    """Check, test, explain, compare, simulate and start policy packs.

    check and test also take a PATH: packs and cases kept outside the project. Parents are looked up there first.

    Exit codes of every command here: 0 all is well; 1 errors were found or a case failed;
    2 the command was used wrongly (no such pack, file or date).
    """
    context.obj = base


@pack.command("check")
@click.argument("words", nargs=-1, metavar="[PATH] [AREA YEAR]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list of findings.")
@click.pass_obj
def check_command(base: Path, words: tuple[str, ...], as_json: bool) -> None:
    """Look for mistakes, doubts and gaps in packs (all of them, or those named).

    Prints file:line, the rule in Chinese, what may stand there and the nearest spelling.
    Exit code 1 if any finding is an error; warnings and notes leave it at 0. Ends with `N passed, N failed`.
    """
    shelf, wanted = shelf_for(base, words)
    keys = shelf.keys(wanted)
    found: dict[Key, list[Fault]] = {}
    for key in keys:
        try:
            found[key] = shelf.check(key)
        except PackFaults as broken:
            found[key] = list(broken.faults)
    failed = sum(any(fault.grade == "error" for fault in faults) for faults in found.values())
    if as_json:
        faults = [asdict(fault) for faults in found.values() for fault in faults]
        click.echo(json.dumps(faults, ensure_ascii=False, indent=2))
    else:
        _print_findings(found)
        _print_sum(len(keys), failed)
    _exit(failed > 0)


@pack.command("test")
@click.argument("words", nargs=-1, metavar="[PATH] [AREA YEAR]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list of results.")
@click.pass_obj
def test_command(base: Path, words: tuple[str, ...], as_json: bool) -> None:
    """Run the cases that lie beside packs (all of them, or those named).

    Exit code 1 if a case fails or a file cannot be read. Ends with `N passed, N failed`.
    """
    shelf, wanted = shelf_for(base, words)
    results: dict[Key, list[Result]] = {}
    for key in shelf.keys(wanted):
        try:
            results[key] = shelf.run_cases(key)
        except PackFaults as broken:
            results[key] = [Result("读文件", tuple(str(fault) for fault in broken.faults))]
        if not as_json:
            _print_results(key, results[key])  # at once, so that a long run shows where it is
    every = [(key, result) for key, some in results.items() for result in some]
    failed = sum(not result.passed for _, result in every)
    if as_json:
        rows = [{"area": key[0], "year": key[1], **asdict(result)} for key, result in every]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        click.echo(f"共 {len(every)} 例，通过 {len(every) - failed} 例，不通过 {failed} 例。")
        _print_sum(len(every), failed)
    _exit(failed > 0)


def _print_findings(found: dict[Key, list[Fault]]) -> None:
    for key, mine in found.items():
        click.echo(f"{key[0]} {key[1]}：" + (f"{len(mine)} 条" if mine else "没有问题"))
        for fault in mine:
            click.echo(f"  {GRADES[fault.grade]} {fault}")
    every = [fault for faults in found.values() for fault in faults]
    counts = "，".join(f"{text} {sum(f.grade == grade for f in every)}" for grade, text in GRADES.items())
    click.echo(f"共看 {len(found)} 份：{counts}。")


def _print_results(key: Key, results: Sequence[Result]) -> None:
    click.echo(f"{key[0]} {key[1]}：" + (f"{len(results)} 例" if results else "没有用例"))
    for result in results:
        click.echo(f"  {'通过' if result.passed else '不通过'}  {result.name}")
        for complaint in result.complaints:
            click.echo(f"          {complaint}")


def _print_sum(count: int, failed: int) -> None:
    click.echo(f"{count - failed} passed, {failed} failed")


def _exit(failed: bool) -> None:
    if failed:
        raise SystemExit(1)


for command in (explain_command, diff_command, new_command, schema_command, simulate):
    pack.add_command(command)
