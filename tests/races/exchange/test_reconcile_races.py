"""Two clerks on the same day, the same file, the same break: one of each."""

import pytest
from django.db import connection

from canbao.records.models import Break, DayClose, Entry, LedgerSeal, Statement, StatementLine
from canbao.services.exchange.cure import approve_cure, propose_cure
from canbao.services.exchange.day import approve_close, propose_close
from canbao.services.exchange.match import match
from canbao.services.exchange.statement import upload
from canbao.services.money.ledger import seal, verify
from tests.races.test_settle_races import at_once
from tests.support.reconciling import DAY, MORNING, a_payment, as_row, as_staff, balances
from tests.support.trade_bill import Row, trade_bill
from tests.support.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db) -> World:
    assert connection.vendor == "postgresql"
    return make_world(MORNING)


def test_the_same_file_uploaded_twice_at_once_is_read_once(world):
    body = trade_bill([as_row(a_payment(world)) for _ in range(30)])
    results = at_once(*[lambda: upload(world.env, "wechat", DAY, [body])] * 3)
    assert [result.line_count for result in results] == [30] * 3, results
    assert Statement.objects.count() == 1
    assert StatementLine.objects.count() == 30


def test_a_day_matched_twice_at_once_has_each_break_once(world):
    rows = [Row(f"STRANGE{n:03}", 100, MORNING) for n in range(40)]
    upload(world.env, "wechat", DAY, [trade_bill(rows)])
    results = at_once(*[lambda: match(world.env, "wechat", DAY)] * 3)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert Break.objects.count() == 40


def test_a_cure_approved_twice_at_once_is_booked_once(world):
    upload(world.env, "wechat", DAY, [trade_bill([Row("STRANGE", 100, MORNING)])])
    match(world.env, "wechat", DAY)
    found = Break.objects.get()
    digest = propose_cure(as_staff(world, "甲"), found.id, "suspense", "查过")
    results = at_once(
        *[
            lambda name=name: approve_cure(as_staff(world, name), found.id, digest)
            for name in ("乙", "丙", "丁")
        ]
    )
    assert sum(isinstance(result, Exception) for result in results) == 2, results
    assert Entry.objects.count() == 1


def test_a_day_closed_twice_at_once_is_remitted_once(world):
    upload(world.env, "wechat", DAY, [trade_bill([as_row(a_payment(world))])])
    tomorrow = world.later(days=1)
    digest = propose_close(as_staff(tomorrow, "甲"), "wechat", DAY)
    at_once(
        *[
            lambda name=name: approve_close(as_staff(tomorrow, name), "wechat", DAY, digest)
            for name in ("乙", "丙")
        ]
    )
    assert DayClose.objects.count() == 1
    assert balances(world) == {"treasury_in_transit:wechat": 28_000, "contribution:2021:person": -28_000}


def test_two_jobs_sealing_at_once_make_one_chain(world):
    a_payment(world)
    tomorrow = world.later(days=1)
    results = at_once(*[lambda: seal(tomorrow.env)] * 3)
    assert not [result for result in results if isinstance(result, Exception)], results
    assert LedgerSeal.objects.count() == 1
    assert verify(tomorrow.env) is None
