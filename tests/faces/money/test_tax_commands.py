"""`canbao tax …` as the staff type it, and the tax side's notice as it comes over the wire."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.test import Client

from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.records.models import TaxPayment
from tests.support.outside.collecting import BORN, DAY, NAME, somebody
from tests.support.outside.fake_tax_side import FakeTaxSide
from tests.support.world import CHIPING, IN_SEASON, World, id_number, make_world

STRANGER = id_number(CHIPING, BORN, 901)


@pytest.fixture
def tax() -> FakeTaxSide:
    return FakeTaxSide(IN_SEASON)


@pytest.fixture
def world(db, tax, monkeypatch) -> World:
    """茌平, the morning after: one payment that fits and one of nobody we know."""
    world = make_world(IN_SEASON)
    _, number = somebody(world)
    tax.pay(number, NAME, 28_000, 2022, CHIPING)
    tax.pay(STRANGER, NAME, 28_000, 2022, CHIPING, portal="e_tax")
    tax.now = IN_SEASON + timedelta(days=1)
    channels = {**world.env.channels, "tax": tax}
    world = replace(world, env=replace(world.env.at(tax.now), tax_side=tax, channels=channels))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return world


def say(*words: str, code: int = 0, who: str = "甲"):
    told = CliRunner().invoke(main, ["tax", *words, "--as", who])
    assert told.exit_code == code, (told.output, told.exception)
    return told.output


def test_a_days_file_is_fetched_and_what_is_parked_is_listed_with_what_to_do(world):
    fetched = say("fetch", "--day", str(DAY))
    assert "缴费笔数: 2" in fetched
    assert "搁置笔数: 1" in fetched
    assert "缴费（元）: 560.00" in fetched
    listed = say("parked", code=1)
    assert "登记册里没有这个证件号" in listed
    assert "退回" in listed
    assert STRANGER not in listed
    assert "280.00 元" in listed
    status = say("status", code=1)
    assert "已入账: 1 笔，280.00 元" in status
    assert "搁置: 1 笔，280.00 元" in status


def test_a_file_on_paper_is_taken_once_and_one_that_is_cut_off_is_refused_in_words(world, tax, tmp_path):
    whole, cut = tmp_path / "日文件.csv", tmp_path / "坏.csv"
    whole.write_bytes(tax.day_file(DAY))
    cut.write_bytes(tax.day_file(DAY)[:-60])
    for _ in range(2):
        say("take", str(whole), "--day", str(DAY))
    assert "文件已经原样保存" in say("take", str(cut), "--day", str(DAY), code=1)
    assert TaxPayment.objects.count() == 2


def test_two_people_attach_or_give_back_and_nobody_else(world):
    say("fetch", "--day", str(DAY))
    number = TaxPayment.objects.get(state="parked").number
    known = id_number(CHIPING, BORN, 1)
    say("resolve", number, "--how", "attach", "--because", "看过", code=2)
    nobody = say("resolve", number, "--how", "attach", "--person", STRANGER, "--because", "看过", code=1)
    assert "登记册里没有这个人" in nobody
    assert "没有这一笔" in say("resolve", "999", "--how", "give_back", "--because", "看过", code=1)
    told = json.loads(
        say("resolve", number, "--how", "attach", "--person", known, "--because", "看过", "--json")
    )
    assert "另一位" in say("approve", number, told["content_hash"], code=1)
    done = json.loads(say("approve", number, told["content_hash"], "--json", who="乙"))
    assert done["state"] == "surplus", "the year is paid, so it is owed back"
    assert done["refund_no"].startswith("TF")
    assert "没有搁置的" in say("parked")


def test_a_notice_is_answered_only_as_kept_or_as_not_signed(world, tax):
    body = tax.notice(*tax.taken.values())
    for signed, status in (("true", 200), ("true", 200), ("no", 401)):
        answer = Client().post(
            "/api/tax/collected/", body, content_type="application/json", headers={"X-Signature": signed}
        )
        assert answer.status_code == status
    assert sorted(TaxPayment.objects.values_list("state", flat=True)) == ["parked", "settled"]
    assert Client().get("/api/tax/collected/").status_code == 405


def test_without_a_tax_side_there_is_no_such_address_and_the_commands_say_so(world, monkeypatch):
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor, tax_side=None))
    assert Client().post("/api/tax/collected/", b"{}", content_type="application/json").status_code == 404
    assert "没有连接税务" in say("fetch", "--day", str(DAY), code=1)
