"""Contacts and the five parts of a refusal."""

import re

import pytest

from canbao.basics.refusals import ClassMismatch, FigureUnknown, HouseholdMismatch, NotRegistered
from canbao.policy.contacts import contacts, national_contacts
from canbao.policy.guidance import codes_of, guidance
from tests.policy.shelf import PACKS, a_pack, keys_in


def test_a_county_shows_its_own_line_and_no_other_countys():
    lines = contacts(a_pack("140423", 2025), "140423")

    assert [line.phone for line in lines] == ["0355-7795352", "12393", "12366"]
    assert [line.is_national for line in lines] == [False, True, True]
    assert lines[0].dial == "03557795352"


@pytest.mark.parametrize("key", [("450200", 2023), ("341200", 2021)])
def test_where_no_number_is_printed_the_agency_is_named_and_the_national_lines_follow(key: tuple[str, int]):
    """LZ-22, FY-29."""
    first, *rest = contacts(a_pack(*key), key[0])

    assert first.name
    assert first.phone is None
    assert [(line.phone, line.is_national) for line in rest] == [("12393", True), ("12366", True)]


def test_shanxi_says_which_key_to_press():
    """SX-11."""
    lines = contacts(a_pack("140800", 2022), "140800", "payment")

    assert [(line.phone, line.keys) for line in lines] == [("12366", "按6号键，社保费和非税收入")]


def test_chiping_splits_its_lines_by_topic():
    """CP-19."""
    lines = contacts(a_pack("371503", 2022), "371503")

    assert [line.phone for line in lines if not line.is_national] == [
        "0635-4268611",
        "0635-4268612",
        "0635-4227026",
    ]


def test_without_a_pack_there_are_still_the_national_lines():
    assert {line.phone for line in national_contacts()} == {"12393", "12366"}
    assert guidance(None, None, NotRegistered()).contacts == national_contacts()


def test_a_pack_says_a_refusal_in_its_own_words():
    """CP-17: the tax window does not change classes."""
    told = guidance(
        a_pack("371503", 2022), "371503", ClassMismatch(open_classes="在校学生", person_class="成年居民")
    )

    assert (told.code, told.charged) == ("E-1004", "还没有扣钱。")
    assert "税务窗口不办身份变更。" in told.steps
    assert told.contacts[0].phone == "0635-4268611"


def test_facts_and_the_agency_are_filled_in():
    told = guidance(a_pack("140400", 2025), "140423", FigureUnknown())

    assert told.why.startswith("长治市还没有公布")
    assert "参保地医保经办机构" in told.steps[-1]
    assert "未公布" not in "".join((told.why, *told.steps))


def test_the_cause_of_a_household_mismatch_survives_the_areas_own_words():
    told = guidance(a_pack("341200", 2021), "341200", HouseholdMismatch(cause="户主还没有缴费，要户主先缴。"))

    assert told.why == "户主还没有缴费，要户主先缴。"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("未查询到该关联人的登记信息或参保险种信息", "E-1001"),
        ("提示：不能获取到该险种的缴费档次！", "E-1004"),
        ("该险种的缴费档次", "E-1004"),
    ],
)
def test_an_old_sentence_pasted_by_a_clerk_finds_its_code(said: str, code: str):
    """CP-14, CP-17."""
    assert codes_of(a_pack("371503", 2022), said) == (code,)


@pytest.mark.parametrize("said", ["", "缴费", "今天天气很好呀"])
def test_what_means_nothing_finds_nothing(said: str):
    assert codes_of(a_pack("371503", 2022), said) == ()


@pytest.mark.parametrize("key", keys_in(PACKS), ids=str)
def test_what_residents_read_comes_in_short_sentences(key: tuple[str, int]):
    texts = [
        text
        for entry in a_pack(*key).guide.values()
        for text in ((entry.why.known or ""), *(entry.steps.known or ()))
    ]

    sentences = [one for text in texts for one in re.split("[。；]", text)]
    assert [one for one in sentences if len(one) > 25] == []
