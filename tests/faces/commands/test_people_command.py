"""`canbao people import` as the staff type it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from click.testing import CliRunner

from canbao.channels.roster import open_roster
from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.records.models import Person
from tests.services.people.test_take_in import HEADER, row
from tests.support.rosters import as_xlsx
from tests.support.world import make_world


def test_a_register_is_tried_dry_and_taken_in(db, tmp_path, monkeypatch):
    world = make_world(datetime(2020, 10, 9, 2, 0, tzinfo=UTC))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    file = tmp_path / "登记.xlsx"
    file.write_bytes(as_xlsx([row(1), row(3, "李四", place="1")], HEADER))

    def say(*more: str):
        words = ["people", "import", str(file), "--from", "老系统", "--as", "甲", "--json", *more]
        told = CliRunner().invoke(main, words)
        assert told.exit_code == 1, told.output
        return json.loads(told.output)

    wrong = tmp_path / "改错.xlsx"
    tried = say("--dry-run", "--errors", str(wrong))
    assert (tried["outcomes"], tried["years"]) == ({"new_person": 1, "area_unknown": 1}, 2)
    assert [
        (row.row_no, row.cells[0], row.cells[-2:])
        for row in open_roster(wrong.read_bytes(), ("name", "number")).rows
    ] == [(2, "李四", ("3", "参保地不是我们认识的六位区划代码。"))]
    assert not Person.objects.exists()
    assert say()["years"] == 2
    assert say()["outcomes"] == {"already_enrolled": 1, "area_unknown": 1}
