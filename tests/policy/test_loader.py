"""The loader: what is wrong is said with its line, its rule in Chinese and the nearest spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.policy.format.faults import Fault, PackFaults
from canbao.policy.loader import pack_of, resolve
from tests.policy.shelf import HEAD, PACKS, a_pack, from_text, keys_in

PRICE = "prices:\n  student:\n    label: 学生\n    individual: {yuan: 280, status: stated, rule: CP-03}\n"


def faults_of(text: str | bytes) -> tuple[Fault, ...]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(PackFaults) as caught:
        resolve("371500", 2022, lambda area, _: data if area == "371500" else None)
    return caught.value.faults


@pytest.mark.parametrize(
    ("old", "new", "line", "words", "nearest"),
    [
        ("yuan: 280", "yuan: 280.5", 9, "不能写小数", None),
        ("yuan: 280", "yuan: '2.805'", 9, "不是金额", None),
        ("yuan: 280", "yuan: '-1'", 9, "负数", None),
        ("yuan: 280", "value: 280", 9, "要写在“yuan”里", None),
        ("yuan: 280", "yuan: 280, value: 280", 9, "只能写一个", None),
        ("yuan: 280, ", "", 9, "写了 stated，却没有数值", None),
        ("status: stated", "status: statd", 9, "不能写“statd”", "stated"),
        ("status: stated", "status: not_stated", 9, "就不能再写数值", None),
        ("status: stated, ", "", 9, "没有写 status", None),
        (", rule: CP-03", "", 9, "没有写规则编号", None),
        ("{yuan: 280, status: stated, rule: CP-03}", "280", 9, "要写明 value、status", None),
        ("prices:", "price:", 6, "不认识的名称“price”", "prices"),
        ("individual:", "indivdual:", 9, "不认识的名称“indivdual”", "individual"),
        ("rule: CP-03", "rule: CP-03, forse: must", 9, "不认识的名称“forse”", "force"),
        ("rule: CP-03", "rule: CP-03, force: musst", 9, "不能写“musst”", "must"),
        ("    label: 学生\n", "", 8, "缺少“label”", None),
        ("label: 学生", "label: 学生\n    label: 学生", 9, "写了两次", None),
        ("label: 学生", "label: 学生\n    who: {person_classes: [studnet]}", 9, "不能写“studnet”", "student"),
        ("label: 学生", "label: 学生\n    who: {born_first_date: 2024-02-30}", 9, "日历上没有这一天", None),
        ("label: 学生", "label: 学生\n    who: {ages: 50-18}", 9, "18-50", None),
        ("source: chiping-2022\n", "", 8, "没有写来源", None),
        ("benefit_year: 2022", "benefit_year: 2023", 1, "文件名是 2022", None),
        ('area: "371500"', 'area: "371503"', 1, "文件放在 371500 下", None),
        ("collection_year: 2021\n", "", 1, "缺少“collection_year”", None),
        ("prices:", "prices: [", 8, "YAML 写法有误", None),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, line: int, words: str, nearest: str | None):
    text = HEAD + PRICE
    assert old in text

    found = faults_of(text.replace(old, new))

    assert any(f.line == line and words in f.text and f.nearest == nearest for f in found), [
        str(f) for f in found
    ]
    assert {f.file for f in found} == {"packs/371500/2022.yaml"}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("label: 学生", "label: no", 8, '请加引号："no"'),
        ("label: 学生", "label: 1.0", 8, "不能写小数"),
        ("label: 学生\n", "label: 学生\n\tindividual: 1\n", 9, "制表符"),
        ("benefit_year: 2022", "benefit_year: 08", 3, "前面的 0"),
        (
            "prices:",
            "collection:\n  moves_for_holidays: {value: no, status: stated, rule: T}\nprices:",
            7,
            "当成是或否",
        ),
        (
            "prices:",
            "collection:\n  opens: {value: 2021-02-30, status: stated, rule: T}\nprices:",
            7,
            "日历上没有这一天",
        ),
        ("prices:", "collection:\n  closes_at: {value: 25:00, status: stated, rule: T}\nprices:", 7, "17:30"),
        ("prices:", "waiting:\n  fixed: {value: 3 month, status: stated, rule: T}\nprices:", 7, "3 months"),
        ("prices:", "waiting:\n  fixed: {value: 3, status: stated, rule: T}\nprices:", 7, "3 months"),
        ("prices:\n", "scope: &a\n  x: *a\nprices:\n", 6, "绕回到自己"),
        ("prices:\n", "prices:\n", 1, ""),
    ],
)
def test_what_yaml_turns_into_something_else_is_told_with_its_remedy(old, new, line, words):
    text = HEAD + PRICE
    assert old in text
    if old == new:  # the text itself is well
        assert from_text(c371500=text).prices["student"].individual.known == 28000
        return

    found = faults_of(text.replace(old, new, 1))

    assert any(f.line == line and words in f.text for f in found), [str(f) for f in found]


def test_parents_that_go_round_in_a_circle_are_a_fault_and_a_named_parent_is_followed():
    child = HEAD.replace("371500", "371503")

    followed = from_text(
        c371503=child + "parent: '450000'\n", c450000=HEAD.replace("371500", "450000") + PRICE
    )
    assert followed.prices["student"].individual.known == 28000

    with pytest.raises(PackFaults, match="上级绕成了圈：371503 → 371500 → 371503"):
        from_text(c371503=child, c371500=HEAD + "parent: '371503'\n")
    with pytest.raises(PackFaults, match="不是六位区划代码"):
        from_text(c371503=child + "parent: 3715\n", c371500=HEAD + PRICE)


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "空的"), ("政策".encode("gbk"), "UTF-8"), (b"[1, 2]", "一组")]
)
def test_what_is_no_pack_at_all_is_a_fault_too(data: bytes, words: str):
    assert any(words in fault.text for fault in faults_of(data))


def test_all_faults_of_a_reading_come_at_once():
    text = (HEAD + PRICE).replace("280", "280.5").replace("label", "lable")

    assert len(faults_of(text)) >= 3


def test_an_area_without_any_file_has_no_pack():
    with pytest.raises(PackFaults, match="都没有政策文件"):
        resolve("371503", 2022, lambda _area, _year: None)


def test_a_missing_level_is_skipped_and_the_area_asked_for_stands():
    pack = from_text(c371500=HEAD + PRICE)

    assert (pack.area_code, pack.name, pack.prices["student"].individual.value) == ("371503", "聊城市", 28000)


@pytest.mark.parametrize("silence", ["not_stated", "null", "{status: not_stated, rule: CP-20}"])
def test_what_a_child_does_not_state_hides_what_its_parent_states(silence: str):
    child = (
        HEAD.replace("371500", "371503")
        + f"prices:\n  student:\n    label: 学生\n    individual: {silence}\n"
    )

    pack = from_text(c371500=HEAD + PRICE, c371503=child)

    assert pack.prices["student"].individual.known is None
    assert pack.prices["student"].individual.status == "not_stated"


KEYS = ("opens", "closes", "days_of_month")
SAID = {"opens": "2021-10-08", "closes": "2021-12-31", "days_of_month": "1-25"}


@given(parent=st.sets(st.sampled_from(KEYS)), child=st.dictionaries(st.sampled_from(KEYS), st.booleans()))
def test_each_key_comes_from_the_nearest_level_that_mentions_it(parent: set[str], child: dict[str, bool]):
    """`child` says of some keys that they are stated (True) or not stated (False)."""

    def text(area: str, entries: dict[str, bool], rule: str) -> str:
        said = {True: "{{value: {0}, status: stated, rule: {1}}}", False: "{{status: not_stated, rule: {1}}}"}
        lines = [f"  {key}: {said[stated].format(SAID[key], rule)}\n" for key, stated in entries.items()]
        return HEAD.replace("371500", area) + ("collection:\n" + "".join(lines) if lines else "")

    pack = from_text(
        c371500=text("371500", dict.fromkeys(parent, True), "P"), c371503=text("371503", child, "C")
    )

    for key in KEYS:
        value = getattr(pack.collection, key)
        nearest = ("C",) if key in child else ("P",) if key in parent else ()
        assert value.rules == nearest
        assert value.chargeable == child.get(key, key in parent)


@pytest.mark.parametrize("key", keys_in(PACKS), ids=str)
def test_a_stored_document_gives_the_same_pack_back(key: tuple[str, int]):
    pack = a_pack(*key)

    again = pack_of(pack.document)

    assert again.hash == pack.hash
    assert vars(again).keys() >= {"prices", "collection", "contacts"}
    assert all(getattr(again, name) == getattr(pack, name) for name in pack.document)


def test_the_hash_is_of_the_resolved_pack_so_a_parents_change_shows():
    child = HEAD.replace("371500", "371503")

    one = from_text(c371500=HEAD + PRICE, c371503=child)
    other = from_text(c371500=HEAD + PRICE.replace("280", "290"), c371503=child)

    assert one.hash != other.hash
