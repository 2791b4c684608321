"""退出 and 退回: whatever is claimed, left, joined again and taken back, the fund pays no more than the caps (E10, FY-22)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canbao.basics.refusals import ChangeRefused, NotFound
from canbao.records.models import Event, QuotaEntry
from canbao.records.people.changes.told import Ground
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.people.household.join import form
from canbao.services.people.household.leave import leave
from canbao.services.people.household.quota import standing, take_back, use
from tests.services.people.household.test_quota import FUNAN, VISIT, a_household, claim
from tests.support.world import World, make_world

CAP = 25_000
APART = Ground("分开过")


@pytest.fixture
def fuyang(db) -> World:
    """阜阳 on 1 March 2021."""
    return make_world(datetime(2021, 3, 1, 2, 0, tzinfo=UTC))


def left(world: World, person_id: int) -> int:
    shared = standing(world.env, person_id, VISIT)
    return max(0, (shared.cap_fen or 0) - shared.used_fen)


def test_whoever_leaves_after_all_is_used_has_nothing_left(fuyang):
    """Four share 1,000 and have used it: parting must not bring 250 more to each."""
    head, *others = a_household(fuyang)
    assert use(fuyang.env, claim(head, "1", 200_000)) == 100_000
    for person in others:
        leave(fuyang.env, person, 2021, APART)
    assert [left(fuyang, id_) for id_ in (head, *others)] == [0, 0, 0, 0]


def test_whoever_has_used_nothing_keeps_the_own_cap_and_the_others_keep_theirs(fuyang):
    head, child = a_household(fuyang, 2)
    use(fuyang.env, claim(head, "1", 20_000))  # 11,000 of 50,000
    leave(fuyang.env, child, 2021, APART)
    assert [left(fuyang, id_) for id_ in (head, child)] == [CAP - 11_000, CAP]


def test_what_a_leaver_used_goes_with_them_and_stays_with_the_others(fuyang):
    head, child = a_household(fuyang, 2)
    use(fuyang.env, claim(child, "1", 20_000))
    leave(fuyang.env, child, 2021, APART)
    assert [left(fuyang, id_) for id_ in (head, child)] == [CAP - 11_000, CAP - 11_000]


def test_coming_back_to_the_same_household_restores_what_it_had(fuyang):
    head, child = a_household(fuyang, 2)
    use(fuyang.env, claim(child, "1", 20_000))
    leave(fuyang.env, child, 2021, APART)
    form(fuyang.env, [(child, head, 2021, FUNAN)])
    assert left(fuyang, head) == 2 * CAP - 11_000


def test_a_claim_taken_back_is_a_row_below_zero_once_and_can_be_used_again(fuyang):
    head, child = a_household(fuyang, 2)
    use(fuyang.env, claim(child, "1", 20_000))

    assert [take_back(fuyang.env, child, "1", 2021) for _ in range(2)] == [11_000, 11_000]

    assert list(QuotaEntry.objects.order_by("serial_no").values_list("amount_fen", "used_fen")) == [
        (11_000, 11_000),
        (-11_000, 0),
    ]
    assert left(fuyang, head) == 2 * CAP
    with pytest.raises(NotFound):
        take_back(fuyang.env, head, "1", 2021)


def test_joining_and_leaving_are_events(fuyang):
    _, child = a_household(fuyang, 2)
    leave(fuyang.env, child, 2021, APART)
    names = list(
        Event.objects.filter(subject="household_member").order_by("id").values_list("name", flat=True)
    )
    assert names == ["HouseholdJoined", "HouseholdJoined", "HouseholdLeft"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["use", "use", "use", "leave", "leave", "join", "back"]),
        st.integers(0, 2),
        st.sampled_from([9_000, 200_000]),
    ),
    min_size=6,
    max_size=14,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_together_they_never_get_more_than_their_caps(fuyang, steps):
    people = [fuyang.person(FUNAN, "adult", date(1990, 1, n + 1)) for n in range(3)]
    take_over(fuyang.env, [PastYear(id_, 2021, FUNAN, "adult", 28_000) for id_ in people])
    form(fuyang.env, [(id_, people[0], 2021, FUNAN) for id_ in people])
    paid: dict[str, tuple[int, int]] = {}
    for n, (step, who, fen) in enumerate(steps):
        person = people[who]
        try:
            if step == "use":
                paid[str(n)] = (person, use(fuyang.env, claim(person, str(n), fen)))
            elif step == "leave":
                leave(fuyang.env, person, 2021, APART)
            elif step == "join":
                form(fuyang.env, [(person, people[0], 2021, FUNAN)])
            elif paid:
                no, (whose, _) = paid.popitem()
                take_back(fuyang.env, whose, no, 2021)
        except ChangeRefused:
            continue
    assert sum(fen for _, fen in paid.values()) <= 3 * CAP
    for id_ in people:
        rows = list(QuotaEntry.objects.filter(head=id_).order_by("serial_no"))
        sums = [sum(row.amount_fen for row in rows[: n + 1]) for n in range(len(rows))]
        assert [row.used_fen for row in rows] == sums
