"""States that no other page shows: two places, another name, a roster not settled, paid before the mark; and the page kinds."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core import signing
from django.db import OperationalError
from django.test import Client

from canbao.basics.documents import RESIDENT_ID
from canbao.channels.identity import Proof
from canbao.faces import wiring
from canbao.faces.citizen.phone import LOGIN
from canbao.records.models import Person
from canbao.services.money.collect import collect
from canbao.services.people.changes.duplicate import Elsewhere, hear
from canbao.services.people.identity.login import keep
from canbao.services.people.roster.take import Source, apply, upload
from tests.faces.conftest import Phone
from tests.support.rosters import as_csv
from tests.support.world import CHIPING, id_number, make_world

LUZHOU, NAME, BORN = "140403", "陈桂兰", date(1962, 2, 11)
NUMBER = id_number(LUZHOU, BORN, 1)
PARTS = ("为什么", "怎么办", "打哪个电话", "扣钱", "提示编号")


@pytest.fixture
def changzhi(db, monkeypatch) -> Phone:
    """潞州 in October 2024, with one resident."""
    world = make_world(datetime(2024, 10, 9, 2, 0, tzinfo=UTC))
    world.person(LUZHOU, "adult", BORN, NAME)
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return Phone(world, Client(enforce_csrf_checks=True))


def asked(phone: Phone, name: str = NAME) -> str:
    return phone.ask(name, NUMBER, area=LUZHOU).content.decode()


def test_two_places_are_two_cards_and_the_one_chosen_leads_on(changzhi: Phone) -> None:
    """E-1002, CP-15."""
    (person,) = people()
    heard = Elsewhere(person, "resident", "140802", 2024, date(2024, 1, 1), date(2025, 1, 1), "national")
    hear(changzhi.world.env, [heard])
    page = asked(changzhi)
    assert "E-1002" in page
    assert "运城市盐湖区" in page
    assert [part for part in PARTS if part not in page] == []
    here = page.split('action="')[1].split('"')[0]
    assert "¥400.00" in changzhi.open(changzhi.send(here)["Location"]).content.decode()


def people() -> list[int]:
    return list(Person.objects.values_list("id", flat=True))


def test_only_the_proved_holder_of_a_number_is_told_that_the_name_differs(changzhi: Phone) -> None:
    """E-1003; a stranger reads E-1001 (0007)."""
    assert "E-1001" in asked(changzhi, "陈桂花")
    token, _ = keep(changzhi.world.env, Proof("real_name", "陈桂花", RESIDENT_ID, NUMBER, None))
    changzhi.client.cookies[LOGIN] = signing.dumps(token, salt=LOGIN)
    assert "E-1003" in asked(changzhi, "陈桂花")


def test_whoever_stands_in_a_roster_not_settled_is_asked_to_wait(changzhi: Phone) -> None:
    """E-1010, CZ-08: read is not applied; once applied they pay what the roster leaves."""
    env = changzhi.world.env
    row = (NAME, NUMBER, "低保对象", "2024-08-01", "")
    roster = upload(env, Source("civil_affairs", "140400", 2025), [as_csv([row])])
    assert "E-1010" in asked(changzhi)
    apply(env, roster.id)
    assert "E-1010" not in asked(changzhi)


def test_a_mark_after_an_ordinary_payment_is_e_1019_and_not_merely_paid(changzhi: Phone) -> None:
    """CZ-09, E3."""
    (person,) = people()
    bill = changzhi.world.bill(person, 2025)
    collect(changzhi.world.env, [changzhi.world.opening(bill)], "cash", "desk")
    assert "E-1005" in asked(changzhi)
    changzhi.world.marked(person, "minimum_living_allowance", date(2024, 10, 1))
    assert "E-1019" in asked(changzhi)


def test_a_system_switched_off_says_until_when_and_still_hears_channels(
    phone: Phone, settings, tmp_path: Path
) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    settings.MAINTENANCE_FILE.write_text("今晚 10 点恢复。", "utf-8")
    page = phone.open(f"/a/{CHIPING}/")
    text = page.content.decode()
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert [part for part in (*PARTS, "今晚 10 点恢复", "E-1107", "0635-") if part not in text] == []
    assert phone.open("/healthz").status_code == 200
    assert phone.open("/api/wechat/notify/x1").status_code == 405


def test_a_database_that_cannot_take_it_is_busy_and_not_broken(phone: Phone, monkeypatch) -> None:
    def fall(*_: object) -> None:
        raise OperationalError("a secret cause")

    monkeypatch.setattr("canbao.faces.citizen.home_pages.season_card", fall)
    page = phone.open(f"/a/{CHIPING}/")
    text = page.content.decode()
    assert page.status_code == 503
    assert [part for part in (*PARTS, "E-1106", "0635-") if part not in text] == []
    assert "secret" not in text


def test_a_fault_of_ours_names_the_local_phone_or_where_that_fails_too_the_national_ones(
    phone: Phone, monkeypatch
) -> None:
    def fall(*_: object) -> None:
        raise RuntimeError("a secret cause")

    phone.client.raise_request_exception = False
    monkeypatch.setattr("canbao.faces.citizen.home_pages.season_card", fall)
    local = phone.open(f"/a/{CHIPING}/").content.decode()
    told = ("不会丢", *PARTS[:3], "E-1500", "0635-4268611")
    assert [part for part in told if part not in local] == []
    monkeypatch.setattr("canbao.faces.citizen.guard.advise", fall)
    national = phone.open(f"/a/{CHIPING}/").content.decode()
    assert "12393" in national
