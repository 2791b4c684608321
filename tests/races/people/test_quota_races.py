"""Claims of one household at the same moment: together they never get more than the cap (E10)."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from canbao.records.models import QuotaEntry
from canbao.services.people.quota import use
from tests.races.test_settle_races import at_once
from tests.services.people.test_quota import a_household, claim
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
