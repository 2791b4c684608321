"""放开 and 通知 as the staff type them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.faces.cli.people.release import file_name
from canbao.records.models import CollectionUnit, Enrolment, Person
from canbao.services.notify.consent import Wish, agree
from canbao.services.notify.texts import TEXTS
from tests.services.notify.test_release import LOW_INCOME, SCHOOL, stating
from tests.support.people.fake_messenger import FakeMessenger
from tests.support.world import CHIPING, CHIPING_YEAR, IN_SEASON, World, make_world

WHAT = ("--area", CHIPING, "--year", "2022", "--group", LOW_INCOME, "--as", "甲")


@pytest.fixture
def carrier() -> FakeMessenger:
    return FakeMessenger(refuse={"13900139000": "isv.MOBILE_NUMBER_ILLEGAL"})


@pytest.fixture
def world(db, monkeypatch, carrier) -> World:
    """A student who waits; the carrier refuses the number that was left."""
    world = make_world(IN_SEASON)
    world = replace(world, env=replace(world.env, messengers={"sms": carrier}))
    CollectionUnit.objects.create(code="S1", name=SCHOOL, kind="school", area_code=CHIPING)
    person = world.marked(world.person(), LOW_INCOME, date(2021, 9, 1))
    Enrolment.objects.update(unit_code="S1")
    world.bill(person)
    agree(world.env, [Wish(person, CHIPING_YEAR, "sms", "13900139000", "question", "proxy")])
    use(monkeypatch, world)
    return world


def use(monkeypatch, world: World) -> None:
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))


def say(*words: str):
    told = CliRunner().invoke(main, list(words))
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    return told


def test_a_release_from_waiting_to_the_list_of_those_not_told(world, monkeypatch, tmp_path: Path):
    waits = say("release", *WHAT)
    assert (waits.exit_code, "还在等标准: 1 人" in waits.output) == (1, True)
    use(monkeypatch, stating(world, "{fixed_yuan: 180, status: stated, rule: CP-04}"))
    tried = say("release", *WHAT, "--dry-run")
    assert (tried.exit_code, tried.output) == (0, "可以缴费: 1 人\n要发的通知: 1 条\n试跑: 没有写入\n")
    done = json.loads(say("release", *WHAT, "--to", str(tmp_path), "--json").output)
    assert (done["bills"], done["messages"], done["texts"], done["unreached"]) == ({"payable": 1}, 1, 2, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "媒体.txt",
        "没有通知到.xlsx",
        f"通知-{SCHOOL}-S1.txt",
    ]
    assert "等待 1 条" in say("notify", "waiting", "--as", "甲").output
    assert json.loads(say("notify", "deliver", "--as", "甲", "--json").output)["decided"] == 1
    listed = say("notify", "unreached", "--area", CHIPING, "--as", "甲")
    assert (listed.exit_code, "139****9000" in listed.output) == (1, True)
    again = say("release", *WHAT, "--to", str(tmp_path))
    assert (again.exit_code, "没有人在等这个标准" in again.output) == (0, True)
    rows = CalamineWorkbook.from_path(tmp_path / "没有通知到.xlsx").get_sheet_by_index(0).to_python()
    assert rows[1][3:] == [SCHOOL, "号码不是能收短信的手机号"]


def test_wrong_words_are_told_in_words(world, tmp_path):
    assert say("release", *WHAT, "--dry-run", "--to", str(tmp_path)).exit_code == 2
    poets = say("release", "--area", CHIPING, "--year", "2022", "--group", "poets", "--as", "甲")
    assert poets.exit_code == 1
    assert say("notify", "unreached", "--area", "999999", "--as", "甲").exit_code == 2
    nowhere = say("release", "--area", "999999", "--year", "2022", "--group", LOW_INCOME, "--as", "甲")
    assert (nowhere.exit_code, "没有这个地区" in nowhere.output) == (2, True)


def test_without_a_carrier_nothing_is_delivered_and_that_is_said(world, monkeypatch):
    use(monkeypatch, replace(world, env=replace(world.env, messengers={})))
    told = say("notify", "deliver", "--as", "甲")
    assert (told.exit_code, "CANBAO_MESSAGES" in told.output) == (1, True)


def test_at_the_window_somebody_agrees_by_phone_or_openid_and_stops(world):
    person = str(Person.objects.get().id)
    agreed = ("notify", "agree", person, "--year", "2022", "--as", "甲", "--json")
    assert json.loads(say(*agreed, "--phone", "137 0013 7000").output) == {"agreed": 1}
    assert json.loads(say(*agreed, "--openid", "oABCDEFGHIJKLMNOPQRSTUVWXYZ1").output) == {"agreed": 1}
    assert json.loads(say(*agreed, "--openid", "oABCDEFGHIJKLMNOPQRSTUVWXYZ1").output) == {"agreed": 0}
    assert [say(*agreed, *more).exit_code for more in ((), ("--phone", "1"), ("--openid", "x"))] == [2, 1, 1]
    assert (
        say("notify", "agree", "10000", "--year", "2022", "--phone", "13700137000", "--as", "甲").exit_code
        == 2
    )
    assert json.loads(say("notify", "stop", "--phone", "13700137000", "--as", "甲", "--json").output) == {
        "stopped": 1
    }


def test_the_texts_are_printed_as_carriers_want_them():
    told = json.loads(say("notify", "texts", "--json").output)
    assert set(told) == set(TEXTS)
    assert "${name}" in told["paid"][1]


def test_a_file_is_never_written_elsewhere_by_the_name_of_a_unit():
    assert file_name("../../etc/小学") == "_.._etc_小学"
    assert file_name("") == "_"
