"""The lint and the cases: planted mistakes are found."""

import pytest

from canbao.policy.desk.cases import read_cases, read_situation
from canbao.policy.desk.check import check, read_sources
from canbao.policy.desk.verdict import run
from canbao.policy.format.faults import PackFaults
from tests.policy.shelf import FIXTURES, HEAD, PACKS, a_pack, read_from

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
            "error",
            "2025年2月26日到2025年3月4日是空档",
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


CLASS = "  {name}: {{label: {name}, who: {{{who}}}, individual: {{yuan: {yuan}, status: stated, rule: T}}}}\n"
BAND = "    {name}: {{label: {name}, within: {{value: {within}, status: stated, rule: T}}}}\n"


def a_class(name: str, who: str, yuan: int = 280) -> str:
    return CLASS.format(name=name, who=who, yuan=yuan)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prices:\n" + a_class("a", "ages: 0-17") + a_class("b", "ages: 19-150"), "18周岁没有缴费标准"),
        ("prices:\n" + a_class("a", "ages: 0-18") + a_class("b", "ages: 18-150"), "18到18周岁和“a”重叠"),
        (
            "prices:\n" + a_class("a", "sex: male, ages: 0-150") + a_class("b", "sex: female, ages: 0-59"),
            "60到110周岁",
        ),
        ("prices:\n" + a_class("a", "", 28000), "像是写成了分"),
        ("prices:\n" + a_class("a", "declared: [returning_workr]"), "不认识的申报词“returning_workr”"),
        (
            "newborn:\n  bands:\n"
            + BAND.format(name="a", within="3 months")
            + BAND.format(name="b", within="60 days"),
            "60天比前一段短",
        ),
        (
            "newborn:\n  bands:\n    a: {label: a, to_year_end: {value: true, status: stated, rule: T}}\n"
            + BAND.format(name="b", within="90 days"),
            "永远用不到",
        ),
        (
            """collection:
  closes: {value: 2021-12-31, status: stated, rule: T}
  further: {b: {label: b, opens: {value: 2021-12-20, status: stated, rule: T}}}
""",
            "和前一段重叠",
        ),
        (
            """collection:
  opens: {value: 2021-09-01, status: stated, rule: T}
  closes: {value: 2021-12-31, status: stated, rule: T}
  days_of_month_in: {2022-12: {value: 1-31, status: stated, rule: T}}
""",
            "2022年12月不在收费的日子里",
        ),
        (
            "collection:\n  days_of_month_in:\n    12: {value: 1-31, status: stated, rule: T}\n",
            "“12”不是月份",
        ),
        (
            "assistance:\n  groups:\n    marginal: {name: 甲}\n    at_risk_of_poverty: {name: 乙, includes: [marginal]}\n",
            "又单独列了一类",
        ),
        (
            "assistance:\n  groups:\n    marginal: {name: 甲, base: {value: tier_9, status: stated, rule: T}}\n",
            "没有“tier_9”这一档",
        ),
        (
            "waiting:\n  fixed: {value: 3 months, status: stated, rule: T}\n  floor: {value: 2 months, status: stated, rule: T}\n",
            "比固定等待期3个月还短",
        ),
    ],
)
def test_holes_overlaps_and_wrong_units_are_errors(text: str, words: str):
    data = (HEAD + text).encode()

    found = check("371500", 2022, lambda area, _: data if area == "371500" else None, SOURCES)

    assert any(fault.grade == "error" and words in fault.text and fault.line > 5 for fault in found), [
        str(fault) for fault in found
    ]


def test_a_rule_id_that_looks_like_ours_and_is_none_is_an_error_with_the_nearest():
    text = (HEAD + "prices:\n" + a_class("a", "").replace("rule: T", "rule: CP-31")).encode()

    found = check(
        "371500",
        2022,
        lambda area, _: text if area == "371500" else None,
        SOURCES,
        {"CP-01": "", "CP-03": ""},
    )

    assert [(fault.text, fault.nearest) for fault in found] == [("规则目录里没有“CP-31”", "CP-03")]


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


def test_a_first_day_that_hangs_on_a_fact_the_case_leaves_out_says_which():
    text = (
        CASE.replace("2021-11-01", "2026-10-08")
        .replace("person_class: student", "person_class: student, birth_date: 2015-05-01")
        .replace("amount: 280", "cover_first_date: 2027-01-01")
    )

    (result,) = run(read_cases(text.encode(), "x"), lambda _: a_pack("990100", 2027, FIXTURES))

    told = "待遇第一天应为 2027-01-01，实为 没有（用例里没有写 covered_years：以前哪几年参过保）"
    assert told in result.complaints, result.complaints


@pytest.mark.parametrize(
    ("text", "grade", "words"),
    [
        ("parent: '371000'\n", "warning", "上级371000没有2022年度的文件"),
        ("", "note", "没有全国2022年度的文件"),
    ],
)
def test_a_parent_without_a_file_for_the_year_is_told(text: str, grade: str, words: str):
    data = (HEAD + text + "prices:\n" + a_class("a", "")).encode()

    found = check("371500", 2022, lambda area, _: data if area == "371500" else None, SOURCES)

    assert any(grade == fault.grade and words in fault.text for fault in found), found


def test_an_unknown_word_in_a_case_is_a_fault_with_its_line():
    with pytest.raises(PackFaults) as caught:
        read_cases(CASE.replace("amount", "ammount").encode(), "x.cases.yaml")

    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.nearest) == ("x.cases.yaml", 5, "amount")


PERSON = "person: {person_class: student}"


@pytest.mark.parametrize(
    ("old", "new", "nearest"),
    [
        (PERSON, "person: {person_class: studnt}", "student"),
        (PERSON, "person: {person_class: adults}", "adult"),
        (PERSON, "person: {person_class: adult, sex: femal}", "female"),
        (PERSON, "person: {person_class: adult, registered_by: departmen}", "department"),
        (PERSON, "person: {person_class: adult, declarations: [returning_workr]}", "returning_worker"),
        (
            PERSON,
            "person: {person_class: adult, marks: [{group: orphans, acquired_date: 2021-01-01}]}",
            "orphan",
        ),
        (
            PERSON,
            "person: {person_class: adult, events: [{kind: discharge, on_date: 2021-01-01}]}",
            "discharge_from_service",
        ),
        (PERSON, "channel: weixin", "alipay"),
        (PERSON, "claim: {reason: dupplicate, paid: 280}", "duplicate"),
        (PERSON, "claim: {reason: duplicate, paid: 280, group: orphans}", "orphan"),
        ("amount: 280", "group: orphans", "orphan"),
    ],
)
def test_a_word_in_a_case_that_nobody_knows_is_a_fault_that_names_the_case(old, new, nearest):
    """Else a case about a kind of people that does not exist passes, and everybody believes it."""
    with pytest.raises(PackFaults) as caught:
        read_cases(CASE.replace(old, new).encode(), "x.cases.yaml", lambda _: a_pack("371503", 2022))

    (fault,) = caught.value.faults
    assert "用例“普通学生缴280元”" in fault.text
    assert fault.line == (5 if old.startswith("amount") else 4)
    assert nearest in (fault.nearest, *fault.allowed)


@pytest.mark.parametrize("data", [b"", b"[", b"marks: []", b"person_class: [a]"])
def test_a_person_that_cannot_be_read_is_a_fault(data: bytes):
    with pytest.raises(PackFaults):
        read_situation(data, "person.yaml")


def test_json_is_read_like_yaml():
    person = read_situation(b'{"person_class": "adult", "birth_date": "1980-05-01"}', "person.json")

    assert (person.person_class, person.birth_date.year) == ("adult", 1980)


def test_fixtures_are_marked_as_made_up():
    assert read_sources((FIXTURES / "sources.yaml").read_bytes())["made-up"].kind == "outside"
