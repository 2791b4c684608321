"""A student who moves away: the consequences first, both ways side by side, a request, and the clerk's word."""

import json
import sqlite3
from collections.abc import Callable

import pytest

from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.resident import Resident


@pytest.mark.parametrize("scripts", [True, False])
def test_suspending_from_the_front_page_to_the_clerks_word(
    demo_of: Callable[[str], Demo], visit: Callable[..., Visitor], scripts: bool
) -> None:
    """LZ-07, LZ-09; without scripts it is the same way."""
    demo = demo_of(f"suspending-{scripts}")
    resident = Resident(demo, visit("phone", scripts=scripts), demo.called("韦佳琪"), f"suspend-{scripts}")
    resident.choose_area()
    resident.press("停保、异地就医备案")
    resident.fill_in()
    resident.page.locator("button[type=submit]").click()
    resident.look()
    said = resident.says()
    assert said.index("停保以后会怎样") < said.index("办法一") < said.index("办法二")

    resident.page.get_by_label("转学、升学").check()
    resident.press("提交停保申请")
    assert "请先看清后果" in resident.says()
    resident.page.get_by_label("我看清了").check()
    resident.press("提交停保申请")
    assert "等经办机构办理" in resident.says()

    (row,) = json.loads(demo.canbao("request", "list", "--as", "甲", "--json").stdout)["waiting"]
    done = demo.canbao("request", "grant", str(row["request_id"]), "--why", "看过证件", "--as", "甲")
    assert done.returncode == 0, done.stderr
    resident.page.reload()
    resident.look()
    assert "已办好" in resident.says()


def test_filing_for_care_elsewhere_and_changing_a_name_in_large_print(
    demo: Demo, visit: Callable[..., Visitor]
) -> None:
    """LZ-06, LZ-10."""
    resident = Resident(demo, visit("phone"), demo.called("韦佳琪"), "filing-big")
    resident.page.goto(demo.url(f"/a/{resident.who['area']}/change/suspend/?big=1"))
    resident.fill_in()
    resident.page.locator("button[type=submit]").click()
    resident.look()
    resident.page.fill("#place", "北京市")
    resident.page.select_option("#filing_reason", label="在外地上学")
    resident.page.fill("#from_date", "2022-10-01")
    resident.press("申请异地就医备案")
    assert "北京市" in resident.says()

    resident.page.goto(demo.url(f"/a/{resident.who['area']}/change/correct/"))
    resident.fill_in()
    resident.page.locator("button[type=submit]").click()
    resident.look()
    resident.page.fill("#name", "韦佳")
    resident.press("申请改姓名或号码")
    assert "已提交" in resident.says()
    resident.press("撤回申请")
    assert "已撤回" in resident.says()


def test_a_household_sees_what_is_used_and_left(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """FY-22: opened from the order of whoever paid, in the standard and the large print."""
    database = sqlite3.connect(f"file:{demo.home / 'canbao.sqlite3'}?mode=ro", uri=True)
    shared = (
        "SELECT o.token FROM payment_order o JOIN order_line l ON l.order_no = o.order_no JOIN bill b ON b.id = l.bill_id "
        "JOIN household_member h ON h.person_id = b.person_id AND h.head_person_id <> h.person_id LIMIT 1"
    )
    (token,) = database.execute(shared).fetchone()
    resident = Resident(demo, visit("phone"), demo.called("高长河"), "family")
    for address in (f"/o/{token}/family/", f"/o/{token}/family/?big=1"):
        resident.page.goto(demo.url(address))
        resident.look()
        assert "共用门诊报销限额" in resident.says()
        assert "剩余" in resident.says()
    resident.press("返回订单")
    resident.press("我的家庭")
    assert "什么是医保“户”" in resident.says()
