"""`make pages`: every page × {标准版, 大字版} × {390, 1366} as pictures, and one sheet of each four to look at."""

import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import django
from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parents[3] / "build" / "pages"
SHEET = (
    "<!doctype html><meta charset=utf-8><title>{title}</title><style>body{{margin:8px;font:12px sans-serif}}\
figure{{display:inline-block;vertical-align:top;width:{width}px;margin:4px}}img{{width:100%;border:1px solid #999}}</style>\
<h1>{title}</h1>{figures}"
)
FIGURE = '<figure><img loading="eager" src="{file}"><figcaption>{name}</figcaption></figure>'
THUMB = {"phone": 230, "desk": 420}


def main() -> None:
    """Walk, look, write."""
    django.setup()
    from tests.support.browser import running_browser  # noqa: PLC0415 (needs Django's settings)
    from tests.support.demo import running_demo  # noqa: PLC0415
    from tests.support.pages.routes import missing, walk  # noqa: PLC0415

    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as home,
        running_demo(Path(home)) as demo,
        sync_playwright() as playwright,
        running_browser(playwright) as browser,
    ):
        stops = walk(demo)
        for big in (False, True):
            for screen in THUMB:
                pictures(browser, demo.pages, stops, screen, big=big)
    shutil.rmtree(FOLDER / "home", ignore_errors=True)
    left = "、".join(sorted(missing(stops))) or "没有"
    told = f"{len(stops)} 页 × 4，{time.monotonic() - began:.0f} 秒；没有走到的：{left}"
    click.echo(f"{told}；看 {FOLDER}/index.html")


def pictures(browser: Browser, pages: str, stops: Sequence, screen: str, *, big: bool) -> None:
    """One version at one width: a picture of each page, and the sheet of them all."""
    from tests.support.browser import open_visitor  # noqa: PLC0415
    from tests.support.pages.routes import log_in_as  # noqa: PLC0415

    title = f"{'big' if big else 'standard'}-{screen}"
    (FOLDER / title).mkdir()
    visitor = open_visitor(browser, screen, scripts=False, large=pages if big else "")
    for stop in stops:
        log_in_as(visitor.context, pages, stop)
        visitor.page.goto(pages + stop.path)
        visitor.page.screenshot(path=FOLDER / title / f"{stop.name}.png", full_page=True)
    sheet(title, [stop.name for stop in stops], THUMB[screen])
    visitor.context.close()
    look = browser.new_page(viewport={"width": 1880, "height": 1000})
    look.goto((FOLDER / f"{title}.html").as_uri())
    look.screenshot(path=FOLDER / f"{title}.png", full_page=True)
    look.close()


def sheet(title: str, names: Iterable[str], width: int) -> None:
    """The page that shows the pictures of one version side by side, and the one that lists the versions."""
    figures = "\n".join(FIGURE.format(file=f"{title}/{name}.png", name=name) for name in names)
    (FOLDER / f"{title}.html").write_text(SHEET.format(title=title, width=width, figures=figures), "utf-8")
    links = "".join(
        f'<p><a href="{each.name}">{each.stem}</a></p>' for each in sorted(FOLDER.glob("*-*.html"))
    )
    (FOLDER / "index.html").write_text(f"<!doctype html><meta charset=utf-8>{links}", "utf-8")


if __name__ == "__main__":
    main()
