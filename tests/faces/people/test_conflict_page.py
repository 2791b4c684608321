"""重复参保 side by side: nobody else's, the national rule as default, a wish that a clerk sees."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from canbao.faces import wiring
from canbao.records.models import Duplicate
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.people.changes.duplicate import Elsewhere, hear
from tests.faces.people.test_identity import PAYER, Holder
from tests.support.people.fake_identity import FakeIdentity
from tests.support.world import id_number, make_world

PLACE, AWAY, NAME, BORN, YEAR = "341225", "371503", "李小兰", date(1960, 1, 1), 2021


@pytest.fixture
def phone(db, monkeypatch) -> Holder:
    """阜阳 on 9 October 2020, before the year begins; 李小兰 is paid for here and in 聊城, where she lives."""
    holder = Holder(make_world(datetime(2020, 10, 9, 2, 0, tzinfo=UTC)), Client(enforce_csrf_checks=True))
    holder.identity = FakeIdentity()
    monkeypatch.setattr(
        wiring, "env", lambda actor: replace(holder.world.env, actor=actor, identity=holder.identity)
    )
    person_id = holder.world.person(PLACE, "senior", BORN, NAME)
    take_over(holder.world.env, [PastYear(person_id, YEAR, PLACE, "senior", None)])
    days = (date(YEAR, 1, 1), date(YEAR + 1, 1, 1))
    hear(
        holder.world.env,
        [Elsewhere(person_id, "resident", AWAY, YEAR, *days, "platform", is_habitual_residence=True)],
    )
    return holder


def logged_in(phone: Holder, name: str = NAME, number: str = id_number(PLACE, BORN, 1)) -> str:
    phone.open(f"/a/{PLACE}/mine/")
    phone.prove(phone.send(f"/a/{PLACE}/login/real_name/", to="mine"), name, number)
    return phone.open(f"/a/{PLACE}/conflicts/").content.decode()


def test_both_records_stand_side_by_side_with_what_follows_from_each(phone):
    page = logged_in(phone)

    assert "阜阳市阜南县 · 居民医保" in page
    assert "聊城市茌平区 · 居民医保" in page
    assert page.index("按国家规定留这一份") > page.index("聊城市茌平区 · 居民医保")
    assert "政府给这一份的补助要收回。" in page


def test_a_wish_is_kept_and_decides_nothing(phone):
    logged_in(phone)
    found = Duplicate.objects.get()

    assert phone.send(f"/a/{PLACE}/conflicts/", duplicate=str(found.id), keep="ours").status_code == 302

    found.refresh_from_db()
    assert (found.wished, found.state) == ("ours", "open")
    assert "您选了这一份" in phone.open(f"/a/{PLACE}/conflicts/").content.decode()


def test_a_choice_that_is_none_is_told_and_nothing_is_lost(phone):
    logged_in(phone)
    answer = phone.send(f"/a/{PLACE}/conflicts/", duplicate=str(Duplicate.objects.get().id), keep="both")
    assert answer.status_code == 422
    assert "请选一份" in answer.content.decode()


def test_nobody_else_sees_or_says_anything(phone):
    assert phone.open(f"/a/{PLACE}/conflicts/").status_code == 302
    page = logged_in(phone, *PAYER)
    assert "没有查到重复参保" in page
    answer = phone.send(f"/a/{PLACE}/conflicts/", duplicate=str(Duplicate.objects.get().id), keep="ours")
    assert answer.status_code == 404
    assert Duplicate.objects.get().wished is None
