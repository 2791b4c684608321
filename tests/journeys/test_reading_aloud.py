"""大字版 reads itself aloud where the browser can speak; a second tap makes it silent."""

from collections.abc import Callable

from tests.support.browser import Visitor
from tests.support.demo import Demo

# A voice that keeps what it is told to say: the machine of a test has none.
MOUTH = """
window.said = []
Object.defineProperty(window, 'speechSynthesis', {value: {
  speaking: false,
  speak(words) { window.said.push([words.lang, words.text]); this.speaking = true },
  cancel() { this.speaking = false },
}})
"""


def test_the_large_version_reads_its_page_and_stops(demo: Demo, visit: Callable[..., Visitor]) -> None:
    visitor = visit("phone", large=demo.pages)
    page = visitor.page
    page.add_init_script(MOUTH)
    page.goto(demo.url("/demo/states/371503/E-1005/"))
    page.get_by_role("button", name="读给我听").click()
    ((language, text),) = page.evaluate("window.said")
    assert language == "zh-CN"
    assert "为什么" in text
    assert "怎么办" in text
    assert "读给我听" not in text, "it reads the page and not itself"
    page.get_by_role("button", name="不读了").click()
    assert page.evaluate("window.speechSynthesis.speaking") is False
    assert page.get_by_role("button", name="读给我听").is_visible()
    assert visitor.barriers() == []


def test_the_standard_version_and_a_phone_without_scripts_are_left_as_they_are(
    demo: Demo, visit: Callable[..., Visitor]
) -> None:
    for visitor in (visit("phone"), visit("phone", large=demo.pages, scripts=False)):
        visitor.page.goto(demo.url("/a/371503/"))
        assert visitor.page.get_by_role("button", name="读给我听").count() == 0
