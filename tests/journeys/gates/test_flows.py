"""The gates of flows (ux.md §2): how many screens and typed fields, with scripts and without; and five parts at every no."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import click
import pytest
from playwright.sync_api import Page

from canbao.services.people.diagnose import resident_codes
from tests.support.browser import Visitor
from tests.support.demo import Demo
from tests.support.pages.routes import Walker
from tests.support.resident import Resident

PARTS = ("为什么", "怎么办", "打哪个电话", "提示编号")
CHARGED = ("扣钱", "扣款", "不会丢", "没有变")
MOST = {"renew": (4, 2, 1), "family": (4, 2, 1)}  # screens, typed fields, consents; for a family: a person


@dataclass
class Counted:
    """A resident whose screens, typed fields and ticks are counted."""

    resident: Resident
    screens: list[str] = field(default_factory=list)
    typed: int = 0
    consents: int = 0

    @property
    def page(self) -> Page:
        return self.resident.page

    def screen(self) -> None:
        """Arrived at one more screen; what only moves on by itself is none."""
        self.screens.append(self.page.locator("header h1").inner_text())

    def type(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)
        self.typed += 1

    def consent(self) -> None:
        self.page.check("input[name=consent]")
        self.consents += 1

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).first.click()
        self.page.wait_for_load_state()


def pay_at_the_channel(counted: Counted) -> None:
    """On the channel's own page; back with us when it is done."""
    counted.page.get_by_role("button", name=re.compile("^(确认支付|支付)")).first.click()
    counted.page.wait_for_url("**/o/**", timeout=20_000)
    for _ in range(20):
        if "缴费完成" in counted.page.content():
            return
        counted.page.wait_for_timeout(300)
        counted.page.goto(re.sub(r"confirming/\d+/.*", "", counted.page.url))


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_renewing_takes_four_screens_two_fields_and_one_tick(
    flowing: Demo, visit: Callable[..., Visitor], *, scripts: bool
) -> None:
    who = flowing.called("韦佳琪" if scripts else "任大山")
    counted = Counted(Resident(flowing, visit("phone", scripts=scripts), who, "gate-renew"))
    counted.page.goto(flowing.url(f"/a/{who['area']}/pay/self/"))
    counted.screen()
    counted.type("#name", who["name"])
    counted.type("#number", who["number"])
    counted.consent()
    counted.press("授权查询")
    counted.screen()
    counted.press("信息无误，支付")
    counted.screens.append("付款机构")
    pay_at_the_channel(counted)
    counted.screen()
    assert "缴费完成" in counted.screens[-1]
    told("renew", counted)


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_family_is_one_list_one_check_one_payment_and_two_fields_a_person(
    flowing: Demo, visit: Callable[..., Visitor], *, scripts: bool
) -> None:
    names = ("张小满", "王建国") if scripts else ("李小兰", "高小雨")
    people = [flowing.called(name) for name in names]
    counted = Counted(Resident(flowing, visit("phone", scripts=scripts), people[0], "gate-family"))
    counted.page.goto(flowing.url(f"/a/{people[0]['area']}/together/"))
    counted.screen()
    for person in people:
        if not counted.page.locator("#name").is_visible():
            counted.page.locator("summary", has_text="添加一位家人").click()
        counted.type("#name", person["name"])
        counted.type("#number", person["number"])
        counted.consent()
        counted.press("添加")
    assert not [person for person in people if person["number"] in counted.page.content()]
    counted.press("下一步，核对")
    counted.screen()
    counted.page.locator("form.acts button[type=submit]").first.click()
    if "/o/" not in counted.page.url:
        counted.screens.append("付款机构")
        pay_at_the_channel(counted)
    counted.page.goto(re.sub(r"confirming/\d+/.*", "", counted.page.url))
    counted.screen()
    assert "缴费完成" in counted.screens[-1]
    told("family", counted, people=len(people))


def told(flow: str, counted: Counted, people: int = 1) -> None:
    """Print what was counted, and hold it to the limits."""
    screens, typed, consents = MOST[flow]
    said = (
        f"{len(counted.screens)} screens {counted.screens}, {counted.typed} typed, {counted.consents} ticked"
    )
    click.echo(f"{flow}: {said}")
    assert len(counted.screens) <= screens
    assert counted.typed <= typed * people
    assert counted.consents <= consents * people


def test_every_no_that_somebody_of_the_cast_meets_has_its_five_parts(flowing: Demo) -> None:
    walker, faults, met = Walker(flowing.pages, flowing.sandbox), {}, set()
    for person in flowing.people:
        page = walker.be(person["name"])
        found = re.search(r'<section class="card notice" data-code="(E-\d+)"', page.text)
        if found:
            met.add(found[1])
            missing = [part for part in PARTS if part not in page.text]
            missing += [] if any(word in page.text for word in CHARGED) else ["扣钱"]
            missing += [] if 'href="tel:' in page.text else ["tel:"]
            faults |= {person["name"]: missing} if missing else {}
    assert faults == {}
    assert {"E-1001", "E-1002", "E-1003", "E-1005", "E-1010", "E-1014", "E-1019", "E-1022"} <= met


@pytest.mark.parametrize("area", ["371503", "140403", "450202", "341225", "140802"])
def test_every_state_has_its_five_parts_in_every_area(flowing: Demo, area: str) -> None:
    walker, faults = Walker(flowing.pages, flowing.sandbox), {}
    for code, _ in resident_codes():
        page = walker.open(f"/demo/states/{area}/{code}/").text
        missing = [part for part in (*PARTS, code) if part not in page]
        missing += [] if any(word in page for word in CHARGED) else ["扣钱"]
        faults |= {code: missing} if missing else {}
    assert faults == {}
