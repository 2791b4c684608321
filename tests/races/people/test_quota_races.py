"""Claims of one household at the same moment: together they never get more than the cap (E10)."""

from datetime import UTC, datetime
from itertools import count

import pytest
from django.db import connection

from canbao.records.models import QuotaEntry
from canbao.records.people.changes.told import Ground
from canbao.services.people.household.leave import leave
from canbao.services.people.household.quota import use
from tests.races.test_settle_races import at_once
from tests.services.people.household.test_quota import a_household, claim
from tests.support.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db) -> World:
    assert connection.vendor == "postgresql"
    return make_world(datetime(2021, 3, 1, 2, 0, tzinfo=UTC))


def test_claims_at_once_never_see_the_same_remainder(world):
    for turn in range(6):
        people = a_household(world)
        paid = at_once(*[lambda p=id_: use(world.env, claim(p, f"{turn}-{p}")) for id_ in people])
        assert sorted(paid) == [0, 0, 45_000, 55_000], paid
        rows = QuotaEntry.objects.filter(head=people[0]).order_by("serial_no")
        assert [row.serial_no for row in rows] == [1, 2, 3, 4]
        assert rows.last().used_fen == 100_000


def test_whoever_leaves_while_the_others_claim_takes_nothing_that_is_gone(world):
    claims = count(1)
    for _ in range(6):
        head, *others = people = a_household(world)
        leaving = [lambda p=id_: leave(world.env, p, 2021, Ground("分开过")) for id_ in others]
        at_once(*leaving, lambda h=head: use(world.env, claim(h, str(next(claims)), 200_000)))
        for id_ in people:
            use(world.env, claim(id_, str(next(claims)), 200_000))
        rows = QuotaEntry.objects.filter(person_id__in=people).exclude(claim_no__startswith="left:")
        assert sum(row.amount_fen for row in rows) <= 100_000
