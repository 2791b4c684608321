"""A person's browser: two screens, with and without scripts, eyes for barriers and for strangers.

Debian's Chromium is driven; no browser is downloaded. Nothing may leave this machine: a request to
another address is cut off and remembered, and the test that caused it fails.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route

from canbao.faces.citizen.guard import BIG_COOKIE

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / "build" / "screenshots"
SCREENS = {"phone": (390, 844), "desk": (1366, 900)}
AT_HOME = {"127.0.0.1", "localhost", "::1"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 10_000


@contextmanager
def running_browser(playwright: Playwright) -> Iterator[Browser]:
    """Start the Chromium of this machine; without one the session fails in one sentence."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise pytest.UsageError("Chromium is not installed: sudo apt-get install -y chromium")
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class Visitor:
    """One person with one browser window, and what tried to leave the machine meanwhile."""

    context: BrowserContext
    page: Page
    screen: str
    scripts: bool = True
    strangers: list[str] = field(default_factory=list)

    @property
    def width(self) -> int:
        """The width that was set; the page's own idea of it grows when something sticks out."""
        return SCREENS[self.screen][0]

    def sideways(self) -> int:
        """By how many pixels the page is wider than the screen: 0 when nothing scrolls sideways."""
        widest: int = self.page.evaluate("document.documentElement.scrollWidth")
        return max(0, widest - self.width)

    def barriers(self) -> list[str]:
        """What axe calls serious or critical, one line each: rule, place, help."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']} at {' '.join(map(str, node['target']))}: {rule['help']}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]

    def picture(self, name: str) -> Path:
        """Keep a screenshot of the whole page in build/screenshots."""
        path = SCREENSHOTS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=True, animations="disabled")
        return path


def open_visitor(browser: Browser, screen: str, *, scripts: bool = True, large: str = "") -> Visitor:
    """A fresh window. `large` is the address whose 大字版 cookie is set beforehand, if any."""
    width, height = SCREENS[screen]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        is_mobile=screen == "phone",
        has_touch=screen == "phone",
        java_script_enabled=scripts,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        service_workers="block",
    )
    context.set_default_timeout(WAIT_MS)
    if large:
        context.add_cookies([{"name": LARGE_PRINT[0], "value": LARGE_PRINT[1], "url": large}])
    visitor = Visitor(context, context.new_page(), screen, scripts)
    context.route("**/*", lambda route: _keep_at_home(route, visitor.strangers))
    return visitor


# The cookie by which the citizens' pages remember 大字版.
LARGE_PRINT = (BIG_COOKIE, "1")


def _keep_at_home(route: Route, strangers: list[str]) -> None:
    url = route.request.url
    if urlsplit(url).hostname in AT_HOME or url.startswith(("data:", "blob:", "about:")):
        route.continue_()
    else:
        strangers.append(url)
        route.abort()
