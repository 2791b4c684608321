"""A whole day with the sandbox over HTTP: seeded faults on the wire and in the bill, closed to the fen.

The sandbox lives on real time, so the area's clock is shifted into its season, as in the demo.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from time import sleep

import pytest

from canbao.basics.days import CHINA
from canbao.channels.wechat import WeChatPay, read_keys
from canbao.records.models import Attempt, Break, Entry, Refund
from canbao.services.exchange.cure import approve_cure, propose_cure
from canbao.services.exchange.day import approve_close, propose_close
from canbao.services.exchange.match import match
from canbao.services.exchange.statement import fetch
from canbao.services.money.chase import resolve
from canbao.services.money.ledger import check_states, trial_balance
from canbao.services.money.pay import start
from canbao.services.money.refund import approve
from canbao.services.money.repay import repay
from sandbox.keys import make_keys
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.support.world import BACK, CHIPING, IN_SEASON, World, make_world

ROUNDS = 12
_crowds = count(1, 100)
FLAWS = ("missing", "amount", "extra")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One sandbox, a process of its own, that gives today's bill."""
    home: Path = tmp_path_factory.mktemp("sandbox") / "home"
    make_keys(home, "http://127.0.0.1:9")
    with running_sandbox(home) as running:
        yield running


@pytest.fixture
def world(db, sandbox: RunningSandbox) -> World:
    """茌平 in its season, with the channel as production makes it."""
    now = datetime.now(UTC)
    world = make_world(now, {CHIPING: (IN_SEASON - now).days})
    channel = WeChatPay(read_keys(sandbox.merchant_file))
    # People of their own for each test, so numbers of their own: the sandbox outlives the database.
    env = replace(world.env, channels={"wechat": channel})
    return replace(world, env=env, _orders=count(next(_crowds), 2))


def as_staff(world: World, name: str, **later: float):
    return replace(world.env.at(world.env.now + timedelta(**later)), actor=name)


def ordered(world: World) -> str:
    order = world.order(world.bill(world.person(), 2022))
    start(world.env, order, BACK)
    return f"{order.order_no}01"


def china_day(world: World) -> date:
    return world.env.now.astimezone(CHINA).date()


def test_a_day_with_lost_notices_and_a_false_bill_is_cured_and_closed(world, sandbox):
    numbers = [ordered(world) for _ in range(ROUNDS)]
    for number in numbers:
        sandbox.pay(number, notify="lost")
    seeded = dict(zip(FLAWS, numbers, strict=False))
    for flaw, number in seeded.items():
        sandbox.tell("behaviour", bill=flaw, out_trade_no=number)
    unheard = numbers[-2:]  # nobody ever asks after these: the statement is the last net
    resolve(world.env, list(Attempt.objects.exclude(out_trade_no__in=unheard).order_by("id")))
    assert Entry.objects.count() == ROUNDS - len(unheard)

    day = china_day(world)
    assert fetch(world.env, "wechat", day).line_count == ROUNDS
    matched = match(world.env, "wechat", day)
    kinds = sorted(Break.objects.values_list("kind", "suggestion"))
    assert kinds == [
        ("amount", "suspense"),
        ("over", "settle"),
        ("over", "settle"),
        ("over", "suspense"),
        ("short", "suspense"),
    ]
    assert matched.breaks == 5

    for found in Break.objects.order_by("id"):
        digest = propose_cure(as_staff(world, "甲"), found.id, found.suggestion, "查过渠道后台")
        assert approve_cure(as_staff(world, "乙"), found.id, digest).state == "cured"
    digest = propose_close(as_staff(world, "甲", days=1), "wechat", day)
    closed = approve_close(as_staff(world, "乙", days=1), "wechat", day, digest)
    sums = {row.account: row.balance_fen for row in trial_balance(world.env)}
    assert sums["channel_clearing:wechat"] == 0
    assert sums["treasury_in_transit:wechat"] == closed.figures["statement_net_fen"]
    assert sums["contribution:2022:person"] == -ROUNDS * 28_000
    assert sum(sums.values()) == 0
    assert check_states(world.env) == []


def test_what_was_paid_twice_goes_back_through_the_sandbox(world, sandbox):
    order = world.order(world.bill(world.person(), 2022))
    start(world.env, order, BACK)
    Attempt.objects.update(state="failed")
    start(world.env, order, BACK)
    for attempt in Attempt.objects.order_by("out_trade_no"):
        sandbox.pay(attempt.out_trade_no, notify="lost")
    resolve(world.env, list(Attempt.objects.order_by("id")))
    repay(world.env)
    refund = Refund.objects.get()
    approve(as_staff(world, "乙"), refund.refund_no, refund.content_hash)
    for seconds in range(10, 3600, 10):  # the sandbox's half minute passes at its own speed
        repay(world.env.at(world.env.now + timedelta(seconds=seconds)))
        if (state := Refund.objects.get().state) == "paid":
            break
        sleep(0.05)
    assert state == "paid"
    sums = {row.account: row.balance_fen for row in trial_balance(world.env) if row.balance_fen}
    assert sums == {"channel_clearing:wechat": 28_000, "contribution:2022:person": -28_000}
