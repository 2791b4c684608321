"""The line to the database is cut at each COMMIT of each money use-case: before it arrives, or before its answer comes.

Nobody knows then whether it was committed. Whoever asked asks again, the jobs run, and the books are sound.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection

from canbao.basics.refusals import Refusal
from canbao.records.models import Coverage
from canbao.services.exchange.receive import settle_kept
from canbao.services.money.chase import chase
from canbao.services.system.audit import audit
from tests.races.test_kill_anywhere import USE_CASES, confirming_zero, money_booked
from tests.races.wire.cutter import Cutter, When, cutter
from tests.support.world import IN_SEASON, World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
COMMITS_MAX = 12


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: use_case.__name__)
def test_cut_at_any_commit_nothing_is_lost_or_done_twice(
    transactional_db, use_case, when: When, record_property
):
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC) if use_case is confirming_zero else IN_SEASON)
    world.channel.depth = 0
    cuts = 0
    for nth in range(1, COMMITS_MAX):
        case = use_case(world)
        covers = Coverage.objects.count()
        was_cut = run_and_cut(case.run, nth, when)
        cuts += was_cut
        assert audit(world.env.now) == [], f"right after the cut at commit {nth}"
        case.again()
        at_rest(world)
        assert (Coverage.objects.count() > covers) is case.covered, nth
        assert money_booked() == sum(fact.amount_fen for fact in world.channel.paid.values()), nth
        if not was_cut:
            record_property("simulation real_cuts", cuts)
            assert cuts >= 1, "that has no commit"
            return
    raise AssertionError(f"more than {COMMITS_MAX} commits")


def at_rest(world: World) -> None:
    for minutes in (1, 32, 40):
        env = world.later(minutes=minutes).env
        settle_kept(env)
        chase(env)
    assert audit(world.later(minutes=45).env.now, at_rest=True) == []
    world.later(minutes=0)


def run_and_cut(work: Callable[[], object], nth: int, when: When) -> bool:
    """Run over a wire that is cut at its n-th COMMIT. False: there are fewer."""
    with over_a_wire(nth, when) as wire:
        try:
            work()
        except (DatabaseError, Refusal):
            assert wire.cut
    return wire.cut


@contextmanager
def over_a_wire(nth: int, when: When) -> Iterator[Cutter]:
    options = connection.settings_dict["OPTIONS"]
    server = options["host"]
    connection.close()
    with cutter(server, nth, when) as (folder, wire):
        options["host"] = str(folder)
        try:
            yield wire
        finally:
            options["host"] = server
            connection.close()
