"""E10, E11 on the tables: the cap of a 户 is shared and seen once; a 户 is not the hukou and not any number."""

from datetime import UTC, date, datetime

import pytest

from canbao.basics.refusals import ChangeRefused, HouseholdMismatch
from canbao.records.models import HouseholdMember, QuotaEntry
from canbao.records.people.changes.told import Ground
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.people.household.join import Head, check_head, form
from canbao.services.people.household.leave import leave
from canbao.services.people.household.quota import Use, standing, use
from tests.support.people.asked import number_of
from tests.support.world import World, make_world

FUNAN, TAIHE = "341225", "341222"
VISIT = date(2021, 3, 1)


@pytest.fixture
def fuyang(db) -> World:
    """阜阳 on 1 March 2021."""
    return make_world(datetime(2021, 3, 1, 2, 0, tzinfo=UTC))


def family(world: World, many: int) -> list[int]:
    people = [world.person(FUNAN, "adult", date(1990, 1, day + 1)) for day in range(many)]
    take_over(world.env, [PastYear(id_, 2021, FUNAN, "adult", 28_000) for id_ in people])
    return people


def a_household(world: World, many: int = 4) -> list[int]:
    people = family(world, many)
    form(world.env, [(id_, people[0], 2021, FUNAN) for id_ in people])
    return people


def claim(person_id: int, no: str, eligible_fen: int = 100_000, area: str = FUNAN) -> Use:
    return Use(person_id, no, eligible_fen, area, VISIT)


def test_e10_one_of_four_may_use_what_the_others_left(fuyang):
    one, two, *_ = a_household(fuyang)
    assert use(fuyang.env, claim(two, "1", 100_000)) == 55_000
    assert use(fuyang.env, claim(two, "2", 27_273)) == 15_000
    assert use(fuyang.env, claim(one, "3")) == 30_000
    assert use(fuyang.env, claim(one, "4")) == 0
    assert use(fuyang.env, claim(one, "3")) == 30_000  # the clinic asks again
    assert (standing(fuyang.env, one, VISIT).used_fen, QuotaEntry.objects.count()) == (100_000, 4)


def test_e10_who_is_in_no_household_stops_at_the_own_cap(fuyang):
    (alone,) = family(fuyang, 1)
    assert use(fuyang.env, claim(alone, "1")) == 25_000


def test_e10_outside_the_county_it_is_not_this_quota(fuyang):
    assert use(fuyang.env, claim(a_household(fuyang)[0], "1", area=TAIHE)) == 0


def test_e10_whoever_is_not_covered_that_day_uses_nothing(fuyang):
    with pytest.raises(ChangeRefused):
        use(fuyang.env, claim(fuyang.person(FUNAN, "adult", date(1990, 1, 1)), "1"))


def test_what_somebody_used_alone_counts_once_they_have_joined(fuyang):
    one, two = family(fuyang, 2)
    assert use(fuyang.env, claim(two, "1")) == 25_000
    form(fuyang.env, [(id_, one, 2021, FUNAN) for id_ in (one, two)])
    assert use(fuyang.env, claim(one, "2")) == 25_000
    assert use(fuyang.env, claim(two, "3")) == 0


def test_e11_two_children_share_two_caps_and_their_father_is_no_head(fuyang):
    """FY-23, FY-26: the parents are in the employee scheme, so the cap is 500; the head pays first, in the same place."""
    head, child = a_household(fuyang, 2)
    assert standing(fuyang.env, child, VISIT).cap_fen == 50_000
    pack = fuyang.env.packs.get(FUNAN, 2021, fuyang.env.now)
    father = fuyang.person(FUNAN, "adult", date(1985, 1, 1))

    def enter(number: str, area: str = FUNAN) -> int:
        return check_head(fuyang.env, child, number_of(fuyang, child), Head(number), area, pack)

    with pytest.raises(HouseholdMismatch) as refused:
        enter(number_of(fuyang, father))
    assert "先缴" in refused.value.facts["cause"]
    with pytest.raises(HouseholdMismatch):
        enter(number_of(fuyang, head), TAIHE)
    assert enter(number_of(fuyang, head)) == head
    assert HouseholdMember.objects.filter(head_person_id=head).count() == 2


def test_whoever_leaves_has_the_own_cap_again_and_the_head_cannot_leave_the_others(fuyang):
    head, child = a_household(fuyang, 2)
    with pytest.raises(ChangeRefused):
        leave(fuyang.env, head, 2021, Ground("分开过"))
    leave(fuyang.env, child, 2021, Ground("分开过"))
    assert [standing(fuyang.env, id_, VISIT).cap_fen for id_ in (head, child)] == [25_000, 25_000]
    with pytest.raises(ChangeRefused):
        leave(fuyang.env, child, 2021, Ground("分开过"))
