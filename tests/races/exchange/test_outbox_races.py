"""Two senders on one outbox: each row travels once, each word is written once."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from canbao.records.models import Bill, Event, IdentityMark, OutboxRow, PushBatch
from canbao.services.exchange.outbox.look import refusals, retry
from canbao.services.exchange.outbox.send import send
from canbao.services.money.assess import assess
from tests.races.test_settle_races import at_once
from tests.support.fake_authority import FakeAuthority
from tests.support.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 40


@pytest.fixture
def tax() -> FakeAuthority:
    return FakeAuthority()


@pytest.fixture
def world(transactional_db, tax) -> World:
    assert connection.vendor == "postgresql"
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))
    return replace(world, env=replace(world.env, authorities={"tax": tax}))


def assisted(world: World) -> list[int]:
    return [
        world.marked(world.person("140802", "adult", date(1988, 3, 15), "李明"), "minimum_living_allowance",
                     date(2021, 12, 1), pushed=False)
        for _ in range(PEOPLE)
    ]  # fmt: skip


def test_three_senders_at_once_tell_each_row_once(world, tax):
    assess(world.env, assisted(world), 2022)
    results = at_once(*[lambda: send(world.env)] * 3)
    assert sum(results) == PEOPLE, results
    assert sorted(row.rid for batch in tax.batches for row in batch.rows) == sorted(
        OutboxRow.objects.values_list("id", flat=True)
    )
    assert Event.objects.filter(name="OutboxRowAccepted").count() == PEOPLE
    assert set(Bill.objects.values_list("hold_code", flat=True)) == {None}


def test_what_is_taken_back_while_it_is_told_is_withdrawn_or_cancelled(world, tax):
    people = assisted(world)
    assess(world.env, people, 2022)
    IdentityMark.objects.update(ended_date=date(2021, 12, 10))
    results = at_once(
        lambda: send(world.env), lambda: assess(world.env, people, 2022), lambda: send(world.env)
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    while send(world.env):
        pass
    assert tax.held == {}
    told = OutboxRow.objects.filter(action="put", state="accepted").count()
    assert OutboxRow.objects.filter(action="cancel", state="accepted").count() == told
    assert OutboxRow.objects.filter(state="withdrawn").count() == PEOPLE - told
    assert sum(len(batch.rows) for batch in tax.batches) == sum(
        PushBatch.objects.values_list("row_count", flat=True)
    )


def test_a_refusal_told_again_by_three_hands_goes_once(world, tax):
    people = assisted(world)[:1]
    (assessment,) = assess(world.env, people, 2022)
    tax.refuse = {assessment.bill.id: "姓名不符"}
    send(world.env)
    (found,) = refusals(world.env, "tax")
    at_once(*[lambda: retry(world.env, "tax", [found.row.id])] * 3)
    assert OutboxRow.objects.filter(state="waiting").count() == 1
