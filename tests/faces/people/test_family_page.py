"""我的家庭: opened by the phone that paid, names masked, used and left with the notice's example (FY-22)."""

from dataclasses import replace
from datetime import UTC, date, datetime

from django.test import Client

from canbao.faces import wiring
from canbao.records.models import Order
from canbao.services.money.collect import collect
from canbao.services.people.household.join import form
from canbao.services.people.household.quota import Use, use
from tests.support.world import make_world

FUNAN = "341225"


def test_the_family_sees_who_shares_and_what_is_left(db, monkeypatch):
    world = make_world(datetime(2020, 10, 5, 2, 0, tzinfo=UTC))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    people = [world.person(FUNAN, "adult", date(1960, 1, n + 1), f"高长{n}") for n in range(4)]
    collect(world.env, [world.opening(world.bill(id_, 2021)) for id_ in people], "cash", "0007")
    form(world.env, [(id_, people[0], 2021, FUNAN) for id_ in people])
    use(world.env, Use(people[1], "1", 100_000, FUNAN, date(2021, 3, 1)))

    page = Client().get(f"/o/{Order.objects.first().token}/family/").content.decode()

    assert page.count("高*") == 4
    assert "高长0" not in page
    for words in ("1000.00 元", "550.00 元", "450.00 元", "全家不超过1000元"):
        assert words in page
    assert Client().get("/o/0000" + "x" * 30 + "/family/").status_code == 404
