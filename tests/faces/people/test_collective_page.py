"""The page a village's payer is shown: a code, a sum, a count; and nobody's name."""

import pytest

from canbao.records.models import Bill, CollectionOrder
from canbao.services.money.collective.follow import cancel_order, code_of, page_of
from canbao.services.money.collective.gather import open_collection
from canbao.services.money.pay import pay, release
from canbao.services.money.settle import Arrival, settle
from tests.services.money.collective.conftest import Village
from tests.support.world import BACK


@pytest.fixture
def village(phone) -> Village:
    return Village(phone.world)


def opened(village, size=3, by="wechat"):
    ids = village.people(size)
    kept = village.collection(ids)
    order = open_collection(village.world.env, kept.id, by)
    return ids, kept, order, f"/c/{page_of(order)}/"


def test_it_shows_the_code_the_sum_and_the_count_and_no_name(phone, village):
    *_, order, path = opened(village)
    page = phone.open(path).content.decode()
    for said in ("<svg", "840.00 元", "共 3 人", "城关小学", "微信支付扫一扫", "已缴", "0 人"):
        assert said in page
    assert "张" not in page
    assert order.token not in page  # the order's own page names its people, and cancels it


def test_once_paid_it_says_so_without_a_callback(phone, village):
    *_, order, path = opened(village)
    phone.open(path)
    village.world.channel.take_money(f"{order.order_no}01")
    page = phone.open(path).content.decode()
    assert "已收到 840.00 元" in page
    assert "3 人已缴清" in page
    assert "<svg" not in page


def test_who_paid_otherwise_meanwhile_is_a_count_and_a_sum_to_be_given_back(phone, village):
    ids, _, order, path = opened(village)
    phone.open(path)
    world, bill = village.world, Bill.objects.get(person=ids[0])
    release(world.env, bill.id)
    own = world.opening(bill)
    pay(world.env, own, BACK)
    settle(world.env, [Arrival(world.channel.take_money(f"{own.order_no}01"))])
    world.channel.take_money(f"{order.order_no}01")
    page = phone.open(path).content.decode()
    assert "有 1 人多缴了" in page
    assert "280.00 元会退给付款人" in page


def test_a_cancelled_code_and_one_that_cannot_be_had_are_told(phone, village):
    _, kept, _, path = opened(village)
    code_of(village.world.env, kept.id, "wechat")
    cancel_order(village.world.env, kept.id)
    assert "收款码已取消" in phone.open(path).content.decode()
    *_, path = opened(village)
    village.world.channel.is_down = True
    assert "现在没有收款码" in phone.open(path).content.decode()


def test_a_strangers_token_opens_nothing(phone, village):
    *_, order, _ = opened(village)
    assert phone.open(f"/c/{order.token}/").status_code == 404
    assert CollectionOrder.objects.count() == 1
