"""Cash: what the agent is told is what becomes of the money, whenever and however often it is handed in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError

from canbao.basics.refusals import PageExpired
from canbao.records.models import Attempt, Entry, Order
from canbao.services.money import collect as collecting
from canbao.services.money.chase import chase
from canbao.services.money.collect import collect


def test_cash_handed_in_twice_under_one_number_is_booked_once(world):
    opening = world.opening(world.bill(world.person()))
    assert collect(world.env, [opening], "cash", "0007") == ["settled"]
    assert collect(world.env, [opening], "cash", "0007") == ["repeated"]
    assert Entry.objects.count() == 1


def test_no_cash_is_taken_at_a_price_that_has_expired(world):
    opening = world.opening(world.bill(world.person()))
    yesterday = world.env.local_date("371503") - timedelta(days=1)
    with pytest.raises(PageExpired):
        collect(world.env, [replace(opening, payable_until=yesterday)], "cash", "0007")
    assert not Entry.objects.exists()


def cut_off_before_settling(world, monkeypatch):
    """The agent's first try: order and attempt are committed, then the line is cut."""

    def lost(*_):
        raise OperationalError("server closed the connection unexpectedly")

    opening = world.opening(world.bill(world.person()))
    with monkeypatch.context() as patch:
        patch.setattr(collecting, "settle", lost)
        with pytest.raises(OperationalError):
            collect(world.env, [opening], "cash", "0007")
    return opening


def test_an_order_of_an_agent_who_was_cut_off_expires_like_any_other(world, monkeypatch):
    cut_off_before_settling(world, monkeypatch)
    chase(world.later(hours=1).env)
    assert (Order.objects.get().state, Attempt.objects.get().state) == ("expired", "closed")


def test_cash_for_an_order_that_is_over_is_refused_and_not_taken_for_nothing(world, monkeypatch):
    opening = cut_off_before_settling(world, monkeypatch)
    later = world.later(hours=1)
    with pytest.raises(PageExpired):
        collect(later.env, [opening], "cash", "0007")
    chase(later.env)
    with pytest.raises(PageExpired):
        collect(later.env, [opening], "cash", "0007")
    assert not Entry.objects.exists()


def test_an_attempt_made_while_its_order_expired_is_closed_too(world, monkeypatch):
    cut_off_before_settling(world, monkeypatch)
    Order.objects.update(state="expired")
    chase(world.later(hours=1).env)
    assert Attempt.objects.get().state == "closed"
