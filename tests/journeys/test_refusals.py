"""Whoever cannot pay is told what happened, why, what now, whom to call and which code; nothing is charged."""

from collections.abc import Callable

import pytest

from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.resident import Resident, to_answer

# Who of the cast meets which code, and one thing that only the right page says.
MET = {
    "李若曦": ("E-1005", "2022年度已经缴过费"),
    "赵无名": ("E-1001", "没有查到这个人"),
    "王建国": ("E-1004", "身份变更"),  # CP-17
    "刘一诺": ("E-1015", "补助标准"),  # CP-04, E15
    "周福贵": ("E-1011", "10月1日"),  # CZ-11, E6
    "孙秀英": ("E-1021", "标准"),  # CZ-06
    "马卫东": ("E-1012", "恢复登记"),
    "徐海燕": ("E-1008", "外地参保"),
    "崔海军": ("E-1007", "职工医保停保"),  # FY-13
    "贾玉梅": ("E-1008", "先在那里停保"),  # FY-13, LZ-08
    "董满堂": ("E-1012", "要先核对"),
    "覃子轩": ("E-1020", "待遇审批地"),  # LZ-05
    "莫诗涵": ("E-1011", "9月1日"),  # LZ-21
    "贺红梅": ("E-1022", "税务"),  # SX-10
    "高长河": ("E-1005", "2021年度已经缴过费"),
    "何志强": ("E-1016", "18"),  # FY-08, E13
    "林秀芝": ("E-1018", "网上缴"),  # FY-11
    "孟秋生": ("E-1017", "激活"),  # FY-07
    "宋巧云": ("E-1002", "盐湖区"),  # CP-15
    "田秀莲": ("E-1010", "先不要缴费"),  # CZ-08
    "牛得草": ("E-1019", "特殊缴费"),  # CZ-09
    "罗永强": ("E-1011", "12月31日"),  # FY-04
}
PARTS = ("为什么", "怎么办", "打哪个电话")


@pytest.mark.parametrize("name", MET)
def test_a_refusal_has_its_five_parts(demo: Demo, visit: Callable[..., Visitor], name: str) -> None:
    code, words = MET[name]
    resident = Resident(demo, visit("phone"), demo.called(name), f"refused-{name}")

    to_answer(resident)

    said = resident.says()
    assert resident.page.locator("[data-code]").get_attribute("data-code") == code
    assert words in said
    assert "没有扣钱" in said
    assert [part for part in PARTS if part not in said] == []
    assert f"提示编号 {code}" in said
    assert resident.page.locator("main a[href^='tel:']").count() >= 1
    assert resident.page.locator("button", has_text="支付").count() == 0


@pytest.mark.parametrize(
    ("name", "phone"), [("王建国", "0635-4268611"), ("周福贵", "0355-"), ("贺红梅", "95113")]
)
def test_the_phone_is_the_local_one(demo: Demo, visit: Callable[..., Visitor], name: str, phone: str) -> None:
    """CP-19, CZ-25, SX-11."""
    resident = Resident(demo, visit("phone"), demo.called(name), f"phone-{name}")

    to_answer(resident)

    assert phone in resident.says("body")


@pytest.mark.parametrize("name", ["覃子轩", "林秀芝"])
def test_where_a_notice_prints_no_phone_the_agency_and_the_national_lines_are_named(
    demo: Demo, visit: Callable[..., Visitor], name: str
) -> None:
    """柳州 and 阜阳 print none (LZ-22, FY-29)."""
    resident = Resident(demo, visit("phone"), demo.called(name), f"national-{name}")

    to_answer(resident)

    said = resident.says()
    assert "12393（全国热线）" in said
    assert "12366（全国热线）" in said


@pytest.mark.parametrize("big", [False, True])
def test_a_question_that_nobody_answered_is_told_before_paying(
    demo: Demo, visit: Callable[..., Visitor], *, big: bool
) -> None:
    """Unknown is no no: the notice does not say that the answer comes first, so the page warns and goes on."""
    resident = Resident(
        demo, visit("phone"), demo.called("姜红霞"), f"unanswered-{'big' if big else 'plain'}"
    )
    if big:
        resident.page.goto(demo.url("/?big=1"))
    to_answer(resident)

    assert "还没有查到" in resident.says()
    assert "¥400.00" in resident.says()


def test_a_family_member_joins_the_head_who_has_paid(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """FY-18, FY-25: the head first, then the same number; a number that does not fit is explained (E11)."""
    child, head = demo.called("高小雨"), demo.called("高长河")
    resident = Resident(demo, visit("phone"), child, "household")
    resident.choose_area()
    resident.look_up()
    resident.look()

    resident.page.check("input[value=family]")
    resident.page.fill("#head_number", demo.called("李小兰")["number"])
    resident.page.locator("button[type=submit]").click()
    assert "还没有缴费" in resident.says(".wrong")
    resident.visitor.picture("household-refused")

    resident.page.fill("#head_number", head["number"])
    resident.page.locator("button[type=submit]").click()
    resident.look()
    assert "¥280.00" in resident.says()


def test_what_was_typed_is_still_there_after_a_mistake(demo: Demo, visit: Callable[..., Visitor]) -> None:
    resident = Resident(demo, visit("phone", scripts=False), demo.called("张小满"), "mistake")
    resident.page.goto(demo.url(f"/a/{resident.who['area']}/pay/self/"))
    resident.page.fill("#name", "张小满")
    resident.page.fill("#number", "371599201204169015")

    resident.page.locator("button[type=submit]").click()

    assert "有一位不对" in resident.says(".wrong")
    assert resident.page.input_value("#name") == "张小满"
    assert resident.page.input_value("#number") == "371599201204169015"
