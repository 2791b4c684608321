"""The books: they balance, a changed row is found and named, and every state follows from the rows."""

from datetime import timedelta

import pytest

from canbao.basics.accounts import read_account
from canbao.records.models import Bill, Coverage, Entry, LedgerSeal, Order, OrderLine
from canbao.services.money.ledger import check_states, facts, rebuild_states, seal, trial_balance, verify
from canbao.services.money.pay import start
from canbao.services.money.settle import Arrival, settle
from tests.support.world import BACK, World


def a_payment(world: World) -> None:
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    settle(world.env, [Arrival(world.channel.take_money(f"{order.order_no}01"))])


@pytest.fixture
def sealed(world: World) -> World:
    """Three payments in one hour, two in a later one, and a morning after which all is sealed."""
    for _ in range(3):
        a_payment(world)
    later = world.later(hours=5)
    for _ in range(2):
        a_payment(later)
    after = later.later(hours=2)
    assert [fact.row_count for fact in seal(after.env)] == [3, 2]
    return after


def test_the_trial_balance_has_every_account_in_the_fields_words_and_sums_to_nothing(world):
    a_payment(world)
    rows = trial_balance(world.env)
    assert {row.account: row.balance_fen for row in rows} == {
        "channel_clearing:wechat": 28_000,
        "contribution:2022:person": -28_000,
    }
    assert [read_account(row.account).label for row in rows] == ["渠道待清算 wechat", "保费 2022 个人"]
    assert sum(row.balance_fen for row in rows) == 0


def test_an_hour_is_sealed_once_and_not_before_its_last_transaction_can_have_ended(world):
    a_payment(world)
    ended = world.env.now.replace(minute=0) + timedelta(hours=1)
    assert seal(world.env.at(ended + timedelta(minutes=14))) == []
    assert len(seal(world.env.at(ended + timedelta(minutes=15)))) == 1
    assert seal(world.env.at(ended + timedelta(minutes=50))) == []


def test_an_untouched_ledger_is_as_it_was_sealed(sealed):
    assert verify(sealed.env, facts(sealed.env)) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [("amount_fen", 27_999), ("debit", "channel_clearing:other"), ("order_no", None), ("reason", "x")],
)
def test_a_changed_row_is_named(sealed, column, value):
    victim = Entry.objects.order_by("-booked_at").first()
    Entry.objects.filter(id=victim.id).update(**{column: value})
    found = verify(sealed.env)
    assert (found.what, found.row_id) == ("row_changed", victim.id)
    assert found.from_at <= victim.booked_at < found.until_at


def test_a_removed_row_and_a_smuggled_row_are_named(sealed):
    victim = Entry.objects.order_by("id").first()
    victim_id, victim.id, victim.key = victim.id, victim.id + 7_000_000_0000, "smuggled"
    victim.booked_at += timedelta(seconds=1)
    victim.save(force_insert=True)
    assert verify(sealed.env).what == "row_added"
    assert verify(sealed.env).row_id == victim.id
    Entry.objects.filter(id__in=[victim.id, victim_id]).delete()
    assert (verify(sealed.env).what, verify(sealed.env).row_id) == ("row_removed", victim_id)


def test_a_row_smuggled_in_before_the_first_seal_is_found(sealed):
    old = Entry.objects.order_by("id").first()
    old.id, old.key, old.booked_at = old.id + 7_000_000_0000, "smuggled", old.booked_at - timedelta(days=30)
    old.save(force_insert=True)
    assert verify(sealed.env).what == "row_added"


def test_a_seal_made_anew_over_changed_rows_is_found_by_its_signature_or_by_the_copy_outside(sealed):
    outside = facts(sealed.env)
    Entry.objects.order_by("-booked_at").update(amount_fen=1)
    first, second = LedgerSeal.objects.order_by("from_at")
    LedgerSeal.objects.filter(id__gte=first.id).delete()
    seal(sealed.env)  # whoever holds the whole server, keys included
    assert verify(sealed.env) is None
    assert verify(sealed.env, outside).what == "seal_changed"
    LedgerSeal.objects.filter(from_at=second.from_at).update(signature="0" * 64)
    assert verify(sealed.env).what == "seal_changed"


def test_a_tail_cut_off_is_found_by_the_copy_outside(sealed):
    outside = facts(sealed.env)
    LedgerSeal.objects.order_by("-from_at").first().delete()
    assert verify(sealed.env) is None
    assert verify(sealed.env, outside).what == "seal_missing"


def test_every_state_follows_from_the_rows(world):
    a_payment(world)
    world.order(world.bill(world.person()))
    assert check_states(world.env) == []


@pytest.mark.parametrize(
    ("model", "noun", "change", "stored"),
    [
        (Bill, "bill", {"state": "superseded"}, "settled"),
        (Order, "order", {"state": "expired"}, "settled"),
        (OrderLine, "order_line", {"state": "surplus"}, "settled"),
        (OrderLine, "order_line.refunded_fen", {"refunded_fen": 5}, "0"),
        (Coverage, "coverage", {"state": "cancelled"}, "active"),
    ],
)
def test_a_state_that_does_not_follow_is_named_and_put_right(world, model, noun, change, stored):
    a_payment(world)
    model.objects.update(**change)
    (wrong,) = check_states(world.env)
    assert (wrong.noun, wrong.rebuilt) == (noun, stored)
    assert rebuild_states(world.env) == [wrong]
    assert check_states(world.env) == []
