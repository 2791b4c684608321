"""开季: everybody enrolled is brought to the year, once, and whoever cannot be is named."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from canbao.basics.refusals import NotFound
from canbao.faces import wiring
from canbao.faces.cli.main import main
from canbao.policy.format.vocabulary import PERSON_CLASSES, class_by_age
from canbao.records.models import Bill, Enrolment, Event
from canbao.services.people.open_season import Unassessed, open_season
from tests.support.people.asked import suspend_from
from tests.support.world import make_world

CHANGZHI, YEAR = "140403", 2025


@pytest.fixture
def world(db):
    """长治 on 16 October 2024."""
    return make_world(datetime(2024, 10, 16, 2, 0, tzinfo=UTC))


def a_town(world):
    """An adult, a child of two still called newborn, a pensioner, somebody in a group without a figure, one who left."""
    adult = world.person(CHANGZHI, "adult", date(1980, 1, 1), "陈一")
    child = world.person(CHANGZHI, "newborn", date(2022, 5, 1), "陈二")
    world.person(CHANGZHI, "senior", date(1950, 1, 1), "陈三")
    world.marked(
        world.person(CHANGZHI, "adult", date(1985, 1, 1), "陈四"),
        "minimum_living_allowance",
        date(2023, 1, 1),
    )
    suspend_from(world, world.person(CHANGZHI, "adult", date(1970, 1, 1), "陈五"), date(2024, 1, 31))
    world.person("140802", "adult", date(1970, 1, 1), "外地")
    return adult, child


def test_everybody_enrolled_is_billed_and_nobody_else(world):
    a_town(world)
    told: list[Unassessed] = []

    opened = open_season(world.env, "140400", YEAR, tell=told.append)

    assert (opened.people, dict(opened.bills), dict(opened.unassessed)) == (4, {"payable": 3}, {"E-1021": 1})
    assert Bill.objects.count() == 3
    assert [(one.area_code, one.code) for one in told] == [(CHANGZHI, "E-1021")]


def test_a_class_that_age_alone_has_outgrown_changes_with_an_event(world):
    _, child = a_town(world)

    assert open_season(world.env, CHANGZHI, YEAR).classes_changed == 1

    enrolment = Enrolment.objects.get(person=child)
    assert enrolment.person_class == "minor"
    event = Event.objects.get(name="ClassChanged")
    assert (event.subject_id, event.details) == (
        enrolment.id,
        {"is": {"person_class": "minor"}, "was": {"person_class": "newborn"}, "why": "age"},
    )


def test_opening_again_changes_nothing(world):
    a_town(world)
    open_season(world.env, CHANGZHI, YEAR)
    before = [Bill.objects.count(), Event.objects.count()]

    again = open_season(world.env, CHANGZHI, YEAR)

    assert (again.classes_changed, dict(again.bills)) == (0, {"payable": 3})
    assert [Bill.objects.count(), Event.objects.count()] == before


def test_an_area_nobody_knows_is_refused(world):
    with pytest.raises(NotFound):
        open_season(world.env, "999900", YEAR)


@pytest.mark.parametrize(
    ("person_class", "age", "becomes"),
    [("newborn", 0, "newborn"), ("newborn", 1, "minor"), ("newborn", 30, "adult"), ("minor", 18, "adult"),
     ("student", 30, "student"), ("adult", 70, "adult")],
)  # fmt: skip
def test_only_what_age_alone_decides_is_changed(person_class, age, becomes):
    assert class_by_age(person_class, age) == becomes
    assert PERSON_CLASSES[becomes].fits(age)


def test_the_command_counts_and_lists(world, monkeypatch, tmp_path):
    a_town(world)
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    listed = tmp_path / "unassessed.csv"
    words = [
        "season",
        "open",
        "--area",
        "140400",
        "--year",
        "2025",
        "--as",
        "甲",
        "--unassessed",
        str(listed),
        "--json",
    ]

    told = CliRunner().invoke(main, words)

    assert told.exit_code == 0, told.output
    assert json.loads(told.output.splitlines()[-1])["bills"] == {"payable": 3}
    assert "E-1021" in listed.read_text("utf-8-sig")
