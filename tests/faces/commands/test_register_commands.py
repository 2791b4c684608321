"""`canbao register …` as the agency types it: the queue, papers in a folder, lists, a number, a declaration."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from canbao.channels.roster import open_roster
from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.records.models import Enrolment
from canbao.services.people.guide import Question
from canbao.services.people.registration.apply import Beginning, begin, fill, submit
from canbao.services.people.registration.declare import declare
from canbao.services.people.registration.evidence import add
from canbao.services.people.registration.form import application_of
from tests.support.people.evidence import a_photo
from tests.support.rosters import as_xlsx
from tests.support.world import World, id_number, make_world

FUNAN, BORN = "341225", date(1980, 4, 4)
BY = ("--as", "甲")


@pytest.fixture
def world(db, monkeypatch) -> World:
    """阜阳 on 9 October 2020."""
    world = make_world(datetime(2020, 10, 9, 2, 0, tzinfo=UTC))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return world


def say(*words: str, code: int = 0):
    told = CliRunner().invoke(main, ["register", *words, *BY, "--json"])
    assert told.exit_code == code, (told.output, told.exception)
    return json.loads(told.output)


def an_application(world: World) -> int:
    number = id_number(FUNAN, BORN, 2)
    token = begin(world.env, Beginning(FUNAN, "朱新月", number, "self", "198.51.100.7", True))
    fill(world.env, token, ground="residence_permit")
    fill(world.env, token, person_class="adult")
    add(world.env, token, a_photo(), "198.51.100.7")
    submit(world.env, token)
    return application_of(token).id


def test_an_application_from_the_queue_to_the_register(world, tmp_path):
    one = str(an_application(world))
    waiting = say("queue", "--area", "341200")
    assert (waiting["count"], waiting["list"][0]["reasons"]) == (1, "看居住证是不是有效。")
    shown = say("show", one, "--to", str(tmp_path / "papers"))
    assert (shown["name"], shown["ground"], len(shown["files"])) == ("朱新月", "residence_permit", 1)
    (saved,) = (tmp_path / "papers").iterdir()
    assert (saved.suffix, saved.read_bytes()) == (".png", a_photo())
    assert say("return", one, "--because", "x", code=1)["refused"] == "E-1100"
    assert say("return", one, "--because", "居住证过期了")["state"] == "returned"
    assert say("approve", one, code=1)["refused"] == "E-1031"
    assert say("approve", "10000", code=1)["refused"] == "E-1100"
    assert say("queue")["count"] == 0
    again = str(an_application(world))
    assert say("approve", again)["person_id"] == Enrolment.objects.get().person_id


def test_a_list_is_tried_dry_then_registered_and_its_wrong_rows_come_back(world, tmp_path):
    assert say("unit", "341225S01", "阜南第一中学", "--kind", "school", "--area", FUNAN)["kind"] == "school"
    file, wrong = tmp_path / "名单.xlsx", tmp_path / "改错.xlsx"
    born = date(2012, 1, 1)
    file.write_bytes(as_xlsx([("张一", id_number(FUNAN, born, 11)), ("张二", "12")], ("姓名", "身份证号")))
    common = ("file", str(file), "--unit", "341225S01", "--class", "student")
    assert say(*common, "--dry-run", code=1)["outcomes"] == {"new_person": 1, "number_length": 1}
    assert not Enrolment.objects.exists()
    told = say(*common, "--errors", str(wrong), code=1)
    assert (told["rows"], told["ok"], told["bad"]) == (2, 1, 1)
    assert told["listed"][0]["row"] == 3
    table = open_roster(wrong.read_bytes(), ("name", "number"))
    assert [row.cells[-2:] for row in table.rows] == [("3", "身份证号码不是18位，请核对。")]
    assert Enrolment.objects.count() == 1


def test_no_such_school_and_no_such_file_are_told(world, tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("hello")
    assert say("file", str(file), "--unit", "9", code=1)["refused"] == "E-1100"
    say("unit", "1", "一村", "--kind", "village", "--area", FUNAN)
    assert say("file", str(file), "--unit", "1", code=1)["refused"] == "E-1034"
    assert say("unit", "1", "一村", "--kind", "village", "--area", "999999", code=1)["refused"] == "E-1104"


def test_a_newborns_number_is_filled_in_by_certificate_and_name(world):
    born = date(2020, 9, 20)
    token = begin(
        world.env,
        Beginning(FUNAN, "朱小月", "L341234567", "proxy", "198.51.100.7", True, "朱新月", born, "female"),
    )
    fill(world.env, token, ground="hukou")
    fill(world.env, token, person_class="newborn")
    submit(world.env, token)
    say("approve", str(application_of(token).id))
    number = id_number(FUNAN, born, 2)
    assert say("number", "L341234567", "朱大月", number, code=1)["refused"] == "E-1100"
    assert say("number", "L341234567", "朱小月", "12", code=1)["refused"] == "E-1100"
    assert say("number", "l341234567", "朱小月", number)["person_id"]


def test_what_was_declared_is_seen_and_decided(world):
    world.person(FUNAN, "adult", BORN, "朱新月")
    declare(
        world.env,
        Question(FUNAN, "朱新月", id_number(FUNAN, BORN, 1), "self", "198.51.100.7", True),
        "returning_worker",
    )
    (row,) = say("declared", "--area", FUNAN)["list"]
    assert (row["name"], row["word"]) == ("朱*月", "春节返乡的外出务工人员")
    assert say("refuse", str(row["id"]), "--because", "没有查到务工记录")["state"] == "refused"
    assert say("verify", str(row["id"]))["state"] == "verified"
    assert say("verify", str(row["id"]), code=1)["refused"] == "E-1031"
    assert say("verify", "10000", code=1)["refused"] == "E-1100"
