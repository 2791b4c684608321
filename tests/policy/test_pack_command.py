"""`canbao pack`: what it prints and how it exits."""

import json

import pytest
from click.testing import CliRunner

from canbao.faces.cli.pack import pack
from tests.policy.shelf import PACKS


def call(*words: str):
    return CliRunner().invoke(pack, ["--packs", str(PACKS), *words])


@pytest.fixture
def person(tmp_path):
    file = tmp_path / "person.yaml"
    file.write_text("person_class: student\n")
    return str(file)


def test_check_of_all_packs_ends_well_and_counts():
    result = call("check")

    assert result.exit_code == 0
    assert "错误 0，警告 0" in result.output


def test_cases_print_their_sentences_and_their_number():
    result = call("test", "371503", "2022")

    assert result.exit_code == 0
    assert "通过  E15 低保学生暂不缴费，既不是280也不是0" in result.output
    assert "不通过 0 例。" in result.output


def test_explain_tells_rule_source_and_amount(person):
    result = call("explain", "--area", "371503", "--year", "2022", "--person", person, "--at", "2021-11-01")

    assert result.exit_code == 0
    assert "依据 CP-03，通告写明；聊城茌平区学生医保2022年参保缴费通知" in result.output
    assert "结果：应缴 280.00元（普通缴费）" in result.output


def test_explain_as_json_is_in_fen(person):
    words = (
        "explain",
        "--area",
        "371503",
        "--year",
        "2022",
        "--person",
        person,
        "--at",
        "2021-11-01",
        "--json",
    )

    told = json.loads(call(*words).output)

    assert (told["amount_fen"], told["cover_from_date"], told["outcome"]) == (28000, None, "payable")
    assert told["reasons"][0]["rule"] == "CP-03"


def test_a_failing_case_and_a_broken_pack_exit_with_one(tmp_path):
    folder = tmp_path / "371500"
    folder.mkdir()
    (tmp_path / "sources.yaml").write_bytes((PACKS / "sources.yaml").read_bytes())
    (folder / "2022.yaml").write_bytes((PACKS / "371500" / "2022.yaml").read_bytes())
    (folder / "2022.cases.yaml").write_text(
        "cases:\n  - {name: 错的, on: 2021-11-01, person: {person_class: adult}, expect: {outcome: payable}}\n"
    )
    runner = CliRunner()

    failed = runner.invoke(pack, ["--packs", str(tmp_path), "test"])
    (folder / "2022.yaml").write_text("area: 1\n")
    broken = runner.invoke(pack, ["--packs", str(tmp_path), "check", "--json"])

    assert (failed.exit_code, broken.exit_code) == (1, 1)
    assert "不通过  错的" in failed.output
    assert {fault["grade"] for fault in json.loads(broken.output)} == {"error"}


@pytest.mark.parametrize("words", [("check", "371503"), ("check", "3715", "2022"), ("test", "371503", "22")])
def test_wrong_use_exits_with_two(words):
    assert call(*words).exit_code == 2
