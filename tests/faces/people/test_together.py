"""全家一起缴: gathered, checked and paid at once, through the pages; one person's trouble is nobody else's."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from canbao.faces import wiring
from canbao.records.models import Bill, ContributionRecord, Order
from canbao.services.money.collect import collect
from canbao.services.money.settle import Arrival, settle
from tests.faces.conftest import Phone
from tests.support.world import CHIPING, id_number, make_world

PATH = f"/a/{CHIPING}/together/"


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def family(phone: Phone) -> list[tuple[str, str]]:
    """Three students and an adult, who cannot pay here now (CP-17)."""
    people = [("张小满", date(2012, 4, 16), "student"), ("张小雪", date(2013, 5, 6), "student"),
              ("张小雨", date(2014, 6, 7), "student"), ("张大海", date(1980, 1, 2), "adult")]  # fmt: skip
    for name, birth, class_ in people:
        phone.world.person(class_=class_, birth=birth, name=name)
    return [(name, id_number(CHIPING, birth, nth(n))) for n, (name, birth, _) in enumerate(people)]


def nth(n: int) -> int:
    """The order number that the world gives its n-th person."""
    return 1 + 2 * n


def gathered(phone: Phone, family) -> str:
    """Add them all; the address of the list."""
    phone.open(PATH)
    path = PATH
    for name, number in family:
        path = phone.send(path, do="add", name=name, number=number, consent="yes")["Location"]
    return path


def bills_on(page: str) -> list[str]:
    return re.findall(r'name="bill" value="(\d+)"', page)


def test_four_are_gathered_three_are_paid_by_one_payment_and_each_has_a_receipt(phone, family):
    path = gathered(phone, family)
    page = text(phone.open(path))
    assert page.count(">待缴<") == 3
    assert "人员类别不符，不能缴费" in page
    assert "840.00 元" in page
    assert not [number for _, number in family if number in page]

    sent = phone.client.post(
        path,
        {"do": "go", "bill": bills_on(page), "csrfmiddlewaretoken": phone.client.cookies["csrftoken"].value},
    )
    assert "¥840.00" in text(phone.open(sent["Location"]))
    phone.send(sent["Location"])
    phone.send(sent["Location"])
    order = Order.objects.get()
    settle(phone.world.env, [Arrival(phone.world.channel.take_money(f"{order.order_no}01"))])

    done = text(phone.open(f"/o/{order.token}/"))
    assert "已收到 840.00 元" in done
    assert "张*满、张*雪、张*雨" in done
    assert text(phone.open(f"/o/{order.token}/receipt/")).count("验真码") == 3
    assert text(phone.open(path)).count(">已缴<") == 3


def test_whoever_paid_elsewhere_meanwhile_sends_the_others_back_to_the_list_uncharged(phone, family):
    path = gathered(phone, family[:2])
    bills = bills_on(text(phone.open(path)))
    token = phone.client.cookies["csrftoken"].value
    sent = phone.client.post(path, {"do": "go", "bill": bills, "csrfmiddlewaretoken": token})
    collect(phone.world.env, [phone.world.opening(Bill.objects.get(id=bills[0]))], "cash", "desk")

    back = phone.send(sent["Location"])
    page = text(phone.open(back["Location"]))
    assert "还没有扣钱" in page
    assert page.count(">已缴<") == 1
    assert page.count(">待缴<") == 1
    assert "280.00 元" in page
    assert Order.objects.filter(state="open").count() == 0
    assert ContributionRecord.objects.count() == 1


def test_nobody_ticked_and_a_wrong_number_are_said_and_nothing_typed_is_lost(phone, family):
    path = gathered(phone, family[:1])
    assert "请至少勾选一位" in text(phone.send(path, do="go"))
    answer = text(phone.send(path, do="add", name="张小雪", number="371599201305060000", consent="yes"))
    assert "有一位不对" in answer
    assert 'value="张小雪"' in answer
    stranger = text(phone.send(path, do="add", name="不认识", number=family[1][1], consent="yes"))
    assert "没有查到" in stranger


def test_a_bill_that_is_not_in_the_cart_is_never_paid(phone, family):
    other = phone.world.bill(phone.world.person(birth=date(2011, 1, 1), name="别人家"))
    path = gathered(phone, family[:1])
    assert "请至少勾选一位" in text(phone.send(path, do="go", bill=str(other.id)))
    assert phone.send(path, do="release", of=str(other.id)).status_code == 404


def test_somebody_taken_out_is_gone_and_an_unfinished_order_can_be_let_go(phone, family):
    path = gathered(phone, family[:2])
    page = text(phone.open(path))
    dropped = re.search(r'name="of" value="(\d+)"', page)
    assert dropped
    path = phone.send(path, do="drop", of=dropped[1])["Location"]
    page = text(phone.open(path))
    assert "张*满" not in page

    bill = Bill.objects.get(id=bills_on(page)[0])
    phone.world.order(bill)
    held = text(phone.open(path))
    assert "有一笔没付完的订单" in held
    assert not bills_on(held)
    path = phone.send(path, do="release", of=str(bill.id))["Location"]
    assert bills_on(text(phone.open(path))) == [str(bill.id)]


def test_no_more_than_eight_fit_and_the_limit_is_said_before_anybody_starts(phone, family):
    assert "一次最多 8 位" in text(phone.open(PATH))


def test_where_the_notice_asks_first_each_is_asked_and_nobody_waits_for_the_others(phone, monkeypatch):
    """CZ-09: 长治."""
    world = make_world(datetime(2024, 10, 9, 2, 0, tzinfo=UTC))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    path, births = "/a/140403/together/", (date(1962, 2, 11), date(1990, 8, 18))
    phone.open(path)
    for n, birth in enumerate(births):
        world.person("140403", "adult", birth, "陈大桂")
        number = id_number("140403", birth, nth(n))
        path = phone.send(path, do="add", name="陈大桂", number=number, consent="yes")["Location"]
    page = text(phone.open(path))
    assert page.count(">先回答<") == 2
    assert not bills_on(page)
    asked = re.findall(r'name="do" value="answer"><input type="hidden" name="of" value="(\d+)"', page)

    path = phone.send(path, do="answer", of=asked[0], group_answer="no")["Location"]
    assert len(bills_on(text(phone.open(path)))) == 1
