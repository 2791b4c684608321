"""A resident pays in each of the five areas, with scripts and without, and holds the receipt."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.resident import Resident, answer_the_question, to_answer


@dataclass(frozen=True)
class Story:
    """Whom the notice of an area makes pay what, and from when it says that they are covered."""

    name: str
    who: str
    place: str
    yuan: str
    year: str
    cover: str
    person_class: str | None = None


STORIES = (
    Story("chiping", "张小满", "聊城市茌平区", "280.00", "2022", "通告没有写明"),  # CP-03, CP-20
    Story("changzhi", "陈桂兰", "长治市潞州区", "400.00", "2025", "通告没有写明"),  # CZ-06, CZ-26
    Story("liuzhou", "韦佳琪", "柳州市城中区", "350.00", "2023", "2023年1月1日"),  # LZ-09, LZ-21
    Story("shanxi", "薛满仓", "运城市盐湖区", "40.00", "2022", "通告没有写明"),  # SX-04
    Story(
        "fuyang", "朱新月", "阜阳市阜南县", "280.00", "2021", "2021年1月1日", "成年居民"
    ),  # FY-02, FY-03, FY-30
)


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_resident_pays_and_holds_the_receipt(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor], story: Story, *, scripts: bool
) -> None:
    demo = demo_of("scripts" if scripts else "plain")
    name = f"pay-{story.name}{'' if scripts else '-plain'}"
    resident = Resident(demo, visit("phone", scripts=scripts), demo.called(story.who), name)

    to_answer(resident, story.person_class)
    check_the_answer(resident, story)
    answer_the_question(resident)
    resident.press("信息无误，支付")
    assert story.yuan in resident.says()
    resident.page.get_by_role("button", name="支付成功").click()
    resident.page.wait_for_url("**/o/*/")
    resident.look()
    assert f"已收到 {story.yuan} 元" in resident.says()
    check_the_way_back(resident, story)
    resident.press("查看、保存缴费票据")
    check_the_receipt(resident, story)
    check_the_enquiry(resident)


def check_the_way_back(resident: Resident, story: Story) -> None:
    """退费 is explained and nowhere offered as a button (FY-14, CZ-24)."""
    resident.press("退费")
    said = resident.says()
    assert "怎么申请退费" in said
    assert ("这里不能网上退费" in said) == (story.name == "fuyang")
    resident.press("返回订单")


def check_the_answer(resident: Resident, story: Story) -> None:
    said = resident.says()
    assert story.place in resident.says(".place")
    assert f"¥{story.yuan}" in said
    assert f"{story.year} 年度" in said
    assert story.cover in said
    assert resident.who["name"] not in said


def check_the_receipt(resident: Resident, story: Story) -> None:
    """The paper says what the page says, and its code opens the public page that vouches for it."""
    number = re.search(r"PJ\d+", resident.says())
    assert number
    link = resident.page.locator("a", has_text="PDF").get_attribute("href")
    paper = resident.page.request.get(resident.demo.url(link or "")).body()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    assert number[0] in text
    assert story.yuan in text
    address = code_on(paper)
    assert number[0] in address
    resident.page.goto(address)
    resident.look()
    assert "这张票据是真的" in resident.says()
    assert resident.who["name"] not in resident.says(), "whoever reads the code sees a masked name"


def code_on(paper: bytes) -> str:
    """What a phone's camera reads from the first sheet."""
    picture = pypdfium2.PdfDocument(paper)[0].render(scale=3).to_pil()
    codes = zxingcpp.read_barcodes(picture)
    assert len(codes) == 1
    return codes[0].text


def check_the_enquiry(resident: Resident) -> None:
    resident.page.goto(resident.demo.url(f"/a/{resident.who['area']}/"))
    resident.press("信息查询")
    resident.fill_in()
    resident.page.locator("button[type=submit]").click()
    resident.look()
    assert "已缴费" in resident.says()


def test_who_has_nothing_to_pay_confirms_and_is_covered(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """山西 特困 (SX-03, E15)."""
    resident = Resident(demo, visit("phone"), demo.called("闫春生"), "pay-nothing")

    to_answer(resident)
    resident.press("信息无误，确认参保")

    assert "参保已确认，不用缴费" in resident.says()
    resident.press("查看、保存缴费票据")
    assert "政府全额资助" in resident.says()


def test_a_late_payer_sees_both_parts_of_the_price(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """长治 after the period: individual and fiscal part in full (CZ-10, E5)."""
    resident = Resident(demo, visit("phone"), demo.called("吴晓峰"), "pay-late")

    to_answer(resident)

    assert "¥1070.00" in resident.says()
    assert "670.00 元" in resident.says()


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_large_print_reaches_every_page_of_the_way(
    demo: Demo, visit: Callable[..., Visitor], screen: str
) -> None:
    resident = Resident(demo, visit(screen), demo.called("郭䶮"), f"large-{screen}")
    resident.page.goto(demo.url("/"))
    resident.press("大字版")
    to_answer(resident)

    assert resident.page.evaluate("getComputedStyle(document.body).fontSize") == "22px"
    button = resident.page.locator("button[type=submit]").bounding_box()
    assert button
    assert button["height"] >= 60
