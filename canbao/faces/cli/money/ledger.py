"""`canbao ledger …`: the trial balance, the seals and the states, for whoever keeps the books."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from canbao.services.money.ledger import SealFact
    from canbao.services.system.env import Env

SEALS = "ledger-seals.jsonl"


@click.group()
def ledger() -> None:
    """Read and prove the ledger. Nothing here books anything.

    Exit codes: 0 all is well, 1 something differs, 2 wrong usage.
    """


@ledger.command("trial-balance")
@click.option("--json", "as_json", is_flag=True, help="One JSON list of accounts, in fen.")
def trial_balance_command(*, as_json: bool) -> None:
    """试算平衡: every account with its debits and credits; the two sums are equal."""
    env = _env()
    from canbao.basics.accounts import read_account
    from canbao.basics.money import yuan_text
    from canbao.services.money.ledger import trial_balance

    rows = trial_balance(env)
    if as_json:
        click.echo(json.dumps([asdict(row) | {"balance_fen": row.balance_fen} for row in rows]))
    else:
        for row in rows:
            label = read_account(row.account).label
            click.echo(
                f"{yuan_text(row.debit_fen):>16} {yuan_text(row.credit_fen):>16}  {label} ({row.account})"
            )
        debits, credits_ = sum(row.debit_fen for row in rows), sum(row.credit_fen for row in rows)
        click.echo(f"{yuan_text(debits):>16} {yuan_text(credits_):>16}  合计（借、贷）")
    _exit(sum(row.balance_fen for row in rows) != 0)


@ledger.command("seal")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Where the seals are kept."
)
@click.option("--json", "as_json", is_flag=True)
def seal_command(folder: Path | None, *, as_json: bool) -> None:
    """封存: seal every hour that is over; write all seals to a folder outside the database."""
    env = _env()
    from canbao.services.money.ledger import facts, seal

    made = seal(env)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(asdict(fact)) + "\n" for fact in facts(env))
        fresh = folder / f"{SEALS}.new"
        fresh.write_text(lines, "utf-8")
        fresh.replace(folder / SEALS)
    click.echo(json.dumps([asdict(fact) for fact in made]) if as_json else f"新封存 {len(made)} 段。")


@ledger.command("verify")
@click.option("--from", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True)
def verify_command(folder: Path | None, *, as_json: bool) -> None:
    """核验: name the first sealed range that differs, and the row in it."""
    env = _env()
    from canbao.services.money.ledger import verify

    found = verify(env, _kept(folder) if folder else ())
    told: dict[str, Any] = {"intact": found is None}
    if found:
        told |= {"what": found.what, "row_id": found.row_id}
        told |= {"from_at": found.from_at.isoformat(), "until_at": found.until_at.isoformat()}
    click.echo(json.dumps(told) if as_json else _in_words(told))
    _exit(found is not None)


@ledger.command("rebuild")
@click.option("--check", "only_check", is_flag=True, help="Only say what differs; change nothing.")
@click.option("--json", "as_json", is_flag=True)
def rebuild_command(*, only_check: bool, as_json: bool) -> None:
    """重建: put every state column where its events lead. With --check, only compare."""
    env = _env()
    from canbao.services.money.ledger import check_states, rebuild_states

    wrong = check_states(env) if only_check else rebuild_states(env)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in wrong]))
    else:
        for row in wrong:
            click.echo(f"{row.noun} {row.id}：现为 {row.stored}，应为 {row.rebuilt}")
        click.echo(f"不一致 {len(wrong)} 处。")
    _exit(bool(wrong) and only_check)


def _kept(folder: Path) -> "list[SealFact]":
    from canbao.services.money.ledger import SealFact

    path = folder / SEALS
    if not path.is_file():
        raise click.UsageError(f"{folder} 里没有 {SEALS}")
    return [SealFact(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


_WORDS = {
    "row_changed": "分录被改过",
    "row_removed": "分录不见了",
    "row_added": "封存以后多出分录",
    "seal_changed": "封存本身被改过",
    "seal_missing": "封存不见了",
}


def _in_words(told: dict[str, Any]) -> str:
    if told["intact"]:
        return "账簿和封存一致。"
    row = f"，编号 {told['row_id']}" if told["row_id"] else ""
    return f"{_WORDS[told['what']]}{row}：{told['from_at']} 至 {told['until_at']} 这一段。"


def _env() -> "Env":
    import django

    django.setup()
    from canbao.faces import wiring

    return wiring.env("staff:ledger")


def _exit(failed: bool) -> None:
    raise SystemExit(1 if failed else 0)
