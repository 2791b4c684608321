"""A day of the card terminals against the acquirer's file: to zero, whatever the file loses, repeats or says otherwise."""

from dataclasses import replace
from decimal import Decimal

import pytest

from canbao.basics.days import local_date
from canbao.basics.refusals import DayNotProved, StatementRefused
from canbao.channels.pos import PosTerminals
from canbao.records.models import Attempt, Break
from canbao.services.exchange.cure import approve_cure, propose_cure
from canbao.services.exchange.day import approve_close, propose_close
from canbao.services.exchange.match import match
from canbao.services.exchange.statement import upload
from canbao.services.money.window.take import take
from canbao.services.money.window.till import Till
from sandbox.pos.day import Swipe, day_file

TERMINAL, MERCHANT = Till("pos", "88010001"), "898371503990001"


@pytest.fixture
def cards(window):
    """Three card payments, and the day file as its acquirer would write it."""
    env = window.world.env
    env.channels["pos"] = PosTerminals(MERCHANT)
    take(env, TERMINAL, [window.receipt(no=f"{n:06d}") for n in (1, 2, 3)])
    swipes = [
        Swipe(*row.channel_txn_no.split("-"), row.out_trade_no, Decimal(row.amount_fen) / 100, row.paid_at)
        for row in Attempt.objects.filter(channel="pos").order_by("id")
    ]
    window.file = lambda **flaws: day_file(
        MERCHANT, swipes, {key.lstrip("_"): flaw for key, flaw in flaws.items()}
    )
    window.day = local_date(env.now)
    return window


def closed(cards) -> None:
    env = cards.world.later(days=1).env
    for row in Break.objects.filter(state="open"):
        digest = propose_cure(replace(env, actor="staff:甲"), row.id, "suspense", "收单机构核实中")
        approve_cure(replace(env, actor="staff:乙"), row.id, digest)
    digest = propose_close(replace(env, actor="staff:甲"), "pos", cards.day)
    approve_close(replace(env, actor="staff:乙"), "pos", cards.day, digest)
    assert cards.balance("channel_clearing:pos") == 0


@pytest.mark.parametrize(
    ("flaws", "found", "handed_on", "unknown"),
    [
        ({}, [], 84_000, 0),
        ({"_000002": "repeated"}, [], 84_000, 0),
        ({"_000002": "lost"}, ["short"], 56_000, 28_000),
        ({"_000002": "amount"}, ["amount"], 84_100, -100),
        ({"_000002": "unnumbered"}, ["over", "short"], 84_000, 0),
    ],
)
def test_a_day_of_cards_closes_to_zero(cards, flaws, found, handed_on, unknown):
    env = cards.world.later(days=1).env
    upload(env, "pos", cards.day, [cards.file(**flaws)])
    match(env, "pos", cards.day)
    assert sorted(Break.objects.values_list("kind", flat=True)) == found
    if found:
        with pytest.raises(DayNotProved):
            propose_close(env, "pos", cards.day)
    closed(cards)
    assert (cards.balance("treasury_in_transit:pos"), cards.balance("suspense:pos")) == (handed_on, unknown)


def test_a_file_that_is_cut_off_is_kept_and_refused(cards):
    with pytest.raises(StatementRefused):
        upload(cards.world.env, "pos", cards.day, [cards.file(file="cut_off")])
