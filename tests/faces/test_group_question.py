"""The question before a payment that cannot be turned back, as a resident meets it (CZ-09)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from canbao.faces import wiring
from canbao.records.models import GroupAnswer, Order
from tests.faces.conftest import Phone
from tests.support.world import id_number, make_world

AREA, NAME, BORN = "140430", "吴晓峰", date(1988, 3, 15)


@pytest.fixture
def check_path(db, monkeypatch) -> tuple[Phone, str]:
    """长治 on 8 October 2024, the check page of an ordinary adult."""
    world = make_world(datetime(2024, 10, 8, 2, 0, tzinfo=UTC))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    phone = Phone(world, Client(enforce_csrf_checks=True))
    world.person(AREA, "adult", BORN, NAME)
    page = phone.ask(NAME, id_number(AREA, BORN, 1), area=AREA)
    assert "先回答一个问题" in page.content.decode()
    assert "信息无误，支付" not in page.content.decode()
    return phone, page.wsgi_request.path


def test_no_opens_the_way_to_pay(check_path):
    phone, path = check_path
    answered = phone.send(path, group_answer="no")
    page = phone.open(answered["Location"]).content.decode()
    assert "信息无误，支付 400 元" in page
    assert "先回答一个问题" not in page
    assert phone.send(path).status_code == 302
    assert Order.objects.count() == 1


@pytest.mark.parametrize("given", ["yes", "unsure"])
def test_yes_and_not_sure_are_sent_to_the_agency(check_path, given):
    phone, path = check_path
    page = phone.send(path, group_answer=given)
    said = page.content.decode()
    assert page.status_code == 422
    assert "E-1025" in said
    assert "还没有扣钱" in said
    assert "tel:" in said
    assert GroupAnswer.objects.get().answer == given


def test_pressing_pay_without_an_answer_takes_no_money(check_path):
    phone, path = check_path
    assert "E-1025" in phone.send(path).content.decode()
    assert not Order.objects.exists()
