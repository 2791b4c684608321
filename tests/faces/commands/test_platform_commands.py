"""全国医保平台 as the staff type it."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.records.models import HeardFact, Person, PlatformAsk, PlatformFeed
from tests.support.people.asked import number_of
from tests.support.people.fake_platform import FakePlatform, feed_of, joined
from tests.support.world import CHIPING, IN_SEASON, World, make_world


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch, platform: FakePlatform) -> World:
    world = make_world(IN_SEASON)
    world = replace(world, env=replace(world.env, platform=platform))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return world


def type_in(*words: str) -> Result:
    return CliRunner().invoke(main, ["platform", *words, "--as", "甲"])


def say(*words: str, code: int = 0) -> dict[str, object]:
    told = type_in(*words, "--json")
    assert told.exit_code == code, (told.output, told.exception)
    return json.loads(told.stdout)


def test_a_person_is_asked_after_and_shown(world, platform):
    person = world.person(name="甲一")
    number = number_of(world, person)
    assert say("ask", number, "--dry-run") == {"to_ask": 1, "not_due": 0, "dry_run": "没有去问"}
    assert (platform.asked, PlatformAsk.objects.count()) == ([], 0)
    platform.insured = {"甲一": [joined()]}
    assert say("ask", number) == {"answered": 1, "unanswered": 0, "not_due": 0}
    assert say("ask", str(person)) == {"answered": 0, "unanswered": 0, "not_due": 1}
    shown = type_in("show", number).output
    assert "职工医保" in shown
    assert "E-1007" in shown
    assert number not in shown


def test_an_area_is_asked_after_and_silence_is_told(world, platform):
    for n in range(3):
        world.person(name=f"甲{n}")
    platform.down = True
    assert say("ask", "--area", "371500", code=1) == {"answered": 0, "unanswered": 3, "not_due": 0}
    assert say("status", code=1)["unanswered"] == 3
    assert say("ask", "--area", "999999", code=1)["refused"] == "E-1104"
    person = Person.objects.first()
    assert say("show", str(person.id))["is_answered"] is False


def test_a_feed_from_a_file_is_tried_dry_taken_in_and_refused(world, tmp_path: Path):
    person = world.person(name="甲一")
    file = tmp_path / "feed.json"
    body = feed_of(
        1,
        world.env.now,
        (number_of(world, person), "甲一", joined()),
        (number_of(world, person), "别人", date(2021, 1, 1)),
    )
    file.write_bytes(body)
    taken = {"feed_no": 1, "rows": 2, "taken": 1, "strangers": 0, "doubtful": [2]}
    assert say("feed", str(file), "--dry-run", code=1) == taken | {"dry_run": "没有写入"}
    assert (HeardFact.objects.count(), PlatformFeed.objects.count()) == (0, 0)
    assert say("feed", str(file), code=1) == say("feed", str(file), code=1) == taken
    assert HeardFact.objects.count() == 1
    file.write_bytes(body[:-5])
    assert say("feed", str(file), code=1)["refused"] == "E-1062"
    assert say("status")["feeds"][0]["taken"] == 1


def test_feeds_are_fetched(world, platform):
    person = world.person(name="甲一")
    platform.feeds = {1: feed_of(1, world.env.now, (number_of(world, person), "甲一", joined()))}
    (taken,) = say("feed")["feeds"]
    assert (taken["rows"], taken["taken"]) == (1, 1)
    assert say("feed") == {"feeds": "没有新的。"}
    platform.feeds[2] = feed_of(2, world.env.now)[:-3]
    assert say("feed", code=1)["refused"] == "E-1062"
    platform.down = True
    told = type_in("feed")
    assert (told.exit_code, "没有应答" in told.output) == (1, True)


def test_wrong_usage_and_no_connection_are_told(world, monkeypatch):
    person = str(world.person())
    assert [type_in("ask").exit_code, type_in("ask", person, "--area", CHIPING).exit_code] == [2, 2]
    assert type_in("feed", "--dry-run").exit_code == 2
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor, platform=None))
    for words in (("ask", person), ("feed",)):
        told = type_in(*words)
        assert (told.exit_code, "CANBAO_PLATFORM" in told.output) == (1, True)
    assert "连接: 否" in type_in("status").output
