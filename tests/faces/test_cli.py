"""The `canbao` command: every command says what it does, and what a program reads is JSON."""

import json

import pytest
from click.testing import CliRunner

from canbao.faces.cli.main import main
from canbao.records.models import Callback


def run(*words: str):
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_explains_itself(command: str) -> None:
    told = run(command, "--help")

    assert told.exit_code == 0
    assert len(told.output.splitlines()) > 3


def test_a_word_nobody_knows_is_wrong_use() -> None:
    assert run("fly").exit_code == 2


def test_check_names_what_is_missing_in_a_sentence(db, settings) -> None:
    settings.GENE_SECRET_HEX = ""
    told = run("check", "--json")

    assert told.exit_code == 1
    assert json.loads(told.output) == {
        "ready": False,
        "problems": [
            "CANBAO_GENE_SECRET is not set: 32 random bytes in hex, without which nothing can be sealed."
        ],
    }


def test_one_round_of_jobs_prints_what_each_did(phone) -> None:
    told = run("jobs", "--once", "--json")

    assert told.exit_code == 0
    assert set(json.loads(told.output)) == {
        "callbacks_settled",
        "attempts_asked",
        "rejected_forgotten",
        "tallies_forgotten",
    }
    assert not Callback.objects.exists()
