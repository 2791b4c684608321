"""批扣 as the staff type it: agreements, the file out, the result back."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from canbao.channels.bank import HeldByBank, formats
from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.records.models import Bill
from sandbox.bank.answer import answer
from tests.support.people.asked import number_of
from tests.support.world import CHIPING_YEAR, IN_SEASON, World, make_world

SPEC = Path(formats.__file__).with_name("banks") / "delimited.yaml"
HEADER = "身份证号,姓名,账号,户名,协议号,本人签约日期,银行签约日期"


@pytest.fixture
def world(db, monkeypatch) -> World:
    world = make_world(IN_SEASON)
    world.env.channels["bank_batch"] = HeldByBank("示范协议")
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return world


def say(*words: str, code: int = 0):
    told = CliRunner().invoke(main, ["deduct", *words, "--format", str(SPEC), "--as", "甲", "--json"])
    assert told.exit_code == code, (told.output, told.exception)
    return json.loads(told.output)


def test_who_signed_is_deducted_from(world, tmp_path):
    person = world.person(birth=date(2008, 3, 1))
    world.bill(person, CHIPING_YEAR)
    signed, out, back = tmp_path / "签约.csv", tmp_path / "送盘.txt", tmp_path / "回盘.txt"
    row = f"{number_of(world, person)},张小满,622200000000001234,张小满,XY1,2021-09-01,2021-09-02"
    signed.write_text(
        f"{HEADER}\n{row}\n371503200803019999,无此人,6222,无此人,XY2,2021-09-01,2021-09-02\n", "utf-8-sig"
    )
    assert say("sign", str(signed)) == {"signed": 1, "rows": 2, "unknown_rows": [3]}

    batch = ("make", str(out), "--batch", "B1", "--area", "371500", "--year", str(CHIPING_YEAR))
    made = say(*batch)
    assert (made["count"], made["total_fen"]) == (1, 28_000)
    assert say(*batch) == made
    back.write_bytes(answer(SPEC, out.read_bytes(), datetime(2021, 11, 10, 2, 5, tzinfo=UTC)))
    assert say("result", str(back)) == {"batch_no": "B1", "paid": 1, "failed": 0, "parked": 0}
    assert Bill.objects.get().state == "settled"

    back.write_bytes(back.read_bytes().replace(b"|1|", b"|2|", 1))
    assert "笔数" in say("result", str(back), code=1)["why"]
