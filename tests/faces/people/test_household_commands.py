"""Leaving a 户 as the staff type it: tried dry first, done with a reason, refused in words."""

from canbao.records.models import Event, HouseholdMember
from canbao.services.people.household import join
from tests.faces.people.test_person_commands import GROUND, say, told, world
from tests.support.world import CHIPING

__all__ = ["world"]


def test_a_member_leaves_at_the_window_and_a_head_does_not(world):
    head, member = world.person(), world.person()
    world.env.serials.warm({"household_member": 2})
    join(world.env, [(head, head, 2026, CHIPING), (member, head, 2026, CHIPING)])
    step = ("household", "leave", str(member), "--year", "2026", *GROUND)
    say(*step, "--dry-run")
    assert HouseholdMember.objects.get(person=member).left_at is None
    say(*step)
    assert HouseholdMember.objects.get(person=member).left_at is not None
    assert Event.objects.get(name="HouseholdLeft").details["evidence"] == "卷-0007"
    assert told("household", "leave", str(head), "--year", "2026", *GROUND, code=1)["refused"]
