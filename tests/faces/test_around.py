"""What stands around every page: headers, 大字版, the demo's day, the words a template may use."""

from datetime import date

import pytest

from canbao.faces.citizen.words import chinese_date, short_yuan, spaced, yuan
from tests.faces.conftest import Phone
from tests.support.world import CHIPING

PAGES = [
    "/",
    f"/a/{CHIPING}/",
    f"/a/{CHIPING}/pay/",
    f"/a/{CHIPING}/pay/self/",
    f"/a/{CHIPING}/contacts/",
    "/v/",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_kept_by_nobody_and_runs_no_script_but_ours(phone: Phone, path: str) -> None:
    page = phone.open(path)

    policy = page["Content-Security-Policy"]
    assert page["Cache-Control"] == "no-store"
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light(phone: Phone, path: str) -> None:
    """At most 15 KB before the first paint, compressed; these are far below even plain."""
    assert len(phone.open(path).content) < 15_000


def test_large_print_is_remembered_until_it_is_switched_off(phone: Phone) -> None:
    assert 'class="big"' in phone.open("/", big="1").content.decode()
    assert 'class="big"' in phone.open(f"/a/{CHIPING}/").content.decode()
    phone.open("/", big="0")
    assert 'class="big"' not in phone.open(f"/a/{CHIPING}/").content.decode()


def test_the_area_is_remembered(phone: Phone) -> None:
    phone.open(f"/a/{CHIPING}/")

    assert "上次选的：聊城市茌平区" in phone.open("/").content.decode()


def test_the_demo_says_that_it_is_one_and_which_day_it_lives_on(
    phone: Phone, settings: pytest.FixtureRequest
) -> None:
    assert "演示" not in phone.open(f"/a/{CHIPING}/").content.decode()
    settings.DEMO = True

    page = phone.open(f"/a/{CHIPING}/").content.decode()

    assert "演示环境，不是真的缴费" in page
    assert "2021年11月10日" in page


def test_a_fault_of_ours_says_that_no_money_is_lost_and_shows_no_cause(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object) -> None:
        raise RuntimeError("a secret cause")

    monkeypatch.setattr("canbao.faces.citizen.home_pages.season_card", fall)
    phone.client.raise_request_exception = False

    page = phone.open(f"/a/{CHIPING}/")

    assert page.status_code == 500
    assert "已经付的钱不会丢" in page.content.decode()
    assert "secret" not in page.content.decode()


def test_money_and_days_are_written_as_people_read_them() -> None:
    assert (yuan(28_000), short_yuan(28_000), short_yuan(8_750)) == ("280.00", "280", "87.50")
    assert chinese_date(date(2021, 1, 1)) == "2021年1月1日"
    assert chinese_date(None) == "未公布"
    assert spaced("26165300000001005") == "2616 5300 0000 0100 5"
