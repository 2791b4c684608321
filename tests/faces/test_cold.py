"""Every command that staff or operators type, from a cold process: what a warm test run has set up is not there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.world import KEYS

COMMANDS = (
    "audit --json",
    "calendar 2027-02-06 worked --as 甲",
    "check --json",
    "jobs --once --json",
    "ledger trial-balance --json",
    "ledger seal --json",
    "ledger verify --json",
    "ledger rebuild --check --json",
    "publish --approved-by 甲 --approved-by 乙",
    "reconcile match --day 2020-10-05 --as 甲",
    "refund show TF00000000000000000 --as 甲",
    "restored",
    "rights canbao_serving",
    "season open --area 371500 --year 2022 --as 甲",
    "roster dry-run 1 --as 甲",
    "roster errors 1 --to errors.xlsx --as 甲",
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An installation with a schema and a policy, and nobody in it."""
    home: Path = tmp_path_factory.mktemp("cold")
    settings = {
        "CANBAO_HOME": str(home),
        "CANBAO_DATABASE_URL": f"sqlite:///{home / 'cold.sqlite3'}",
        "CANBAO_GENE_SECRET": KEYS.gene_secret.hex(),
        "CANBAO_ROOT_KEY": KEYS.root.hex(),
    }
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CANBAO_", "DJANGO_"))
    }
    environment |= settings
    for words in ("migrate", "publish --approved-by 甲 --approved-by 乙"):
        assert run(words, environment).returncode == 0
    return environment


def run(words: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "canbao", *words.split()]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_answers_from_a_cold_start(environment: dict[str, str], words: str) -> None:
    done = run(words, environment)

    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout.strip() or done.stderr.strip()
