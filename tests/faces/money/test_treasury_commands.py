"""上解 and 入库 as the staff type it, with the stand-in for the treasury beside it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.records.models import ContributionRecord
from sandbox.__main__ import main as sandbox
from tests.support.reconciling import DAY, MORNING, a_payment, as_row, closed, uploaded
from tests.support.world import World, make_world


@pytest.fixture
def world(db, monkeypatch) -> World:
    """阜阳: two payments of 5 October 2020, the day closed."""
    world = make_world(MORNING)
    uploaded(world, [as_row(a_payment(world)) for _ in range(2)])
    world = replace(world, env=world.env.at(world.env.now + timedelta(days=1)))
    closed(world)
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return world


def say(*words: str, code: int = 0):
    told = CliRunner().invoke(main, ["treasury", *words, "--as", "甲", "--json"])
    assert told.exit_code == code, (told.output, told.exception)
    return json.loads(told.output)


def test_a_closed_day_goes_out_and_comes_back_posted(world, tmp_path):
    out, back = tmp_path / "上解.csv", tmp_path / "入库.csv"
    assert say("remit", str(out), "--day", str(DAY))["lines"] == 2
    told = CliRunner().invoke(sandbox, ["treasury", str(out), str(back), "--on", "2020-10-13"])
    assert told.exit_code == 0, told.output

    assert say("post", str(back))["lines"] == {"posted": 2}
    assert say("post", str(back))["lines"] == {"posted": 2}, "the same file is what it was"
    assert ContributionRecord.objects.filter(posted_date="2020-10-13").count() == 2


def test_lines_that_do_not_fit_end_with_exit_code_1(world, tmp_path):
    out, back = tmp_path / "上解.csv", tmp_path / "入库.csv"
    say("remit", str(out), "--day", str(DAY))
    receipt = ContributionRecord.objects.first().receipt_no
    CliRunner().invoke(
        sandbox, ["treasury", str(out), str(back), "--on", "2020-10-13", "--flaw", f"{receipt}=amount"]
    )

    assert say("post", str(back), code=1)["lines"] == {"amount_differs": 1, "posted": 1}


def test_an_open_day_and_a_broken_file_are_refused_in_words(world, tmp_path):
    assert say("remit", str(tmp_path / "x"), "--day", "2020-10-06", code=1)["refused"] == "E-1104"
    broken = tmp_path / "坏.csv"
    broken.write_text("what is this")
    assert "入库回执" in say("post", str(broken), code=1)["why"]
