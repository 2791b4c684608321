"""Journeys: the demo as a user starts it, and visitors in a real browser."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import Visitor, open_visitor, running_browser
from tests.support.demo import Demo, running_demo


@pytest.fixture(scope="session")
def demo_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Demo]]:
    """Demos by name, each started when first asked for: nobody can pay twice in one."""
    with ExitStack() as running:

        @cache
        def start(name: str) -> Demo:
            return running.enter_context(running_demo(tmp_path_factory.mktemp(name)))

        yield start


@pytest.fixture(scope="session")
def demo(demo_of: Callable[[str], Demo]) -> Demo:
    """The demo of most journeys."""
    return demo_of("demo")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of a session."""
    with sync_playwright() as playwright, running_browser(playwright) as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Open windows: `visit("phone", scripts=False)`. Afterwards each leaves a picture of its last page,
    and the test fails if anything tried to leave this machine."""
    visitors: list[Visitor] = []

    def open_one(screen: str = "phone", **options: bool | str) -> Visitor:
        visitors.append(open_visitor(browser, screen, **options))
        return visitors[-1]

    yield open_one
    name = re.sub(r"[^\w-]+", "-", request.node.name).strip("-")
    for index, visitor in enumerate(visitors):
        visitor.picture(name if index == 0 else f"{name}-{index + 1}")
        visitor.context.close()
    strangers = [url for visitor in visitors for url in visitor.strangers]
    assert not strangers, f"these requests tried to leave the machine: {strangers}"
