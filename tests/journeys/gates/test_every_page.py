"""The gates of every page: barriers, widths, targets, texts, weight, and numbers; 标准版 and 大字版, phone and desk."""

from collections import defaultdict
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.support.browser import SCREENS, open_visitor
from tests.support.demo import Demo
from tests.support.pages import eyes
from tests.support.pages.routes import Stop, log_in_as, missing

PHONE, DESK = SCREENS["phone"][0], SCREENS["desk"][0]
NARROW, MOST_BYTES, MOST_REQUESTS = 320, 15 * 1024, 2
LEAST_TARGET = {False: 44, True: 60}
LEAST_TEXT, MAIN_TEXT = 18, "22px"
# The address is left by itself: what is looked at afterwards would be another page.
MOVES_ON = {"confirming"}

Faults = dict[str, list[str]]


def test_the_walk_reaches_every_page_there_is(stops: list[Stop]) -> None:
    assert missing(stops) == set()


@pytest.mark.parametrize("big", [False, True], ids=["standard", "big"])
def test_every_page_passes_every_gate(gated: Demo, browser: Browser, stops: list[Stop], *, big: bool) -> None:
    faults: Faults = defaultdict(list)
    visitor = open_visitor(browser, "desk", large=gated.pages if big else "")
    try:
        for stop in stops:
            log_in_as(visitor.context, gated.pages, stop)
            visitor.page.set_viewport_size({"width": PHONE, "height": 844})
            _judge(visitor.page, gated.pages + stop.path, stop, faults, big=big)
    finally:
        visitor.context.close()
    assert not visitor.strangers
    if faults:
        pytest.fail("\n".join(f"{where}: {what}" for where, what in sorted(faults.items())), pytrace=False)


def _judge(page, url: str, stop: Stop, faults: Faults, *, big: bool) -> None:
    seen = eyes.look(page, url)
    found = {
        "weight": [f"{seen.packed} bytes"] if seen.packed > MOST_BYTES else [],
        "requests": seen.requests if len(seen.requests) > MOST_REQUESTS else [],
        "number in sight": eyes.bare_numbers(seen.html.decode()),
    }
    if stop.route not in MOVES_ON:
        found |= _measured(page, big=big)
    for gate, what in found.items():
        if what:
            faults[f"{gate}: {stop.name}"] += what


def _measured(page, *, big: bool) -> Faults:
    found: Faults = {"axe at the phone's width": eyes.barriers(page)}
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found["targets"] = eyes.low_targets(page, LEAST_TARGET[big])
    if big:
        found["texts"] = eyes.small_texts(page, LEAST_TEXT)
        main = page.evaluate("getComputedStyle(document.body).fontSize")
        found["main text"] = [main] if main != MAIN_TEXT else []
    for width, zoom in ((NARROW, 100), (PHONE, 200), (NARROW, 200), (DESK, 100)):
        wider = eyes.sideways(page, width, zoom)
        found[f"sideways at {width} px, {zoom} %"] = [f"{wider} px"] if wider else []
    found["axe at the desk's width"] = eyes.barriers(page)
    return found


def test_the_eyes_see_what_they_are_for(visit: Callable) -> None:
    """Were they blind, every page would pass."""
    page = visit("desk").page
    page.set_content(
        "<main><button style='height:20px;font-size:10px'>低</button><p style='width:500px'>宽</p></main>"
    )
    assert eyes.low_targets(page, 44)
    assert eyes.small_texts(page, 18)
    assert eyes.sideways(page, 320) > 0
    assert eyes.bare_numbers("号码 371599201204169014 。") == ["371599201204169014"]
    assert eyes.bare_numbers("3715**********9014") == []
