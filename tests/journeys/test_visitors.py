"""The eyes of the journeys see what they are for; were they blind, every journey would pass."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.support.browser import Visitor

PAGE = (
    "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>参保</title><main><h1>参保缴费</h1>{}</main>"
)


def show(visitor: Visitor, content: str) -> None:
    """A whole page without a server. (`set_content` would write it by script, which changes `noscript`.)"""
    visitor.page.goto("data:text/html;charset=utf-8," + quote(PAGE.format(content)))


def test_a_picture_without_words_is_a_barrier(visit: Callable[..., Visitor]) -> None:
    visitor = visit("desk")

    show(visitor, '<img src="data:,">')

    assert [line.split()[0] for line in visitor.barriers()] == ["image-alt"]


def test_a_plain_page_has_no_barriers(visit: Callable[..., Visitor]) -> None:
    visitor = visit("phone")

    show(visitor, "<p>请核对姓名。</p>")

    assert visitor.barriers() == []


@pytest.mark.parametrize(("screen", "sticks_out"), [("phone", 10), ("desk", 0)])
def test_what_is_wider_than_the_screen_is_measured(
    visit: Callable[..., Visitor], screen: str, sticks_out: int
) -> None:
    visitor = visit(screen)

    show(visitor, '<p style="position:absolute;left:0;width:400px">宽</p>')

    assert visitor.sideways() == sticks_out


def test_a_request_to_another_machine_is_cut_off_and_remembered(visit: Callable[..., Visitor]) -> None:
    visitor = visit("phone")

    with visitor.page.expect_event("requestfailed"):
        show(visitor, '<img alt="外" src="http://stranger.invalid/x.png">')

    assert visitor.strangers == ["http://stranger.invalid/x.png"]
    visitor.strangers.clear()


@pytest.mark.parametrize(("scripts", "title"), [(True, "脚本"), (False, "参保")])
def test_a_visitor_without_scripts_runs_none(
    visit: Callable[..., Visitor], *, scripts: bool, title: str
) -> None:
    visitor = visit("phone", scripts=scripts)

    show(visitor, "<script>document.title = '脚本'</script>")

    assert visitor.page.title() == title


def test_words_are_drawn_in_a_chinese_font(visit: Callable[..., Visitor]) -> None:
    """Without such a font every character is the same empty box, and pictures prove nothing."""
    visitor = visit("phone")
    show(visitor, "<span id=a>保</span>")

    one = visitor.page.locator("#a").screenshot()
    visitor.page.evaluate("document.querySelector('#a').textContent = '缴'")
    other = visitor.page.locator("#a").screenshot()

    assert one != other
