"""Pages to read: only what the notice says, what it does not say said plainly, and old words that land right."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from canbao.faces import wiring
from tests.faces.conftest import Phone
from tests.support.world import make_world

CHIPING, CHANGZHI, LIUZHOU, FUNAN, YANHU = "371503", "140403", "450202", "341225", "140802"
SEASONS = {
    CHIPING: (2021, 11),
    CHANGZHI: (2024, 10),
    LIUZHOU: (2022, 10),
    FUNAN: (2020, 10),
    YANHU: (2021, 12),
}
PAGES = ("questions", "benefits", "official", "card", "poster", "waiting", "newborn", "refund", "menu")


@pytest.fixture
def at(db, monkeypatch: pytest.MonkeyPatch):
    """A phone in a county, in its season; the earliest season first, since a pack is published once."""

    def go(area: str) -> Phone:
        year, month = SEASONS[area]
        world = make_world(datetime(year, month, 10, 2, 0, tzinfo=UTC))
        monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
        return Phone(world, Client(enforce_csrf_checks=True))

    return go


def said(phone: Phone, area: str, page: str, **query: str) -> str:
    path = f"/a/{area}/{page}/" if page else f"/a/{area}/"
    return phone.open(path, **query).content.decode()


@pytest.mark.parametrize("area", SEASONS)
def test_every_page_answers_in_every_area(at, area: str) -> None:
    phone = at(area)
    codes = {page: phone.open(f"/a/{area}/{page}/").status_code for page in PAGES}
    assert codes == dict.fromkeys(PAGES, 200)


def test_benefits_are_the_notices_own_and_no_figure_is_made_up(at) -> None:
    """LZ-12 … LZ-14, FY-21, FY-22; 茌平 states none."""
    funan = said(at(FUNAN), FUNAN, "benefits")
    assert "报 55%，每人每年最多 250元" in funan.replace("250 元", "250元")
    assert "一级及以下" in funan
    assert "当地通告没有写待遇" in said(at(CHIPING), CHIPING, "benefits")
    liuzhou = said(at(LIUZHOU), LIUZHOU, "benefits")
    assert "在本校校园内、学校组织的活动中、上下学途中" in liuzhou
    assert "社保卡，或者医保电子凭证" in liuzhou
    assert "任一医保经办点" in liuzhou
    assert "%" not in liuzhou.split("<main")[1].split("</main")[0]


def test_the_waiting_trial_says_what_is_not_stated_instead_of_a_guess(at) -> None:
    """CZ-26: 长治 names a waiting period and no length; 茌平 none at all (CP-20)."""
    chiping = at(CHIPING)
    assert "等多久，通告没有写" in said(chiping, CHIPING, "waiting", missed="0")
    assert chiping.open(f"/a/{CHIPING}/waiting/", missed="-1").status_code == 200
    page = said(at(CHANGZHI), CHANGZHI, "waiting", missed="2")
    assert "等多久，通告没有写" in page
    assert "400.00 元" in page


@pytest.mark.parametrize(
    ("area", "words", "lands"),
    [
        (FUNAN, "微服务/城乡缴费", "/pay/"),  # FY-05
        (CHIPING, "医保服务/居民医保网上缴费", "/pay/"),  # CP-06
        (CHANGZHI, "医保服务/城乡居民医保缴费", "/pay/"),  # CZ-14
        (CHANGZHI, "山西省城乡居民社保缴纳/我的缴费记录", "/mine/"),  # CZ-20
        (LIUZHOU, "掌上办事/我要办/城乡居民参保登记", "/register/"),  # LZ-02
        (LIUZHOU, "我要查询/缴费证明查询", "/mine/"),  # LZ-20
    ],
)
def test_the_menu_words_of_old_notices_lead_to_the_page_that_does_it(at, area, words, lands) -> None:
    answer = at(area).open(f"/a/{area}/menu/{words}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/a/{area}{lands}")


def test_a_menu_word_nobody_knows_is_said_and_the_menus_are_shown(at) -> None:
    answer = at(FUNAN).open(f"/a/{FUNAN}/menu/点提现到零钱/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "没有找到这个菜单" in page
    assert "城乡缴费" in page


def test_the_official_ways_are_listed_and_the_junk_of_a_repost_is_warned_of(at) -> None:
    """FY-05, FY-27, FY-28."""
    page = said(at(FUNAN), FUNAN, "official")
    assert "阜阳医疗保障公众号" in page
    assert "不是正式流程" in page
    assert "代替身份证" in said(at(FUNAN), FUNAN, "card")
    account = said(at(FUNAN), FUNAN, "account/0")
    assert "<svg" in account
    assert "城乡缴费" in account
    assert at(FUNAN).open(f"/a/{FUNAN}/account/99/").status_code == 404


def test_the_official_page_says_who_chooses_what_in_each_selector_and_where_the_notice_does_not(at) -> None:
    """CZ-15, CZ-17, SX-08."""
    yanhu = said(at(YANHU), YANHU, "official")  # the earliest season first
    page = said(at(CHANGZHI), CHANGZHI, "official")
    assert page.count("选“特殊缴费”") == page.count("选“2025年”") == 3
    e_tax = page[page.index("山西省电子税务局</h3>") :][:600]
    assert "城乡居民社会保险费日常申报" in e_tax
    assert "通告没有写这里能不能缴" in e_tax
    assert "选“特殊人群”" in yanhu
    assert "普通居民" not in yanhu, "SX-08 names no label for them"


def test_a_newborns_days_are_counted_and_a_birthday_stays_out_of_the_address(at) -> None:
    """FY-09, E7."""
    phone = at(FUNAN)
    phone.open(f"/a/{FUNAN}/newborn/")
    page = phone.send(f"/a/{FUNAN}/newborn/", born="2020-09-20").content.decode()
    assert "<strong>" in page
    wrong = phone.send(f"/a/{FUNAN}/newborn/", born="1990-01-01")
    assert wrong.status_code == 422


def test_home_leads_to_refunds_the_family_and_the_questions(at) -> None:
    page = said(at(CHANGZHI), CHANGZHI, "")
    assert [word for word in ("退费申请", "我的家庭", "常见问题", "等待期试算") if word not in page] == []
