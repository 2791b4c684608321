"""名册 as the staff type it: from the file to 改错表 and back."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from canbao.channels.roster import open_roster
from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.faces.papers.corrections import escaped
from canbao.records.models import IdentityMark, Person
from canbao.records.sealed import Sealer
from canbao.services.money.collect import collect
from canbao.services.people.roster.take import Source, apply, upload
from tests.support.rosters import HEADER, as_xlsx
from tests.support.world import KEYS, World, make_world

YANHU = "140802"
FROM = ("--from", "civil_affairs", "--area", YANHU, "--year", "2022", "--as", "甲")


@pytest.fixture
def world(db, monkeypatch) -> World:
    """运城 on 20 December 2021."""
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return world


def say(*words: str, code: int = 0):
    told = CliRunner().invoke(main, ["roster", *words, "--json"])
    assert told.exit_code == code, (told.output, told.exception)
    return json.loads(told.output)


def number_of(person_id: int) -> str:
    sealed = bytes(Person.objects.get(id=person_id).number_sealed)
    return Sealer(KEYS).open(sealed, f"person:number:{person_id}")


def test_a_roster_from_the_file_to_the_corrected_file_and_back(world, tmp_path):
    number = number_of(world.person(YANHU, "adult", date(1988, 3, 15), "李明"))
    other = number_of(world.person(YANHU, "adult", date(1989, 3, 15), "王芳"))
    sent, wrong = tmp_path / "名册.xlsx", tmp_path / "改错.xlsx"
    rows = [
        ("李明", number, "低保对象", "2021-12-01", "", "=1+1"),
        ("王方", other, "低保对象", "2021-12-01", "", "@x"),
    ]
    sent.write_bytes(as_xlsx(rows, [*HEADER, "备注"]))
    kept = say("upload", str(sent), *FROM)
    assert (kept["row_count"], kept["state"]) == (2, "read")
    assert say("upload", str(sent), *FROM)["id"] == kept["id"]
    roster_id = str(kept["id"])
    assert say("dry-run", roster_id, "--as", "甲", code=1)["outcomes"] == {"new_mark": 1, "name_differs": 1}
    assert not IdentityMark.objects.exists()
    done = say("apply", roster_id, "--as", "甲", code=1)
    assert (done["rows"], done["ok"], done["doubtful"], done["bad"]) == (2, 1, 1, 0)
    assert say("errors", roster_id, "--to", str(wrong), "--as", "甲")["rows"] == 1
    table = open_roster(wrong.read_bytes())
    (row,) = table.rows
    assert table.header == (*HEADER, "备注", "原行号", "错误说明")
    assert row.number == other
    assert row.cells[-3:] == ("'@x", "3", "证件号码对得上，姓名对不上，请核对。")
    sent.write_bytes(as_xlsx([("王芳", *row.cells[1:])], table.header))
    again = str(say("upload", str(sent), *FROM)["id"])
    assert say("apply", again, "--as", "甲")["outcomes"] == {"new_mark": 1}
    assert IdentityMark.objects.count() == 2


def test_a_refused_file_is_told_in_words(world, tmp_path: Path):
    sent = tmp_path / "名册.xls"
    sent.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    told = say("upload", str(sent), *FROM, code=1)
    assert told["refused"] == "E-1034"
    assert "另存为 xlsx" in told["why"]


def test_a_result_reads_without_json_too(world, tmp_path):
    sent = tmp_path / "名册.xlsx"
    sent.write_bytes(as_xlsx([("李明", "12", "低保对象", "2021-12-01")]))
    roster_id = str(say("upload", str(sent), *FROM)["id"])
    told = CliRunner().invoke(main, ["roster", "dry-run", roster_id, "--as", "甲"])
    assert told.exit_code == 1
    assert "不是18位" in told.output


def test_an_outcome_that_does_not_exist_is_wrong_usage(world, tmp_path):
    words = ["roster", "errors", "1", "--to", str(tmp_path / "x.xlsx"), "--only", "paid", "--as", "甲"]
    assert CliRunner().invoke(main, words).exit_code == 2


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1"])
def test_what_a_spreadsheet_would_run_is_escaped(text):
    assert escaped(text) == f"'{text}"
    assert escaped(f"李{text}") == f"李{text}"


def test_a_doubtful_row_is_shown_with_whom_it_may_mean_and_decided(world, tmp_path):
    person = world.person(YANHU, "adult", date(1988, 3, 15), "李明")
    typed = number_of(person)[:16]
    sent = tmp_path / "名册.xlsx"
    sent.write_bytes(as_xlsx([("李明", typed, "低保对象", "2021-12-01", "")], HEADER))
    roster_id = str(say("upload", str(sent), *FROM)["id"])
    assert say("apply", roster_id, "--as", "甲", code=1)["outcomes"] == {"candidates": 1}

    (row,) = say("doubtful", roster_id, "--as", "甲")["rows"]
    assert [one["person_id"] for one in row["candidates"]] == [person]
    assert typed not in json.dumps(row), "numbers are masked"
    told = CliRunner().invoke(main, ["roster", "decide", roster_id, "2", "--as", "甲"])
    assert told.exit_code == 2, "one of the two must be said"
    done = say("decide", roster_id, "2", "--person", str(person), "--as", "甲")

    assert done["ok"] == 1
    assert IdentityMark.objects.get().person_id == person
    assert say("decide", roster_id, "2", "--nobody", "--as", "甲", code=1)["refused"] == "E-1031"


def test_whoever_had_paid_is_given_what_the_notice_says(world):
    """CZ-09, SX-09: 山西 knows no way back, and the command says so."""
    bill = world.bill(person := world.person(YANHU, "adult", date(1988, 3, 15), "李明"), 2022)
    collect(world.env, [world.opening(bill)], "window_cash", "窗口一")
    roster = upload(
        world.env,
        Source("civil_affairs", YANHU, 2022),
        [as_xlsx([("李明", number_of(person), "低保对象", "2021-12-01", "")])],
    )
    apply(world.env, roster.id)

    (row,) = say("after-paying", str(roster.id), "--as", "甲")["rows"]
    told = CliRunner().invoke(main, ["roster", "after-paying", str(roster.id), "--as", "甲"])

    assert (row["row"], row["outcome"], row["refund_no"]) == (2, "no_way_back", None)
    assert "第2行 不退" in told.output
