"""What a resident does with the pages, step by step, in the words on the buttons.

Every step looks at the page it arrives at: nothing wider than the screen, no barrier, a picture kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.support.browser import Visitor
from tests.support.demo import Demo


@dataclass
class Resident:
    """One person of the demo's cast, holding a phone."""

    demo: Demo
    visitor: Visitor
    who: Mapping[str, str]
    story: str
    steps: int = 0

    @property
    def page(self) -> Page:
        return self.visitor.page

    def press(self, words: str) -> None:
        """Press the button or the link that says this."""
        self.page.locator("button, a").filter(has_text=words).first.click()
        self.look()

    def look(self) -> None:
        """See the page as a person would, whatever it is about."""
        self.page.wait_for_load_state()
        self.steps += 1
        self.visitor.picture(f"{self.story}-{self.steps:02d}")
        if self.visitor.scripts:  # without scripts nothing can be asked of the page; it is the same page
            assert self.visitor.sideways() == 0, self.page.url
            assert self.visitor.barriers() == [], self.page.url
        assert self.who["number"] not in self.page.content(), "an ID number is masked on every page"
        assert self.who["number"] not in self.page.url

    def choose_area(self) -> None:
        """From the front door to the front page of the person's county."""
        self.page.goto(self.demo.url("/"))
        self.look()
        link = self.page.locator(f"a[href='/a/{self.who['area']}/']").first  # the last choice, else the list
        if not link.is_visible():
            self.page.locator("details", has=link).locator("summary").click()
        link.click()
        self.look()

    def look_up(self) -> None:
        """参保缴费, for oneself or for somebody else, up to the answer."""
        self.press("参保缴费")
        self.press("本人缴费" if self.who["payer"] == "self" else "代他人缴费")
        self.fill_in()
        self.page.locator("button[type=submit]").click()
        self.page.wait_for_load_state()

    def fill_in(self) -> None:
        """Name, number, consent."""
        self.page.fill("#name", self.who["name"])
        self.page.fill("#number", self.who["number"])
        self.page.check("input[name=consent]")

    def says(self, selector: str = "main") -> str:
        """What stands on the page."""
        return self.page.locator(selector).first.inner_text()


def to_answer(resident: Resident, person_class: str | None = None) -> None:
    """All the way from the front door to the answer, through the details page where there is one."""
    resident.choose_area()
    resident.look_up()
    if "/details/" in resident.page.url:
        resident.look()
        if person_class:
            resident.page.select_option("#person_class", label=person_class)
        resident.page.locator("button[type=submit]").click()
    resident.look()


def answer_the_question(resident: Resident) -> None:
    """长治 and 山西 ask once, before taking money that cannot be turned back (CZ-09, SX-09); elsewhere nothing."""
    if "先回答一个问题" not in resident.says():
        return
    assert "信息无误" not in resident.says()
    resident.page.get_by_label("都不是").check()
    resident.press("下一步")
