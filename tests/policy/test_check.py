"""The lint and the cases: planted mistakes are found."""

import pytest

from canbao.policy.desk.cases import read_cases, read_situation
from canbao.policy.desk.check import check, read_sources
from canbao.policy.desk.verdict import run
from canbao.policy.format.faults import PackFaults
from tests.policy.shelf import FIXTURES, PACKS, a_pack, read_from

SOURCES = read_sources((PACKS / "sources.yaml").read_bytes())


def findings(area: str, year: int, old: str, new: str) -> list[tuple[str, str]]:
    text = read_from(PACKS)(area, year).decode()
    assert old in text
    parents = read_from(PACKS)
    changed = text.replace(old, new, 1).encode()

    def read(code: str, when: int) -> bytes | None:
        return changed if (code, when) == (area, year) else parents(code, when)

    return [(fault.grade, fault.text) for fault in check(area, year, read, SOURCES)]


@pytest.mark.parametrize(
    ("area", "year", "old", "new", "grade", "words"),
    [
        (
            "140400",
            2025,
            "source: changzhi-2025-outside",
            "source: changzi-2025-outside",
            "error",
            "来源目录里没有",
        ),
        ("140400", 2025, "value: 2025-02-25", "value: 2024-02-25", "error", "早于开始日"),
        ("140400", 2025, "value: 2025-03-25", "value: 2024-03-25", "error", "截止日早于开始日"),
        (
            "341200",
            2021,
            "last_date: {value: 2021-12-31",
            "last_date: {value: 2020-12-31",
            "error",
            "早于第一天",
        ),
        ("140000", 2022, "fixed_yuan: 280", "fixed_yuan: 330", "error", "比缴费标准还高"),
        ("140400", 2025, "status: corroborated", "status: unverified", "note", "没有核实，不能收费"),
        (
            "140400",
            2025,
            "label: 错过集中缴费期\n",
            "label: 错过\n    opens: {value: 2025-03-05, status: stated, rule: T}\n",
            "warning",
            "空档",
        ),
        (
            "140400",
            2025,
            "label: 错过集中缴费期\n",
            "label: 错过\n    opens: {value: 2025-02-20, status: stated, rule: T}\n",
            "error",
            "重叠",
        ),
        (
            "371503",
            2022,
            "  birth_year_free: {status: not_stated, rule: CP-20}\n",
            "",
            "warning",
            "没有提到",
        ),
    ],
)
def test_the_lint_finds_what_is_wrong(area, year, old, new, grade, words):
    found = findings(area, year, old, new)

    assert any(grade == one and words in text for one, text in found), found


def test_an_unknown_source_comes_with_the_nearest_one():
    text = read_from(PACKS)("371500", 2022).replace(b"source: chiping-2022", b"source: chipin-2022")

    (first, *_) = check("371500", 2022, lambda area, _: text if area == "371500" else None, SOURCES)

    assert (first.nearest, first.line) == ("chiping-2022", 12)


def test_a_pack_that_is_not_there_is_said_to_be_missing():
    assert [fault.text for fault in check("371503", 2030, read_from(PACKS), SOURCES)] == ["没有这个文件"]


CASE = """\
cases:
  - name: 普通学生缴280元
    on: 2021-11-01
    person: {person_class: student}
    expect: {outcome: payable, amount: 280}
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("amount: 280", "amount: 281", "应缴应为 281元，实为 280元"),
        ("outcome: payable", "outcome: zero", "结果应为 zero"),
        ("amount: 280", "refusal: E-1021", "提示编号应为 E-1021"),
        ("amount: 280", "rules: [CP-99]", "依据里没有 CP-99"),
        ("amount: 280", "says: [不存在的话]", "没有说“不存在的话”"),
        ("amount: 280", "no_amount: true", "不应有金额"),
        ("amount: 280", "cover_first_date: 2022-01-01", "待遇第一天应为 2022-01-01"),
        ("amount: 280", "season: 没有", "缴费期应为"),
        ("amount: 280", "admitted: E-1016", "渠道应为 E-1016，实为 yes"),
        (
            "person: {person_class: student}",
            "person: {person_class: adult}",
            "结果应为 payable，实为 blocked",
        ),
    ],
)
def test_a_wrong_expectation_fails_its_case(old, new, words):
    (result,) = run(read_cases(CASE.replace(old, new).encode(), "x"), lambda _: a_pack("371503", 2022))

    assert not result.passed
    assert any(words in complaint for complaint in result.complaints), result.complaints


def test_an_unknown_word_in_a_case_is_a_fault_with_its_line():
    with pytest.raises(PackFaults) as caught:
        read_cases(CASE.replace("amount", "ammount").encode(), "x.cases.yaml")

    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.nearest) == ("x.cases.yaml", 5, "amount")


@pytest.mark.parametrize("data", [b"", b"[", b"marks: []", b"person_class: [a]"])
def test_a_person_that_cannot_be_read_is_a_fault(data: bytes):
    with pytest.raises(PackFaults):
        read_situation(data, "person.yaml")


def test_json_is_read_like_yaml():
    person = read_situation(b'{"person_class": "adult", "birth_date": "1980-05-01"}', "person.json")

    assert (person.person_class, person.birth_date.year) == ("adult", 1980)


def test_fixtures_are_marked_as_made_up():
    assert read_sources((FIXTURES / "sources.yaml").read_bytes())["made-up"].kind == "outside"
