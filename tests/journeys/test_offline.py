"""A phone that loses its network: the page stays, says so, and keeps what was typed (E-1108)."""

from collections.abc import Callable

from tests.support.browser import Visitor
from tests.support.demo import Demo


def test_without_a_network_nothing_is_sent_and_nothing_typed_is_lost(
    demo: Demo, visit: Callable[..., Visitor]
) -> None:
    visitor = visit("phone")
    page = visitor.page
    page.goto(demo.url("/a/371503/pay/self/"))
    page.fill("#name", "张小满")
    visitor.context.set_offline(True)

    page.get_by_role("button", name="授权查询").click()
    assert page.get_by_role("alert").is_visible()
    assert "手机没有网络" in page.get_by_role("alert").inner_text()
    page.get_by_role("link", name="帮助").click()
    assert page.input_value("#name") == "张小满"
    assert visitor.barriers() == []

    visitor.context.set_offline(False)
    page.wait_for_function("!document.getElementById('offline')")
    page.get_by_role("button", name="授权查询").click()
    page.wait_for_load_state()
    assert "请数一数" in page.locator("main").inner_text()
    assert page.input_value("#name") == "张小满"
