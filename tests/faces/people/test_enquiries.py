"""E12: the enquiries of one person side by side, when paid, when handed in, when posted."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from canbao.faces import wiring
from canbao.records.models import Attempt, ContributionRecord
from canbao.services.exchange.treasury import receive_postings
from canbao.services.money.collect import collect
from canbao.services.money.pay import pay
from canbao.services.money.settle import Arrival, settle
from canbao.services.people.one_way import answer as answer_group
from sandbox.treasury.answer import answer
from tests.faces.people.test_identity import Holder
from tests.support.people.fake_identity import FakeIdentity
from tests.support.world import BACK, id_number, make_world

PLACE, NAME, BORN = "140403", "张三", date(1980, 1, 1)
PAID = datetime(2024, 9, 25, 2, 0, tzinfo=UTC)
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


def test_paid_at_a_counter_never_shows_among_wechats_own(phone):
    collect(phone.world.env, [someone(phone)], "cash", "甲")
    receive_postings(phone.world.env, [posting(date(2024, 9, 25))])

    own, posted = pages(phone)

    assert "没有记录" in own
    assert "2024年9月25日" in posted


def test_nobody_sees_either_without_a_login(phone):
    for view in ("own", "posted"):
        assert phone.open(f"/a/{PLACE}/mine/{view}/").status_code == 302
