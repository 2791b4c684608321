"""The tax side's portals as a payer meets them: the notices' labels, the right kind, the wrong one refused with what to do."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from canbao.faces.cli.demo.portals import portal_rows
from sandbox.details import DETAIL, Details
from sandbox.tax.portals.labels import Portal
from sandbox.words import TAKEN
from tests.sandbox.bench import Bench, Form
from tests.support.world import make_world

NORMAL, ASSISTED = ("张三", "140403198001010013"), ("李四", "140403198001010021")
AREAS = {"140403": (2025, "400"), "140802": (2022, "320"), "450202": (2023, "350")}


@pytest.fixture
def bench(open_bench, db) -> Bench:
    """The portals of 长治, 运城 and 柳州, with two people: one normal, one assisted."""
    bench = open_bench()
    rows = []
    env = make_world(datetime(2021, 11, 5, 2, 0, tzinfo=UTC)).env
    for area, at in (("140802", 2021), ("450202", 2022), ("140403", 2024)):
        rows += portal_rows(env.at(datetime(at, 11, 5, 2, 0, tzinfo=UTC)), [area])
    tell(bench, "portals", portals=list({row["key"]: row for row in rows}.values()))
    for area, (year, price) in AREAS.items():
        people = [
            {"certno": no, "psn_name": name, "optins_no": area, "agency": f"{area}经办", "year": year, "normal_amt": price}
            for name, no in (NORMAL, ASSISTED)
        ]  # fmt: skip
        tell(bench, "people", people=people)
        store = bench.app.state.twin.store
        store.add(
            "tax_bill", clct_bill_id=area, certno=ASSISTED[1], psn_name=ASSISTED[0], year=str(year), psn_clct_amt="40.00",
            psn_idet_type="x", insu_admdvs=area, state="open", told_at=0.0,
        )  # fmt: skip
    return bench


def tell(bench: Bench, what: str, /, **asked: object) -> None:
    assert bench.send("POST", f"/sandbox/tax/{what}", json.dumps(asked).encode()).status_code == 200


def portal(bench: Bench, name: str) -> str:
    page = bench.send("GET", "/tax/portal/").text
    (path,) = [p for p, words in re.findall(r'href="(/tax/portal/[^"]+/)">([^<]+)<', page) if name in words]
    return path


class Walk:
    """Somebody at a portal, without a script: each press sends the page's own form."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench, self.page = bench, bench.send("GET", portal(bench, name))

    def press(self, button: str = "", **typed: str) -> "Walk":
        """Press a button by its words, with what was typed."""
        form = Form(self.page.text)
        assert not form.scripts
        pressed = dict(
            re.findall(r'<button[^>]* name="([^"]+)" value="([^"]*)">' + re.escape(button), self.page.text)
        ) if button else {}  # fmt: skip
        data = form.fields | typed | pressed
        body = urlencode(data).encode()
        self.page = self.bench.send(
            "POST", form.action, body, Content_Type="application/x-www-form-urlencoded"
        )
        return self

    def be(self, who: tuple[str, str], **more: str) -> "Walk":
        return self.press(psn_name=who[0], certno=who[1], **more)

    @property
    def text(self) -> str:
        return self.page.text


def collected(bench: Bench) -> list[dict]:
    return bench.send("GET", "/sandbox/tax/collected").json()["collected"]


def test_a_normal_payer_picks_the_year_and_pays_the_full_price(bench):
    """CZ-15: 2025年."""
    walk = Walk(bench, "山西省电子税务局").be(NORMAL)
    assert "140403经办" in walk.text
    walk.press("2025年")
    assert "¥400.00" in walk.text
    walk.press("去支付")
    assert "缴费成功" in walk.text
    (row,) = collected(bench)
    assert (row["kind"], row["amt"], row["optins_no"], row["portal"]) == (
        "1",
        "400.00",
        "140403",
        "e_tax_web",
    )


def city_service(bench: Bench, year: str) -> Walk:
    """Two notices name 微信城市服务; this one is of that year."""
    page = bench.send("GET", "/tax/portal/").text
    paths = re.findall(r'href="(/tax/portal/[^"]+city_service/)">[^<]+<br><small[^>]*>[^<]+· (\d+)', page)
    walk = Walk.__new__(Walk)
    walk.bench = bench
    walk.page = bench.send("GET", next(path for path, of in paths if of == year))
    return walk


def test_an_assisted_payer_picks_the_special_kind_and_pays_their_part(bench):
    """CZ-15: 特殊缴费."""
    walk = city_service(bench, "2025").be(ASSISTED).press("特殊缴费")
    assert "¥40.00" in walk.text
    walk.press("去支付")
    (row,) = collected(bench)
    assert (row["kind"], row["amt"]) == ("2", "40.00")
    bills = bench.send("GET", "/sandbox/tax/bills").json()["bills"]
    assert [one["state"] for one in bills if one["clct_bill_id"] == "140403"] == ["paid"]


def test_a_wrong_kind_is_refused_with_what_to_choose_and_where(bench):
    wrong = city_service(bench, "2025").be(ASSISTED).press("2025年")
    assert wrong.page.status_code == 422
    assert "请选“特殊缴费”" in wrong.text
    wrong = city_service(bench, "2025").be(NORMAL).press("特殊缴费")
    assert "请选“2025年”" in wrong.text
    assert "医保经办机构" in wrong.text
    assert collected(bench) == []


def test_where_only_the_normal_kind_is_an_assisted_payer_is_sent_to_where_the_special_one_is(bench):
    """CZ-17."""
    walk = Walk(bench, "山西省电子税务局").be(ASSISTED)
    assert "特殊缴费" not in walk.text
    walk.press("2025年")
    assert "这里只能办日常缴费" in walk.text
    assert "微信城市服务，选“特殊缴费”" in walk.text


def test_the_popup_comes_after_the_year_and_two_screens_are_looked_over_before_paying(bench):
    """SX-08."""
    walk = city_service(bench, "2022").be(ASSISTED)
    assert "特殊人群" not in Form(walk.text).buttons
    walk.press("2022")
    assert "特殊人群" in walk.text
    walk.press("特殊人群")
    assert "核对信息" in walk.text
    assert "¥" not in walk.text
    assert "pay" not in Form(walk.text).buttons
    walk.press()
    assert "核实金额" in walk.text
    assert "¥40.00" in walk.text
    walk.press("去支付")
    assert "缴费成功" in walk.text


def test_two_entrances_where_the_notice_has_two(bench):
    """LZ-15: 自主 and 他人 are told apart."""
    walk = Walk(bench, "广西税务12366")
    assert "城乡医疗自主缴费" in walk.text
    walk.press("城乡医疗他人缴费")
    assert "缴费人（您）的姓名" in walk.text
    walk.be(NORMAL, payer="王五")
    assert "450202经办" in walk.text
    walk.press("2023年").press("去支付")
    assert "缴费成功" in walk.text


def test_name_and_number_alone_are_enough_where_the_notice_says_so_and_both_must_fit(bench):
    """LZ-16."""
    walk = city_service(bench, "2023").be((NORMAL[0], ASSISTED[1]))
    assert walk.page.status_code == 422
    assert "没有查到" in walk.text
    assert "450202经办" in city_service(bench, "2023").be(NORMAL).text


def test_who_has_paid_is_not_asked_again(bench):
    Walk(bench, "山西省电子税务局").be(NORMAL).press("2025年").press("去支付")
    again = Walk(bench, "山西省电子税务局").be(NORMAL).press("2025年")
    assert "这一年已经缴过了" in again.text
    assert len(collected(bench)) == 1


def test_a_portal_nobody_handed_in_is_not_there(bench):
    assert bench.send("GET", "/tax/portal/nowhere/").status_code == 404


def test_screens_follow_from_the_notice_alone():
    bare = Portal("k", "140400", "e_tax", "税务局", (), 2025, None, None, None)
    assert (bare.normal_label, bare.special_label, bare.pops_up, bare.reviews, bare.intents) == (
        "2025年", None, False, 1, (),
    )  # fmt: skip


def test_who_paid_through_us_is_not_asked_at_a_portal_until_it_went_back_whole(bench):
    details = Details(bench.app.state.twin.store, "tax_detail")
    told = dict.fromkeys(DETAIL, "0") | {
        "insutype": "390", "certno": NORMAL[1], "psn_name": NORMAL[0], "accrym_begn": "202501", "send_flag": "1",
        "rsdt_clct_detl_id": "1", "psn_clct_amt": "400.00",
    }  # fmt: skip
    assert details.judge(told) == TAKEN
    part = {"send_flag": "0", "init_rsdt_clct_detl_id": "1"}
    for number, amount, is_paid in (("TF1", "100.00", True), ("TF2", "300.00", False)):
        details.judge(told | part | {"rsdt_clct_detl_id": number, "psn_clct_amt": amount})
        walk = Walk(bench, "山西省电子税务局").be(NORMAL).press("2025年")
        assert ("¥400.00" in walk.text) is not is_paid
