"""短信通知 on the phone: asked for where it fits, shown masked, stopped at once; nothing personal in an address."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from canbao.faces import wiring
from canbao.records.models import Message, MessageConsent, Order, Person
from canbao.services.money.pay import pay
from canbao.services.money.settle import Arrival, settle
from canbao.services.notify.tell import ask_again, tell
from tests.faces.conftest import Phone
from tests.services.notify.test_release import LOW_INCOME, stating
from tests.support.world import BACK, CHIPING, make_world

MOBILE, FUNAN = "13800138000", "341225"


def number_of(phone: Phone, person: int) -> str:
    sealed = bytes(Person.objects.get(id=person).number_sealed)
    return phone.world.env.sealer.open(sealed, f"person:number:{person}")


def paid_order(phone: Phone) -> Order:
    opening = phone.world.opening(phone.world.bill(phone.world.person()))
    pay(phone.world.env, opening, BACK)
    settle(phone.world.env, [Arrival(phone.world.channel.take_money(f"{opening.order_no}01"))])
    return Order.objects.get(order_no=opening.order_no)


@pytest.fixture
def deferred(phone: Phone) -> str:
    """Where 提醒我 of E-1015 leads, for a 低保 student."""
    person = phone.world.marked(phone.world.person(), LOW_INCOME, date(2021, 9, 1))
    said = phone.ask("张小满", number_of(phone, person)).content.decode()
    assert 'data-code="E-1015"' in said
    (url,) = re.findall(r'href="(/a/371503/remind/[^"]+)"', said)
    return url


def test_a_paid_order_leads_to_the_page_and_the_page_back(phone):
    order = paid_order(phone)
    url = f"/o/{order.token}/tell/"
    assert url in phone.open(f"/o/{order.token}/").content.decode()
    asked = phone.open(url).content.decode()
    assert "缴费有结果时短信告诉我" in asked
    assert " checked" not in asked
    assert phone.send(url, phone=MOBILE, consent="yes").status_code == 302
    said = phone.open(url).content.decode()
    assert "138****8000" in said
    assert MOBILE not in said
    kept = MessageConsent.objects.get()
    assert (kept.origin, kept.order_no, kept.given_by) == ("order", order.order_no, "self")
    assert phone.send(url, stop="yes").status_code == 302
    assert "138****8000" not in phone.open(url).content.decode()
    assert MessageConsent.objects.get().state == "withdrawn"


@pytest.mark.parametrize(
    ("typed", "says"),
    [({"phone": MOBILE}, "请先勾选"), ({"phone": "123", "consent": "yes"}, "手机号是 11 位数字"), ({"consent": "yes"}, "手机号是 11 位")],
)  # fmt: skip
def test_what_is_missing_is_said_and_what_was_typed_stays(phone, typed, says):
    url = f"/o/{paid_order(phone).token}/tell/"
    phone.open(url)
    answer = phone.send(url, **typed)
    said = answer.content.decode()
    assert (answer.status_code, says in said, typed.get("phone", "") in said) == (422, True, True)
    assert not MessageConsent.objects.exists()


def test_who_waits_for_a_figure_is_reminded_when_it_comes(phone, deferred):
    assert "能办的时候短信告诉我" in phone.open(deferred).content.decode()
    answer = phone.send(deferred, phone=MOBILE, consent="yes")
    said = phone.open(answer["Location"]).content.decode()
    assert "已经记下" in said
    assert MOBILE not in said
    assert ask_again(phone.world.env) == 0
    later = stating(phone.world, "{fixed_yuan: 180, status: stated, rule: CP-04}")
    assert ask_again(later.env) == 1
    assert ask_again(later.env) == 0
    assert Message.objects.get().values["result"] == "要缴100.00元"
    assert tell(later.later(minutes=1).env) == 0


def phone_at(now: datetime, monkeypatch) -> Phone:
    world = make_world(now)
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return Phone(world, Client(enforce_csrf_checks=True))


def test_who_comes_before_the_period_is_told_when_it_opens(db, monkeypatch):
    """E-1011: 茌平 collects from 8 October 2021 on."""
    phone = phone_at(datetime(2021, 9, 20, 2, 0, tzinfo=UTC), monkeypatch)
    said = phone.ask("张小满", number_of(phone, phone.world.person())).content.decode()
    assert 'data-code="E-1011"' in said
    (url,) = re.findall(r'href="(/a/371503/remind/[^"]+)"', said)
    phone.open(url)
    phone.send(url, phone=MOBILE, consent="yes")
    assert ask_again(phone.world.later(days=17).env) == 0
    assert ask_again(phone.world.later(days=18).env) == 1
    assert Message.objects.get().values["result"] == "要缴280.00元"


def test_who_comes_after_the_period_waits_for_nothing_and_is_not_offered_to(db, monkeypatch):
    """阜阳 collected until 28 February 2021."""
    phone = phone_at(datetime(2021, 3, 5, 2, 0, tzinfo=UTC), monkeypatch)
    person = phone.world.person(FUNAN, "adult", date(1980, 4, 16))
    said = phone.ask("张小满", number_of(phone, person), area=FUNAN).content.decode()
    assert 'data-code="E-1011"' in said
    assert "/remind/" not in said


def test_a_ticket_of_another_page_or_another_day_opens_nothing(phone, deferred):
    assert phone.open(f"/a/{CHIPING}/remind/AAAAAAAAAAAA/").status_code == 410
    assert "13" not in deferred.split("/remind/")[0].removeprefix("/a/371503")


def test_whoever_is_not_known_gets_no_reminder_to_ask_for(phone):
    said = phone.ask("赵无名", "371503201301209039").content.decode()
    assert "/remind/" not in said


def test_a_phone_is_silenced_by_typing_it_and_the_answer_never_says_whether_it_was_heard_of(phone):
    order = paid_order(phone)
    phone.open(f"/o/{order.token}/tell/")
    phone.send(f"/o/{order.token}/tell/", phone=MOBILE, consent="yes")
    url = f"/a/{CHIPING}/untold/"
    assert url in phone.open(f"/a/{CHIPING}/").content.decode()
    phone.open(url)
    answers = [phone.send(url, phone=number) for number in (MOBILE, "13900139000")]
    pages = [phone.open(answer["Location"]).content.decode() for answer in answers]
    said = {re.sub(r'nonce="[^"]+"|value="[^"]+"', "", page) for page in pages}
    assert len(said) == 1
    assert "已经停止" in said.pop()
    assert MessageConsent.objects.get().state == "withdrawn"
    assert phone.send(url, phone="1").status_code == 422


def test_an_order_that_is_not_there_is_not_found(phone):
    assert phone.open("/o/0000-no-such-token-anywhere/tell/").status_code == 404


@pytest.mark.parametrize("big", ["0", "1"])
def test_both_versions_need_no_script(phone, big):
    url = f"/o/{paid_order(phone).token}/tell/"
    said = phone.open(url, big=big).content.decode()
    assert ('class="big"' in said) is (big == "1")
    assert said.count("<script") == 1
