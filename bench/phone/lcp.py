"""P9: when the largest thing on each page stands there, on a slow phone on a slow line; what came over the line before.

The line gives 400 kbit/s and takes 400 ms there and back, the processor is slowed down four times, nothing is cached.
Every page of a demo is opened, in both versions.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.kit.table import Row, at_most, beside
from tests.support.browser import open_visitor, running_browser
from tests.support.demo import Demo, running_demo
from tests.support.pages.eyes import look
from tests.support.pages.routes import Stop, log_in_as, walk

LINE_BYTES_S, THERE_AND_BACK_MS, SLOWER = 400_000 / 8, 400, 4
LIMIT_S, LIMIT_BYTES, LIMIT_REQUESTS = 1.5, 15 * 1024, 2
PAYING = ("choose", "home", "intent", "find", "check", "order")
WATCH = """
window.largest = 0
new PerformanceObserver(seen => { for (const one of seen.getEntries()) window.largest = one.startTime })
    .observe({type: 'largest-contentful-paint', buffered: true})
"""
SETTLED = "() => new Promise(done => setTimeout(() => done(window.largest), 300))"


@dataclass(frozen=True)
class Opened:
    """One page as it came: seconds until its largest part stood there, bytes and requests before it was painted."""

    route: str
    lcp_s: float
    packed: int
    requests: int


def measure(scale: float) -> list[Row]:
    """Worst and middle of all pages, and of those on the way to a payment. `scale`: how much of the pages."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_demo(Path(home)) as demo,
        sync_playwright() as playwright,
        running_browser(playwright) as browser,
    ):
        stops = walk(demo)
        stops = stops[: max(20, int(len(stops) * scale))]
        opened = [one for big in (False, True) for one in _open_all(browser, demo, stops, big=big)]
    paying = [one for one in opened if one.route in PAYING]
    worst = max(opened, key=lambda one: one.lcp_s)
    return [
        at_most("P9 LCP on the way to a payment, worst", max(one.lcp_s for one in paying), "s", LIMIT_S, "issue 7"),
        beside("P9 LCP on the way to a payment, middle", median(one.lcp_s for one in paying), "s"),
        at_most(f"P9 LCP of {len(opened)} pages, worst: {worst.route}", worst.lcp_s, "s", LIMIT_S, "issue 7"),
        beside("P9 LCP of all pages, middle", median(one.lcp_s for one in opened), "s"),
        at_most("P9 bytes of a page, most", max(one.packed for one in opened), "B", LIMIT_BYTES, "issue 7"),
        at_most("P9 requests of a page, most", max(one.requests for one in opened), "", LIMIT_REQUESTS, "issue 7"),
    ]  # fmt: skip


def _open_all(browser: Browser, demo: Demo, stops: list[Stop], *, big: bool) -> list[Opened]:
    visitor = open_visitor(browser, "phone", large=demo.pages if big else "")
    visitor.page.add_init_script(WATCH)
    line = visitor.context.new_cdp_session(visitor.page)
    try:
        return [_open(visitor.page, line, demo, stop) for stop in stops]
    finally:
        visitor.context.close()


def _open(page: Page, line: CDPSession, demo: Demo, stop: Stop) -> Opened:
    log_in_as(page.context, demo.pages, stop)
    _slow(line, slow=False)
    seen = look(page, demo.pages + stop.path)
    _slow(line, slow=True)
    page.goto(demo.pages + stop.path, wait_until="load")
    return Opened(stop.route, page.evaluate(SETTLED) / 1_000, seen.packed, len(seen.requests))


def _slow(line: CDPSession, *, slow: bool) -> None:
    rate = LINE_BYTES_S if slow else -1
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": THERE_AND_BACK_MS if slow else 0,
            "downloadThroughput": rate,
            "uploadThroughput": rate,
        },
    )
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER if slow else 1})
