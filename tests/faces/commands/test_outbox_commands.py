"""发件箱 as the staff type it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.faces.cli.money.outbox import ADVICE
from canbao.records.exchange.outbox.table import HEARS
from canbao.records.models import IdentityMark
from tests.support.fake_authority import FakeAuthority
from tests.support.world import World, make_world


@pytest.fixture
def tax() -> FakeAuthority:
    return FakeAuthority()


@pytest.fixture
def world(db, monkeypatch, tax) -> World:
    """运城 on 20 December 2021."""
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))
    world = replace(world, env=replace(world.env, authorities={"tax": tax}))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return world


def type_in(*words: str):
    return CliRunner().invoke(main, ["outbox", *words, "--as", "甲"])


def say(*words: str, code: int = 0):
    told = type_in(*words, "--json")
    assert told.exit_code == code, (told.output, told.exception)
    return json.loads(told.output)


def test_from_waiting_to_refused_to_told_again(world, tax):
    person = world.person("140802", "adult", date(1988, 3, 15), "李明")
    bill = world.bill(world.marked(person, "minimum_living_allowance", date(2021, 12, 1), pushed=False), 2022)
    assert say("status")["rows"][0]["state"] == "waiting"
    tax.refuse = {bill.id: "姓名与税务登记不符"}
    assert say("send")["decided"] == 1
    assert say("status", code=1)["batches"][0]["refused_count"] == 1
    (row,) = say("refused", code=1)["refused"]
    assert (row["what"], row["name"], row["words"]) == ("推送核定", "李*", "姓名与税务登记不符")
    assert "改好后重推" in row["what_to_do"]
    tax.refuse = {}
    assert say("retry", str(row["row"])) == {"told_again": 1}
    assert say("retry", str(row["row"]), code=1)["refused"] == "E-1031"
    assert say("send")["decided"] == 1
    assert "推送核定 已接收 1 条" in type_in("status").output
    assert "没有被退回的" in type_in("refused").output


def test_a_cancellation_that_tax_refused_is_shown_with_what_to_do_and_settled_once(world, tax):
    person = world.person("140802", "adult", date(1988, 3, 15), "李明")
    bill = world.bill(world.marked(person, "minimum_living_allowance", date(2021, 12, 1), pushed=False), 2022)
    say("send")
    tax.refuse = {bill.id: "已经缴费，不能作废"}
    IdentityMark.objects.update(ended_date=date(2021, 12, 10))
    world.bill(person, 2022)
    say("send")
    (row,) = say("refused", code=1)["refused"]
    assert (row["what"], row["words"]) == ("作废核定", "已经缴费，不能作废")
    assert "按退费办" in row["what_to_do"]
    assert type_in("settle", str(row["row"])).exit_code == 2, "how is not said"
    assert say("settle", str(row["row"]), "--how", " ", code=1)["refused"] == "E-1100"
    assert (
        say("settle", str(row["row"]), "--how", "税务已查到 11 月 3 日的缴费，走退费")["settled"]
        == row["row"]
    )
    assert say("settle", str(row["row"]), "--how", "再来", code=1)["refused"] == "E-1031"
    assert say("retry", str(row["row"]), code=1)["refused"] == "E-1031"
    assert "没有被退回的" in type_in("refused").output
    assert "作废核定 已人工办好 1 条" in type_in("status").output


def test_every_refusal_there_can_be_has_its_advice():
    there = {
        (who, kind, action) for who, kinds in HEARS.items() for kind in kinds for action in ("put", "cancel")
    }
    assert set(ADVICE) == there - {("medical", "posting", "cancel")}, "what is posted stays posted"


def test_wrong_usage_and_no_connection_are_told(world, monkeypatch):
    assert type_in("retry").exit_code == 2
    assert type_in("retry", "1", "--all").exit_code == 2
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor, authorities={}))
    told = type_in("send")
    assert (told.exit_code, "CANBAO_TAX" in told.output) == (1, True)
