"""`canbao pack`: what it prints, what it writes, and how it exits."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner

from canbao.faces.cli.pack.command import pack
from tests.policy.shelf import FIXTURES, PACKS

CITY = FIXTURES / "990100"


def call(*words: str):
    return CliRunner().invoke(pack, [str(word) for word in words])


@pytest.fixture
def person(tmp_path):
    file = tmp_path / "person.yaml"
    file.write_text("person_class: student\n")
    return str(file)


def test_check_of_all_packs_ends_well_and_counts():
    result = call("check")

    assert result.exit_code == 0
    assert "错误 0，警告 0" in result.output
    assert result.output.splitlines()[-1] == "14 passed, 0 failed"


def test_cases_print_their_sentences_and_their_number():
    result = call("test", "371503", "2022")

    assert result.exit_code == 0
    assert "通过  E15 低保学生暂不缴费，既不是280也不是0" in result.output
    assert result.output.splitlines()[-1].endswith(" passed, 0 failed")


@pytest.mark.parametrize("place", [FIXTURES, CITY, CITY / "2027.yaml"], ids=["folder", "area", "file"])
def test_any_folder_is_judged_with_parents_looked_up_there_first(place: Path):
    """The city's province stands in the folder around it, the nation in the project."""
    for word in ("check", "test"):
        result = call(word, place)

        assert result.exit_code == 0, result.output
        assert result.output.splitlines()[-1].endswith(" passed, 0 failed")


def test_files_of_any_name_are_found_by_what_they_say(tmp_path):
    shutil.copy(FIXTURES / "sources.yaml", tmp_path / "sources.yaml")
    shutil.copy(FIXTURES / "990000" / "2027.yaml", tmp_path / "province.yaml")
    shutil.copy(CITY / "2027.yaml", tmp_path / "city.yaml")
    shutil.copy(CITY / "2027.cases.yaml", tmp_path / "city.cases.yaml")

    result = call("test", tmp_path)

    assert result.exit_code == 0, result.output
    assert "990100 2027：" in result.output


def test_check_looks_at_the_cases_too(tmp_path):
    shutil.copytree(CITY, tmp_path / "990100")
    shutil.copy(FIXTURES / "sources.yaml", tmp_path / "sources.yaml")
    cases = tmp_path / "990100" / "2027.cases.yaml"
    cases.write_text(
        cases.read_text("utf-8").replace("person_class: student", "person_class: studnt", 1), "utf-8"
    )

    result = call("check", tmp_path)

    assert result.exit_code == 1
    assert "2027.cases.yaml:" in result.output
    assert "是不是“student”？" in result.output


def test_explain_tells_rule_source_and_amount(person):
    result = call("explain", "--area", "371503", "--year", "2022", "--person", person, "--at", "2021-11-01")

    assert result.exit_code == 0
    assert "依据 CP-03，通告写明；聊城茌平区学生医保2022年参保缴费通知" in result.output
    assert "CP-03：普通学生280元，全市统一" in result.output
    assert "结果：应缴 280.00元（普通缴费）" in result.output


def test_explain_tells_the_wait_and_what_would_shorten_it(tmp_path):
    file = tmp_path / "person.yaml"
    file.write_text("{person_class: student, birth_date: 2010-05-01, covered_years: [2023, 2024]}")

    result = call(
        "explain",
        "--area",
        "990100",
        "--year",
        "2027",
        "--person",
        file,
        "--at",
        "2026-10-08",
        "--path",
        FIXTURES,
    )

    assert "等待期：固定3个月，变动1个月（断保2年）" in result.output
    assert "还可以补缴1年，每年400元，每年少等1个月" in result.output
    assert "待遇：2027年5月1日至2027年12月31日" in result.output


def test_explain_says_what_is_missing_and_until_when_it_is_closed(person):
    missing = call(
        "explain",
        "--area",
        "990100",
        "--year",
        "2027",
        "--person",
        person,
        "--at",
        "2026-10-08",
        "--path",
        FIXTURES,
    )
    early = call("explain", "--area", "371503", "--year", "2022", "--person", person, "--at", "2021-10-01")

    assert "还说不准，要先知道：出生日期" in missing.output
    assert "哪天起可以缴：2021年10月8日" in early.output


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
    assert told["by_payer"] == {"person": 28000, "fiscal": None, "medical_assistance": 0, "collective": 0}
    assert told["reasons"][0]["rule"] == "CP-03"


def test_a_failing_case_and_a_broken_pack_exit_with_one(tmp_path):
    folder = tmp_path / "371500"
    folder.mkdir()
    (tmp_path / "sources.yaml").write_bytes((PACKS / "sources.yaml").read_bytes())
    (folder / "2022.yaml").write_bytes((PACKS / "371500" / "2022.yaml").read_bytes())
    (folder / "2022.cases.yaml").write_text(
        "cases:\n  - {name: 错的, on: 2021-11-01, person: {person_class: adult}, expect: {outcome: payable}}\n"
    )

    failed = call("test", tmp_path)
    (folder / "2022.yaml").write_text("area: 1\n")
    broken = call("check", tmp_path, "371500", "2022")
    as_json = call("check", tmp_path, "371500", "2022", "--json")

    assert (failed.exit_code, broken.exit_code) == (1, 1)
    assert "不通过  错的" in failed.output
    assert failed.output.splitlines()[-1] == "0 passed, 1 failed"
    assert broken.output.splitlines()[-1] == "0 passed, 1 failed"
    assert {fault["grade"] for fault in json.loads(as_json.output)} == {"error"}


@pytest.mark.parametrize(
    "words",
    [
        ("check", "371503"),
        ("check", "3715", "2022"),
        ("test", "371503", "22"),
        ("check", "nowhere"),
        ("diff", "371503", "2022"),
        ("simulate", "371503", "2022", "--on", "2021-11-01"),
        ("new", "371503", "2030"),
    ],
)
def test_wrong_use_exits_with_two(words):
    assert call(*words).exit_code == 2


def test_the_schema_that_is_printed_is_the_one_that_is_published():
    assert json.loads(call("schema").output) == json.loads((PACKS / "schema.json").read_text())


def test_next_years_draft_holds_nothing_that_may_be_charged(tmp_path):
    shutil.copytree(FIXTURES / "990100", tmp_path / "990100")

    made = call("new", tmp_path, "990100", "2028")
    again = call("new", tmp_path, "990100", "2028")

    text = (tmp_path / "990100" / "2028.yaml").read_text()
    assert (made.exit_code, again.exit_code) == (0, 2)
    assert "benefit_year: 2028" in text
    assert "collection_year: 2027" in text
    assert "opens: {value: 2027-09-01, status: unverified" in text
    assert not any(f"status: {word}" in text for word in ("stated", "derived", "corroborated"))


def test_the_draft_starts_from_last_years_file_of_the_project_where_the_folder_has_none(tmp_path):
    (tmp_path / "sources.yaml").write_bytes((PACKS / "sources.yaml").read_bytes())

    made = call("new", tmp_path, "371503", "2023")

    assert made.exit_code == 0, made.output
    assert "benefit_year: 2023" in (tmp_path / "371503" / "2023.yaml").read_text()


def test_what_changed_is_said_in_words(tmp_path):
    old, new = tmp_path / "990100" / "2027.yaml", tmp_path / "990100" / "2028.yaml"
    shutil.copytree(FIXTURES / "990100", tmp_path / "990100")
    text = old.read_text().replace("benefit_year: 2027", "benefit_year: 2028")
    new.write_text(text.replace("yuan: 430", "yuan: 450").replace("ages: 0-17", "ages: 0-15", 1))

    result = call("diff", tmp_path, "990100", "2028")

    assert result.exit_code == 0
    assert "缴费标准·一档·个人缴费　430元 → 450元" in result.output
    assert "缴费标准·未成年人·哪些人·年龄　0-17 → 0-15" in result.output


CROWD = """\
person_class,birth_date,tier,covered_years,group,count
student,2015-05-01,,2025 2026,,300
adult,1980-05-01,1,2026,,500
adult,1980-05-01,1,2024,,40
adult,1980-05-01,,2026,,10
adult,1970-05-01,2,2026,low_income,50
"""


def test_a_simulation_tells_who_pays_what_who_pays_more_and_from_when(tmp_path):
    folder, people, book = tmp_path / "packs", tmp_path / "people.csv", tmp_path / "out.xlsx"
    shutil.copytree(FIXTURES / "990100", folder / "990100")
    shutil.copytree(FIXTURES / "990000", folder / "990000")
    people.write_text(CROWD)
    for area in ("990100", "990000"):
        text = (folder / area / "2027.yaml").read_text()
        dated = text.replace("2027-", "2028-").replace("2026-", "2027-")
        (folder / area / "2028.yaml").write_text(
            dated.replace("year: 2027", "year: 2028")
            .replace("year: 2026", "year: 2027")
            .replace("yuan: 430", "yuan: 450")
        )
    words = ("--people", people, "--path", folder, "--on", "2027-10-08", "--against", "2027", "--xlsx", book)

    result = call("simulate", "990100", "2028", *words)

    assert result.exit_code == 0, result.output
    assert "谁缴多少（共900人" in result.output
    assert "E-1024" in result.output
    assert "+20.00元" in result.output
    assert book.read_bytes()[:2] == b"PK"
    assert xlsxwriter.__version__


def test_a_simulation_as_json_adds_up(tmp_path):
    people = tmp_path / "people.yaml"
    people.write_text("- {person_class: student, count: 3}\n- {person_class: adult, count: 2}\n")

    told = json.loads(
        call("simulate", "371503", "2022", "--people", people, "--on", "2021-11-01", "--json").output
    )

    assert told["people"] == 5
    assert {(line["amount_fen"], line["people"], line["code"]) for line in told["lines"]} == {
        (28000, 3, None),
        (None, 2, "E-1004"),
    }


def test_a_simulation_against_a_year_without_a_file_is_refused(tmp_path):
    """The nation alone prices nobody: everybody would seem to have paid nothing before."""
    people = tmp_path / "people.csv"
    people.write_text("person_class\nstudent\n")

    result = call("simulate", "371503", "2022", "--people", people, "--on", "2021-11-01", "--against", "2025")

    assert result.exit_code == 2
    assert "371503 没有2025年度的文件" in result.output


def test_a_row_of_people_that_cannot_be_read_is_named_by_its_line(tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("person_class,birth_date\nstudent,2015-02-30\n")

    result = call("simulate", "371503", "2022", "--people", people, "--on", "2021-11-01")

    assert result.exit_code == 1
    assert "people.csv:2: birth_date" in str(result.output)


def test_the_command_line_loads_no_numbers_library_until_somebody_simulates():
    """The web worker starts through the same door and is to stay small."""
    code = "import sys, canbao.faces.cli.main; sys.exit('numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=PACKS.parent, check=False).returncode == 0
