"""Somebody pays at the tax side's portal, an assisted person picks the wrong kind first; our pages then say that it is paid."""

from collections.abc import Callable
from time import monotonic, sleep

from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.resident import Resident, to_answer

WITHIN_S = 60


def at_the_portal(resident: Resident, demo: Demo, area: str, name: str) -> None:
    """From the list of portals to the screen where the kind is chosen."""
    page, who = resident.page, resident.who
    page.goto(demo.sandbox + "/tax/portal/")
    page.locator(f"a.button:has-text('{area}')", has_text=name).first.click()
    page.fill("#psn_name", who["name"])
    page.fill("#certno", who["number"])
    page.get_by_role("button", name="下一步").click()
    assert "医保经办机构" in page.inner_text("main")


def paid_here(resident: Resident) -> None:
    """Our own answer changes within the time of a notice."""
    deadline = monotonic() + WITHIN_S
    to_answer(resident)
    while "已经缴" not in resident.says():
        assert monotonic() < deadline, resident.says()
        sleep(1)
        to_answer(resident)
    assert "E-1005" in resident.page.content()


def test_paid_at_the_e_tax_bureau_our_pages_say_that_it_is_paid(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor]
) -> None:
    demo = demo_of("portals")
    resident = Resident(demo, visit("phone"), demo.called("张小满"), "portal-normal")
    at_the_portal(resident, demo, "371500", "山东省税务局APP")
    resident.page.get_by_role("button", name="2022年").click()
    assert "¥280.00" in resident.page.inner_text("main")
    resident.page.get_by_role("button", name="去支付").click()
    assert "缴费成功" in resident.page.inner_text("main")

    paid_here(resident)

    audit = demo.canbao("audit")
    assert audit.returncode == 0, audit.stdout


def test_an_assisted_person_picks_the_wrong_kind_is_told_which_and_pays_their_part(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor]
) -> None:
    """SX-08: 特殊人群 in a popup after the year, two screens to look over."""
    demo = demo_of("portals")
    resident = Resident(demo, visit("phone"), demo.called("薛满仓"), "portal-special")
    page = resident.page
    at_the_portal(resident, demo, "140800", "微信城市服务")
    page.get_by_role("button", name="2022").click()
    page.get_by_role("button", name="不是").click()
    assert "请选“特殊人群”" in page.inner_text("main")

    at_the_portal(resident, demo, "140800", "微信城市服务")
    page.get_by_role("button", name="2022").click()
    page.get_by_role("button", name="特殊人群").click()
    page.get_by_role("button", name="下一步").click()
    assert "¥40.00" in page.inner_text("main")
    page.get_by_role("button", name="去支付").click()
    assert "缴费成功" in page.inner_text("main")

    paid_here(resident)
