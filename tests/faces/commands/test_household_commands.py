"""Leaving a 户 as the staff type it: tried dry first, done with a reason, refused in words."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from canbao.faces import wiring
from canbao.faces.cli.demo.people import id_number
from canbao.records.models import Event, HouseholdMember
from canbao.services.people.household.join import form
from tests.faces.commands.test_person_commands import GROUND, say, told, world
from tests.services.people.household.test_quota import FUNAN, family
from tests.support.world import CHIPING, make_world

__all__ = ["world"]


def test_a_member_leaves_at_the_window_and_a_head_does_not(world):
    head, member = world.person(), world.person()
    form(world.env, [(head, head, 2026, CHIPING), (member, head, 2026, CHIPING)])
    step = ("household", "leave", str(member), "--year", "2026", *GROUND)
    say(*step, "--dry-run")
    assert HouseholdMember.objects.get(person=member).left_at is None
    say(*step)
    assert HouseholdMember.objects.get(person=member).left_at is not None
    assert Event.objects.get(name="HouseholdLeft").details["evidence"] == "卷-0007"
    assert told("household", "leave", str(head), "--year", "2026", *GROUND, code=1)["refused"]


@pytest.fixture
def fuyang_window(db, monkeypatch) -> list[int]:
    """Two people of 阜南 who have paid for 2021, and the window's commands on 1 March."""
    world = make_world(datetime(2021, 3, 1, 2, 0, tzinfo=UTC))
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return family(world, 2)


def test_a_family_is_shown_joined_used_and_taken_back_at_the_window(fuyang_window):
    """FY-21 … FY-25: 55 of a hundred, two caps of 250 together."""
    head, member = (str(id_) for id_ in fuyang_window)
    day, by = ("--on", "2021-03-01", "--as", "甲"), ("--as", "甲")
    number = id_number(FUNAN, date(1990, 1, 1), 1)
    assert told("household", "join", head, "--head", number, "--year", "2021", *by)["done"]
    assert (
        told("household", "join", member, "--head", number, "--year", "2021", *by)["head_id"]
        == fuyang_window[0]
    )
    claim = ("household", "use", member, "--claim", "A1", "--yuan", "200", "--at", FUNAN, *day)
    assert told(*claim, "--dry-run")["paid_yuan"] == "110.00"
    assert [told(*claim)["paid_yuan"] for _ in range(2)] == ["110.00", "110.00"]
    shown = told("household", "show", head, *day)
    assert (shown["cap_yuan"], shown["used_yuan"], shown["left_yuan"]) == ("500.00", "110.00", "390.00")
    assert (
        told("household", "take-back", member, "--claim", "A1", "--year", "2021", *by)["back_yuan"]
        == "110.00"
    )
    assert told("household", "show", head, *day)["used_yuan"] == "0.00"
