"""Away to the identity provider and back, with nothing typed twice: activating, logging in, paying for linked family."""

from collections.abc import Callable

import pytest

from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.resident import Resident


def prove(resident: Resident, words: str, name: str, number: str) -> None:
    """At the provider's own page."""
    page = resident.page
    page.wait_for_url("**/identity/ask?**")
    page.fill("#name", name)
    page.fill("#number", number)
    page.get_by_role("button", name=words).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_credential_is_activated_and_the_payment_goes_on_where_it_stopped(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor], *, scripts: bool
) -> None:
    """FY-07, FY-16."""
    demo = demo_of("scripts" if scripts else "plain")
    resident = Resident(demo, visit("phone", scripts=scripts), demo.called("孟秋生"), "activate")
    resident.choose_area()
    resident.look_up()
    resident.look()
    assert "医保电子凭证还没有激活" in resident.says()
    resident.page.get_by_role("button", name="去激活").click()
    prove(resident, "激活，然后返回", resident.who["name"], resident.who["number"])
    resident.look()
    assert "填写参保信息" in resident.says("body")
    resident.press("下一步，核对信息")
    assert "¥280.00" in resident.says()


def test_family_is_linked_after_a_login_and_paid_for_by_one_tap(
    demo: Demo, visit: Callable[..., Visitor]
) -> None:
    """CP-18, FY-06, FY-08."""
    payer, child = demo.called("高长河"), demo.called("高小雨")
    resident = Resident(demo, visit("phone"), child, "family")
    resident.choose_area()
    resident.press("参保缴费")
    resident.press("给关联的家人缴费")
    resident.page.get_by_role("button", name="实名登录").click()
    prove(resident, "确认，然后返回", payer["name"], payer["number"])
    resident.look()
    assert "高*河，您好" in resident.says()
    add(resident, demo.called("何志强"))
    assert "这个年龄要本人缴费" in resident.says()
    resident.page.go_back()
    add(resident, child)
    assert "高*雨" in resident.says()
    assert child["name"] not in resident.says()
    resident.press("给高*雨缴费")
    assert "填写参保信息" in resident.says("body")


def add(resident: Resident, who) -> None:
    resident.page.fill("#name", who["name"])
    resident.page.fill("#number", who["number"])
    resident.page.select_option("#relation", label="孩子")
    resident.page.check("input[name=consent]")
    resident.page.get_by_role("button", name="添加").click()
    resident.look()
