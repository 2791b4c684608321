"""Differences in words: every key has a Chinese name, every value is written as people write it."""

import pytest

from canbao.policy.desk.diff import diff
from canbao.policy.desk.words import KEYS, value_text
from canbao.policy.pack import Sections
from tests.policy.shelf import HEAD, a_pack, from_text
from tests.policy.test_constructs import asked


def test_every_key_of_the_format_has_a_word():
    keys = {part for key in asked(Sections) for part in key.partition("=")[0].split(".")} - {"*"}

    assert sorted(keys - set(KEYS)) == []


@pytest.mark.parametrize(
    ("bare", "text"),
    [
        (None, "没有写"),
        (True, "是"),
        ("2024-09-01", "2024年9月1日"),
        ("3 months", "3个月"),
        ("plus 60 days", "缴费60天后"),
        ("month 3", "缴费后第3个月1日"),
        ("individual_and_fiscal", "个人加财政"),
        (["student", "orphan"], "中小学生、孤儿"),
        (["先登记。", "再缴费。"], "先登记。再缴费。"),
        ({"kind": "fixed", "fen": 28000}, "定额280元"),
        ({"kind": "percent", "percent": "90"}, "90%"),
        ({"kind": "pending"}, "等标准"),
    ],
)
def test_a_value_is_written_as_people_write_it(bare, text: str):
    assert value_text(bare) == text


def test_a_pack_does_not_differ_from_itself():
    assert diff(a_pack("140400", 2025), a_pack("140400", 2025)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "{yuan: 280, status: stated, rule: T}",
            "{yuan: 300, status: stated, rule: T}",
            "缴费标准·学生·个人缴费　280元 → 300元",
        ),
        ("{yuan: 280, status: stated, rule: T}", "not_stated", "缴费标准·学生·个人缴费　280元 → 没有写"),
        ("status: stated", "status: unverified", "缴费标准·学生·个人缴费　280元 → 280元（未核实）"),
        ("rule: T}", "rule: T, force: provisional}", "缴费标准·学生·个人缴费　280元 → 暂时280元"),
        ("label: 学生", "label: 学生, who: {ages: 0-17}", "缴费标准·学生·哪些人·年龄　新增：0-17"),
    ],
)
def test_what_changed_is_one_sentence(old: str, new: str, said: str):
    text = HEAD + "prices:\n  student: {label: 学生, individual: {yuan: 280, status: stated, rule: T}}\n"

    changes = diff(from_text(c371500=text), from_text(c371500=text.replace(old, new, 1)))

    assert [str(change) for change in changes] == [said]
