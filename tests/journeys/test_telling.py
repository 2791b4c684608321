"""Told: somebody asks on the order's page, pays, and finds a message in the inbox; somebody who waits asks to be reminded."""

from collections.abc import Callable
from time import monotonic, sleep

import httpx
import pytest

from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.resident import Resident, to_answer

WITHIN_S = 60


def inbox_of(demo: Demo, phone: str) -> list[str]:
    """What lies in the inbox of a phone, once something does."""
    deadline = monotonic() + WITHIN_S
    while True:
        rows = httpx.get(f"{demo.sandbox}/sandbox/inbox/messages").json()["messages"]
        found = [row["content"] for row in rows if row["address"] == phone]
        if found or monotonic() > deadline:
            return found
        sleep(1)


def ask(resident: Resident, phone: str) -> None:
    resident.page.fill("#phone", phone)
    resident.page.check("input[name=consent]")
    resident.press("确定")


def test_who_asks_before_paying_finds_the_message_in_the_inbox(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor]
) -> None:
    resident = Resident(demo_of("telling"), visit("phone"), demo_of("telling").called("张小满"), "telling")
    to_answer(resident)
    resident.press("信息无误，支付")
    resident.page.locator("button").filter(has_text="取消").first.click()
    resident.page.wait_for_url("**/o/*/")
    resident.press("有结果时短信告诉我")
    ask(resident, "１３８ 0013 8000")
    assert "138****8000" in resident.says()
    resident.press("返回订单")
    resident.page.get_by_role("button", name="继续支付").click()
    resident.page.get_by_role("button", name="支付成功").click()
    resident.page.wait_for_url("**/o/*/")
    assert inbox_of(resident.demo, "13800138000") == [
        "【城乡居民医保】张*满的2022年度居民医保已缴费。有疑问打0635-4227026。"
    ]
    resident.page.goto(f"{resident.demo.sandbox}/inbox")
    assert "13800138000" in resident.page.content()
    resident.visitor.picture("telling-inbox")


@pytest.mark.parametrize("version", ["standard", "big"])
def test_who_waits_for_a_figure_is_reminded_without_scripts_in_both_versions(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor], version: str
) -> None:
    demo = demo_of("telling")
    for scripts in (True, False):
        resident = Resident(
            demo, visit("phone", scripts=scripts), demo.called("刘一诺"), f"reminding-{version}-{scripts}"
        )
        if version == "big":
            resident.page.goto(demo.url("/?big=1"))
        to_answer(resident)
        resident.press("短信提醒我")
        ask(resident, "123")
        assert "手机号是 11 位数字" in resident.says()
        ask(resident, "13900139000")
        assert "已经记下" in resident.says()
        resident.page.goto(demo.url(f"/a/{resident.who['area']}/untold/"))
        resident.look()
        resident.page.fill("#phone", "13900139000")
        resident.press("不再通知")
        assert "已经停止" in resident.says()
