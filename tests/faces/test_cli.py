"""The `canbao` command: every command says what it does, and what a program reads is JSON."""

import json
import shutil

import pytest
from click.testing import CliRunner

from canbao.faces.cli.main import main
from canbao.records.models import Callback, PackVersion


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
        "hours_sealed",
        "refunds_asked",
        "outbox_told",
        "journals_relayed",
        "tax_heard",
        "tax_days_heard",
        "tax_orders_let_go",
        "platform_asked",
        "platform_heard",
        "messages_due",
        "messages_carried",
        "statements_matched",
        "rejected_forgotten",
        "tallies_forgotten",
        "drafts_forgotten",
        "logins_forgotten",
    }
    assert not Callback.objects.exists()


def test_policy_is_published_by_two_people_and_once(db) -> None:
    assert run("publish", "--packs", "packs", "--approved-by", "张三").exit_code == 2
    assert not PackVersion.objects.exists()

    first = run("publish", "--packs", "packs", "--approved-by", "张三", "--approved-by", "李四")
    again = run("publish", "--packs", "packs", "--approved-by", "张三", "--approved-by", "李四")

    assert first.exit_code == again.exit_code == 0, first.output
    assert PackVersion.objects.get(area_code="371503").approved_by == ["张三", "李四"]
    assert "新生效 0 份" in again.output


def test_a_folder_with_a_mistake_is_not_published(db, tmp_path) -> None:
    shutil.copytree("packs", tmp_path / "packs")
    broken = tmp_path / "packs" / "371500" / "2022.yaml"
    broken.write_text(broken.read_text("utf-8").replace("prices:", "price:"), "utf-8")

    told = run("publish", "--packs", str(tmp_path / "packs"), "--approved-by", "甲", "--approved-by", "乙")

    assert told.exit_code == 1
    assert "没有发布" in told.output
    assert not PackVersion.objects.exists()
