"""退费进度: what a resident sees of a refund, and where the notice sends them to apply."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from canbao.faces import wiring
from canbao.records.models import Attempt, Order, Refund
from canbao.services.money.pay import start
from canbao.services.money.refund import Application, apply, approve, refuse, verify
from canbao.services.money.repay import repay, settle_refunds
from canbao.services.money.settle import Arrival, settle
from tests.faces.conftest import Phone
from tests.support.reconciling import a_payment, as_staff, asked
from tests.support.world import BACK, make_world


@pytest.fixture
def fuyang(db, monkeypatch) -> Phone:
    """阜阳 on 5 October 2020, somebody who has paid: nothing is refunded online there (FY-14)."""
    world = make_world(datetime(2020, 10, 5, 2, 0, tzinfo=UTC))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    a_payment(world)
    return Phone(world, Client(enforce_csrf_checks=True))


def page(phone: Phone) -> str:
    answer = phone.open(f"/o/{Order.objects.order_by('id').first().token}/refund/")
    assert answer.status_code == 200
    return answer.content.decode()


def steps_done(said: str) -> int:
    return said.count(" ✓</li>")


def applied(phone: Phone) -> Refund:
    wish = Application(Order.objects.get().order_no, 1, "duplicate", terminated_date=date(2020, 10, 5))
    return apply(as_staff(phone.world, "甲"), [wish])[0]


def test_where_the_notice_forbids_it_there_is_no_button_and_the_page_says_where_to_go(fuyang):
    said = page(fuyang)
    assert "这里不能网上退费" in said
    assert "参保地居民医保经办机构" in said
    assert "缴费后取得资助资格" in said
    assert "<form" not in said


def test_every_step_shows_as_it_is_done(fuyang):
    env = fuyang.world.env
    refund = applied(fuyang)
    assert steps_done(page(fuyang)) == 1
    refund = verify(as_staff(fuyang.world, "甲"), refund.refund_no)
    assert steps_done(page(fuyang)) == 2
    approve(as_staff(fuyang.world, "乙"), refund.refund_no, refund.content_hash)
    repay(env)
    assert steps_done(page(fuyang)) == 3
    assert "正在退回原来的账户" in page(fuyang)
    settle_refunds(env, [fuyang.world.channel.end_refund(refund.refund_no)])
    assert steps_done(page(fuyang)) == 4
    assert "已退 280.00 元" in page(fuyang)


def test_money_that_cannot_be_delivered_is_not_called_lost(fuyang):
    refund = applied(fuyang)
    refund = verify(as_staff(fuyang.world, "甲"), refund.refund_no)
    approve(as_staff(fuyang.world, "乙"), refund.refund_no, refund.content_hash)
    repay(fuyang.world.env)
    settle_refunds(fuyang.world.env, [fuyang.world.channel.end_refund(refund.refund_no, "ABNORMAL")])
    assert "钱还在，不会丢" in page(fuyang)


def test_a_refused_refund_says_so_and_shows_no_steps(fuyang):
    refuse(as_staff(fuyang.world, "甲"), applied(fuyang).refund_no, "没有重复")
    said = page(fuyang)
    assert "没有退费" in said
    assert steps_done(said) == 0


def test_what_was_paid_twice_has_its_progress_at_once(fuyang):
    number = asked(fuyang.world)
    second = number[:-2] + "02"
    order = Order.objects.get(order_no=number[:-2])
    Attempt.objects.filter(out_trade_no=number).update(state="failed")
    start(fuyang.world.env, order, BACK)
    for no in (number, second):
        settle(fuyang.world.env, [Arrival(fuyang.world.channel.take_money(no))])
    said = fuyang.open(f"/o/{order.token}/refund/").content.decode()
    assert "多缴了一笔" in said
    assert steps_done(said) == 1


def test_an_order_that_was_never_paid_has_nothing_to_give_back(fuyang):
    number = asked(fuyang.world)
    order = Order.objects.get(order_no=number[:-2])
    assert "这笔订单没有收款" in fuyang.open(f"/o/{order.token}/refund/").content.decode()


def test_a_token_nobody_was_given_opens_no_refund(fuyang):
    assert fuyang.open("/o/0000AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/refund/").status_code == 404


def test_the_done_page_leads_there_and_the_page_shows_no_full_name(fuyang):
    token = Order.objects.get().token
    assert f"/o/{token}/refund/" in fuyang.open(f"/o/{token}/").content.decode()
    applied(fuyang)
    assert "李小兰" not in page(fuyang)
