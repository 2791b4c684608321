"""What a page is measured by in a real browser: targets, texts, widths, weight, and numbers nobody may see."""

import gzip
import re
from dataclasses import dataclass, field
from datetime import date

from playwright.sync_api import Page, Response

from canbao.basics.documents import BadNumber, parse_resident_id
from tests.support.browser import AXE

MAIN_TARGETS = (
    "main button, main a.button, main .list a, main summary, main select, main textarea, main label.tick, .acts a.button, .acts button,"
    "main input[type=text], main input[type=date], main input[type=file]"
)
# Parts of a page below which something is said or done; script and style say nothing.
_SMALL = """(least) => {
  const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), owner = walker.currentNode.parentElement;
    if (!text || ["SCRIPT", "STYLE", "NOSCRIPT", "OPTION", "OPTGROUP"].includes(owner.tagName)) continue;
    if (owner.getClientRects().length && parseFloat(getComputedStyle(owner).fontSize) < least)
      found.add(owner.tagName + "." + owner.className + ": " + text.slice(0, 20));
  }
  return [...found];
}"""
_LOW = """([selector, least]) => [...document.querySelectorAll(selector)]
  .filter(one => one.getClientRects().length && one.getBoundingClientRect().height < least - 0.5)
  .map(one => one.tagName + " " + (one.textContent.trim() || one.name).slice(0, 20) + " "
       + Math.round(one.getBoundingClientRect().height))"""
_AXE = "axe.run(document, {resultTypes: ['violations']})"
_WIDER = "document.documentElement.scrollWidth"
NUMBERS = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")


@dataclass
class Seen:
    """What one page asked of the network before it stood: the bytes of the page itself, and how many requests."""

    requests: list[str] = field(default_factory=list)
    html: bytes = b""

    @property
    def packed(self) -> int:
        """Bytes of the page, compressed as a server sends it; its style is inside."""
        return len(gzip.compress(self.html, 9))


def look(page: Page, url: str) -> Seen:
    """Open a page and note what it took."""
    seen = Seen()

    def note(response: Response) -> None:
        if not response.url.startswith("data:"):
            seen.requests.append(response.url)

    page.on("response", note)
    answer = page.goto(url)
    page.remove_listener("response", note)
    assert answer is not None
    seen.html = answer.body()
    return seen


def low_targets(page: Page, least: int) -> list[str]:
    """The main targets that are lower than so many pixels."""
    found: list[str] = page.evaluate(_LOW, [MAIN_TARGETS, least])
    return found


def small_texts(page: Page, least: float) -> list[str]:
    """The texts written smaller than so many pixels."""
    found: list[str] = page.evaluate(_SMALL, least)
    return found


def sideways(page: Page, width: int, zoom: int = 100) -> int:
    """By how many pixels the page is wider than a screen of this width, with the text at so many percent."""
    height = (page.viewport_size or {"height": 844})["height"]
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(
        "percent => { const root = document.documentElement; root.style.fontSize = ''; if (percent !== 100)"
        " root.style.fontSize = parseFloat(getComputedStyle(root).fontSize) * percent / 100 + 'px'; }",
        zoom,
    )
    wider: int = page.evaluate(_WIDER)
    page.evaluate("document.documentElement.style.fontSize = ''")
    return max(0, wider - width)


def barriers(page: Page) -> list[str]:
    """What axe calls serious or critical."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(_AXE)
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def bare_numbers(text: str) -> list[str]:
    """The ID numbers that stand unmasked in a text."""
    return [number for number in NUMBERS.findall(text) if _is_id(number)]


def _is_id(text: str) -> bool:
    try:
        parse_resident_id(text, date(2100, 1, 1))
    except BadNumber:
        return False
    return True
