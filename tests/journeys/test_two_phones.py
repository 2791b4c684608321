"""Twenty people in a real browser who tap twice, go back, reload and use a second phone: nobody pays twice (ux.md §2).

The thousand without a browser are in `tests/races/phones`.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from random import Random

import httpx
import pytest
from playwright.sync_api import Browser, Error, Page

from canbao.faces.cli.demo.people import id_number
from tests.support.browser import open_visitor
from tests.support.demo import Demo
from tests.support.rosters import as_xlsx

CITY = "371503"
RUNS, MOVES = 20, (5, 9)
NAME, BORN = "周两机", date(2012, 4, 16)
COLUMNS = ("姓名", "身份证号", "人员类别", "参保地", "参保日期", "已缴年度")
# What may be pressed, twice, wherever a page has it; the sandbox's own page among them.
BUTTONS = ("信息无误", "支付成功", "取消那一笔", "继续支付", "取消订单", "取消没有扣款")


@pytest.fixture(scope="module")
def numbers(demo_of: Callable[[str], Demo], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Twenty who can pay, taken in from another register."""
    numbers = [id_number("371599", BORN, n) for n in range(401, 401 + 2 * RUNS, 2)]
    file = tmp_path_factory.mktemp("两部手机") / "登记.xlsx"
    file.write_bytes(
        as_xlsx([(NAME, number, "中小学生", CITY, "2020-01-01", "") for number in numbers], COLUMNS)
    )
    done = demo_of("phones").canbao("people", "import", str(file), "--from", "老系统", "--as", "甲", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["outcomes"] == {"new_person": RUNS}, (
        done.stdout + done.stderr
    )
    return numbers


def paid(demo: Demo) -> set[str]:
    """What the channel has been paid so far."""
    orders = httpx.get(f"{demo.sandbox}/sandbox/orders", trust_env=False).json()["orders"]
    return {order["out_trade_no"] for order in orders if order["trade_state"] == "SUCCESS"}


def find(page: Page, demo: Demo, number: str, payer: str) -> None:
    url = demo.url(f"/a/{CITY}/pay/{payer}/")
    try:
        page.goto(url)
    except Error:  # what was tapped last is still leading elsewhere
        page.wait_for_load_state()
        page.goto(url)
    page.fill("#name", NAME)
    page.fill("#number", number)
    page.check("input[name=consent]")
    page.get_by_role("button", name="授权查询").dblclick()
    page.wait_for_load_state()


def move(page: Page, demo: Demo, number: str, chance: Random, done: Counter[str]) -> None:
    """One thing that a hurried person does on the page they see."""
    here = [words for words in BUTTONS if page.get_by_role("button", name=words).count()]
    what = chance.choice([*(6 * here), "back", "again", "reload"])
    done[what] += 1
    try:
        if what == "back":
            page.go_back()
        elif what == "reload":
            page.reload()
        elif what == "again":
            find(page, demo, number, chance.choice(("self", "proxy")))
        else:
            page.get_by_role("button", name=what).first.dblclick(timeout=2_000)
    except Error:
        done["gone already"] += 1  # the page led away by itself, or there is none to go back to
    page.wait_for_load_state()


def test_nobody_pays_twice_with_two_phones(
    demo_of: Callable[[str], Demo], browser: Browser, numbers: list[str]
) -> None:
    demo = demo_of("phones")
    chance, done, before = Random(20), Counter[str](), paid(demo)
    broken: list[str] = []
    for nth, number in enumerate(numbers):
        kinds = ((True, False), (True,), (False,), (True, True))[nth % 4]
        phones = [open_visitor(browser, "phone", scripts=scripts) for scripts in kinds]
        for phone in phones:
            phone.page.on("response", lambda told: broken.append(told.url) if told.status >= 500 else None)
            find(phone.page, demo, number, "self")
        for _ in range(chance.randint(*MOVES)):
            move(chance.choice(phones).page, demo, number, chance, done)
        now = paid(demo)
        assert len(now - before) <= 1, f"{number} paid {now - before}"
        if now - before:
            done["paid"] += 1
            find(phones[0].page, demo, number, "self")
            assert "信息无误" not in phones[0].page.locator("main").inner_text(), (
                "who has paid is not asked again"
            )
        before = now
        for phone in phones:
            phone.context.close()
            assert not phone.strangers
    assert broken == []
    assert done["paid"] >= RUNS / 10, done
    assert done["back"] >= RUNS / 5, done
