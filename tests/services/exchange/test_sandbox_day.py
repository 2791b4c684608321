"""A whole day with the sandbox over HTTP: seeded faults on the wire and in the bill, closed to the fen.

The sandbox lives on real time, so the area's clock is shifted into its season, as in the demo.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest

from canbao.basics.days import CHINA
from canbao.channels import alipay, unionpay, wechat
from canbao.channels.alipay import Alipay
from canbao.channels.unionpay import UnionPay, UnionPayKeys
from canbao.channels.wechat import WeChatPay
from canbao.faces.wiring import new_stamp
from canbao.records.models import Attempt, Break, Callback, Entry, Order, Refund
from canbao.services.exchange.cure import approve_cure, propose_cure
from canbao.services.exchange.day import approve_close, propose_close
from canbao.services.exchange.match import match
from canbao.services.exchange.receive import receive
from canbao.services.exchange.statement import fetch
from canbao.services.money.chase import resolve
from canbao.services.money.ledger import check_states, trial_balance
from canbao.services.money.pay import start
from canbao.services.money.refund import approve
from canbao.services.money.repay import repay
from canbao.services.system.env import Env
from sandbox.keys import make_keys
from tests.channels.door import Reply, open_door
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.support.world import BACK, CHIPING, IN_SEASON, World, make_world

ROUNDS = 12
_crowds = count(1, 100)
FLAWS = ("missing", "amount", "extra")
WELL = {"wechat": b"", "alipay": b"success", "unionpay": b"SUCCESS"}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One sandbox, a process of its own, that gives today's bill."""
    home: Path = tmp_path_factory.mktemp("sandbox") / "home"
    make_keys(home, "http://127.0.0.1:9")
    with running_sandbox(home) as running:
        yield running


@dataclass(frozen=True)
class Side:
    """One channel's side of the sandbox: how its hidden hand is addressed, and how an attempt becomes known there."""

    sandbox: RunningSandbox
    channel: str

    def tell(self, what: str, **asked: Any) -> None:
        if self.channel == "unionpay":  # there our numbers bear our source
            asked["out_trade_no"] = unionpay_keys(self.sandbox).source + asked["out_trade_no"]
        self.sandbox.tell(what if self.channel == "wechat" else f"{self.channel}/{what}", **asked)

    def start(self, env: Env, order: Order) -> None:
        link = start(env, order, replace(BACK, channel=self.channel))
        if env.channels[self.channel].links_run_out:  # what is paid comes to be when its payer opens the link
            httpx.get(link, trust_env=False, follow_redirects=True).raise_for_status()


def unionpay_keys(sandbox: RunningSandbox) -> UnionPayKeys:
    return unionpay.read_keys(sandbox.merchant_file.with_name("unionpay.json"))


@pytest.fixture(params=["wechat", "alipay", "unionpay"])
def side(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Side:
    return Side(sandbox, request.param)


@pytest.fixture
def world(db, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> World:
    """茌平 in its season, with the channels as production makes them; it may be played around midnight too."""
    monkeypatch.setattr("canbao.services.exchange.match.NEAR_MIDNIGHT", timedelta(0))
    now = datetime.now(UTC)
    world = make_world(now, {CHIPING: (IN_SEASON - now).days})
    channels = {
        "wechat": WeChatPay(wechat.read_keys(sandbox.merchant_file)),
        "alipay": Alipay(alipay.read_keys(sandbox.merchant_file.with_name("alipay.json"))),
        "unionpay": UnionPay(unionpay_keys(sandbox), new_stamp),
    }
    # People of their own for each test, so numbers of their own: the sandbox outlives the database.
    env = replace(world.env, channels=channels)
    return replace(world, env=env, _orders=count(next(_crowds), 2))


def as_staff(world: World, name: str, **later: float):
    return replace(world.env.at(world.env.now + timedelta(**later)), actor=name)


def ordered(world: World, side: Side) -> str:
    order = world.order(world.bill(world.person(), 2022))
    side.start(world.env, order)
    return f"{order.order_no}01"


def china_day(world: World) -> date:
    return world.env.now.astimezone(CHINA).date()


def test_a_day_with_lost_notices_and_a_false_bill_is_cured_and_closed(world, side):
    numbers = [ordered(world, side) for _ in range(ROUNDS)]
    for number in numbers:
        side.tell("pay", out_trade_no=number, notify="lost")
    seeded = dict(zip(FLAWS, numbers, strict=False))
    for flaw, number in seeded.items():
        side.tell("behaviour", bill=flaw, out_trade_no=number)
    unheard = numbers[-2:]  # nobody ever asks after these: the statement is the last net
    resolve(world.env, list(Attempt.objects.exclude(out_trade_no__in=unheard).order_by("id")))
    assert Entry.objects.count() == ROUNDS - len(unheard)

    day = china_day(world)
    assert fetch(world.env, side.channel, day).line_count == ROUNDS
    matched = match(world.env, side.channel, day)
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
    digest = propose_close(as_staff(world, "甲", days=1), side.channel, day)
    closed = approve_close(as_staff(world, "乙", days=1), side.channel, day, digest)
    sums = {row.account: row.balance_fen for row in trial_balance(world.env)}
    assert sums[f"channel_clearing:{side.channel}"] == 0
    assert sums[f"treasury_in_transit:{side.channel}"] == closed.figures["statement_net_fen"]
    assert sums["contribution:2022:person"] == -ROUNDS * 28_000
    assert sum(sums.values()) == 0
    assert check_states(world.env) == []


def test_a_notice_that_comes_twice_late_or_false_books_what_was_paid_once(world, side):
    """The courier's own ways, each word judged by the channel and settled by the one door."""
    with open_door() as door:
        world = replace(world, env=replace(world.env, base_url=door.url))
        number = ordered(world, side)

        def heard(times: int) -> list[bool]:
            knocks = [door.take() for _ in range(times)]
            env = replace(world.env, now=datetime.now(UTC))
            return [
                receive(env, side.channel, number, knock.headers, knock.body).accepted for knock in knocks
            ]

        door.answer = lambda _: Reply(204 if side.channel == "wechat" else 200, body=WELL[side.channel])
        side.tell("pay", out_trade_no=number, notify="lost")
        side.tell("notify", out_trade_no=number, notify="forged")
        assert heard(1) == [False]
        side.tell("notify", out_trade_no=number, notify="wrong_amount")
        assert heard(1) == [True]
        assert not Entry.objects.exists()
        side.tell("notify", out_trade_no=number, notify="twice")
        assert heard(2) == [True, True]
        side.tell("notify", out_trade_no=number, notify="delayed")
        assert heard(1) == [True]
    assert Entry.objects.count() == 1
    assert Attempt.objects.get().state == "paid"
    assert sorted(Callback.objects.values_list("state", flat=True)) == [
        "parked", "rejected", "settled", "settled", "settled",
    ]  # fmt: skip
    assert check_states(world.env) == []


def test_what_was_paid_twice_goes_back_through_the_sandbox(world, side):
    order = world.order(world.bill(world.person(), 2022))
    side.start(world.env, order)
    Attempt.objects.update(state="failed")
    side.start(world.env, order)
    for attempt in Attempt.objects.order_by("out_trade_no"):
        side.tell("pay", out_trade_no=attempt.out_trade_no, notify="lost")
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
    assert sums == {f"channel_clearing:{side.channel}": 28_000, "contribution:2022:person": -28_000}
