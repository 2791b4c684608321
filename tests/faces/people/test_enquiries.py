"""E12: the enquiries of one person side by side, when paid, when handed in, when posted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from canbao.basics.days import local_date
from canbao.faces import wiring
from canbao.records.models import Attempt, ContributionRecord
from canbao.services.exchange.treasury import receive_postings, remit
from canbao.services.money.collect import collect
from canbao.services.money.pay import pay
from canbao.services.money.settle import Arrival, settle
from canbao.services.people.one_way import answer as answer_group
from canbao.services.system.packs import publish
from sandbox.treasury.answer import answer
from tests.faces.people.test_identity import Holder
from tests.support.people.fake_identity import FakeIdentity
from tests.support.reconciling import as_row, closed, uploaded
from tests.support.world import BACK, PACKS, id_number, make_world

PLACE, NAME, BORN = "140403", "张三", date(1980, 1, 1)
PAID, SPRING = datetime(2024, 9, 25, 2, 0, tzinfo=UTC), datetime(2025, 1, 24, 2, 0, tzinfo=UTC)
HEADER = "rsdt_clct_detl_id,insutype,poolarea_no,cashym,psn_clct_amt,clct_way,clct_time,ursn_time,intsury_time,elec_taxrpt_no"


@pytest.fixture
def phone(db, monkeypatch) -> Holder:
    """长治 on 25 September 2024."""
    holder = Holder(make_world(PAID), Client(enforce_csrf_checks=True))
    holder.identity = FakeIdentity()
    monkeypatch.setattr(
        wiring, "env", lambda actor: replace(holder.world.env, actor=actor, identity=holder.identity)
    )
    return holder


def pages(phone: Holder) -> tuple[str, str]:
    """我的缴费记录 and 参保人缴费查询, after logging in afresh."""
    phone.open(f"/a/{PLACE}/mine/")
    phone.prove(phone.send(f"/a/{PLACE}/login/real_name/", to="mine"), NAME, id_number(PLACE, BORN, 1))
    own, posted = (phone.open(f"/a/{PLACE}/mine/{view}/").content.decode() for view in ("own", "posted"))
    return own, posted


def posting(on: date) -> bytes:
    record = ContributionRecord.objects.get()
    row = f"{record.receipt_no},390,140400,202501,400.00,02,,2024-09-26,,"
    return answer(f"{HEADER}\r\n{row}\r\n合计,1,400.00\r\n", on).encode()


def someone(phone: Holder):
    return phone.world.opening(phone.world.bill(phone.world.person(PLACE, "adult", BORN, NAME), 2025))


def test_paid_by_wechat_shows_at_once_here_and_without_its_amount_when_posted_there(phone):
    opening = someone(phone)
    answer_group(phone.world.env, opening.bill_id, "no", "self")
    pay(phone.world.env, opening, BACK)
    settle(phone.world.env, [Arrival(phone.world.channel.take_money(Attempt.objects.get().out_trade_no))])
    own, posted = pages(phone)
    assert "400.00 元" in own
    assert "没有记录" in posted
    assert "还有 1 笔已经缴了，还没有入库" in posted

    receive_postings(phone.world.env, [posting(date(2024, 10, 8))])
    _, handed_in = pages(phone)
    assert "没有记录" in handed_in, "not before the treasury's own day"

    phone.world = phone.world.later(minutes=13 * 24 * 60)
    own, posted = pages(phone)
    assert "2024年10月8日" in posted
    assert "400.00" not in posted, "CZ-23"
    assert "400.00 元" in own


READINGS = {True: (date(2024, 10, 8), date(2025, 2, 7)), False: (date(2024, 10, 9), date(2025, 2, 8))}


def read_as(world, inclusive: bool) -> None:
    """Publish the notice with the other reading of 入库后5个工作日 (CZ-22)."""
    pack = (PACKS / "140400" / "2025.yaml").read_bytes()
    stated = b"lag_is_inclusive: {value: true"
    assert stated in pack
    word = b"true" if inclusive else b"false"
    changed = pack.replace(stated, b"lag_is_inclusive: {value: " + word)
    publish({("140400", 2025): changed}, world.env.now - timedelta(minutes=1), ["test"])


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main")]


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("paid", [0, 1], ids=["before 国庆", "before 春节"])
def test_the_three_enquiries_side_by_side_at_four_moments_in_both_readings_of_the_flag(
    phone, inclusive, paid
):
    """Paid, remitted, posted, echoed: ours at once with the amount and the day to expect; the treasury's without it."""
    phone.world = replace(phone.world, env=phone.world.env.at((PAID, SPRING)[paid]))
    phone.world.channel.now = phone.world.env.now
    read_as(phone.world, inclusive)
    expected = READINGS[inclusive][paid]
    opening = someone(phone)
    answer_group(phone.world.env, opening.bill_id, "no", "self")
    pay(phone.world.env, opening, BACK)
    settle(phone.world.env, [Arrival(phone.world.channel.take_money(Attempt.objects.get().out_trade_no))])

    def look() -> tuple[str, str, str]:
        own, posted = pages(phone)
        return own, posted, phone.open(f"/a/{PLACE}/mine/certificate/").content.decode()

    own, posted, certificate = look()  # paid
    assert "400.00 元" in own
    assert f"{expected:%Y}年{expected.month}月{expected.day}日" in own
    assert "没有记录" in posted
    assert "还没有入库" in certificate

    day = local_date(phone.world.env.now)  # remitted
    phone.world = phone.world.later(minutes=26 * 60)
    uploaded(phone.world, [as_row(next(iter(phone.world.channel.paid.values())))], day)
    closed(phone.world, day)
    assert len(list(remit(phone.world.env, "wechat", day))) == 3
    assert main_of(look()[1]) == main_of(posted)

    days = (expected - local_date(phone.world.env.now)).days  # posted there, and nobody has told us yet
    phone.world = phone.world.later(minutes=days * 24 * 60)
    assert main_of(look()[1]) == main_of(posted)

    receive_postings(phone.world.env, [posting(expected)])  # echoed
    own, posted, certificate = look()
    assert f"{expected:%Y}年{expected.month}月{expected.day}日" in posted
    assert "400" not in main_of(posted), "CZ-23"
    assert "400.00 元" in own
    assert "起能查到" not in own
    assert "还没有入库" not in certificate


def test_where_no_lag_is_stated_no_date_is_promised(db, monkeypatch):
    world = make_world(datetime(2021, 11, 10, 2, 0, tzinfo=UTC))
    phone = Holder(world, Client(enforce_csrf_checks=True))
    phone.identity = FakeIdentity()
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor, identity=phone.identity))
    opening = world.opening(world.bill(world.person("371503", "student", date(2012, 4, 16), NAME), 2022))
    pay(world.env, opening, BACK)
    settle(world.env, [Arrival(world.channel.take_money(Attempt.objects.get().out_trade_no))])
    phone.open("/a/371503/mine/")
    phone.prove(
        phone.send("/a/371503/login/real_name/", to="mine"), NAME, id_number("371503", date(2012, 4, 16), 1)
    )
    own = phone.open("/a/371503/mine/own/").content.decode()
    assert "280.00 元" in own
    assert "起能查到" not in own


def test_paid_at_a_counter_never_shows_among_wechats_own(phone):
    collect(phone.world.env, [someone(phone)], "cash", "甲")
    receive_postings(phone.world.env, [posting(date(2024, 9, 25))])

    own, posted = pages(phone)

    assert "没有记录" in own
    assert "2024年9月25日" in posted


def test_nobody_sees_either_without_a_login(phone):
    for view in ("own", "posted"):
        assert phone.open(f"/a/{PLACE}/mine/{view}/").status_code == 302
