"""SIGKILL at every boundary of each money use-case: a real process, killed at its k-th statement or COMMIT.

A child runs the use-case and dies before boundary 1, 2, 3 … until it lives to the end. After every death
the payer tries again, the jobs run, and `canbao audit` must find nothing, at rest too.
"""

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import connection, connections

from canbao.channels.port import PaymentRequest
from canbao.records.models import Callback, Coverage, Entry, Order, Shift
from canbao.services.exchange.receive import receive, settle_kept
from canbao.services.money.chase import cancel, chase
from canbao.services.money.collect import collect
from canbao.services.money.open import open_orders
from canbao.services.money.pay import pay, start
from canbao.services.money.window.leave import hand_in
from canbao.services.money.window.take import Handed, take
from canbao.services.money.window.till import Till, open_shift
from canbao.services.system.audit import audit
from tests.support.world import BACK, CHIPING, IN_SEASON, World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
BOUNDARIES_MAX = 120
EACH = 1 if os.environ.get("CANBAO_DRILL") else 4  # `make drill` kills at every boundary


@dataclass
class UseCase:
    """`run` is killed; `again` is what its caller does then; `covered`: whether somebody must be covered at last."""

    run: Callable[[], object]
    again: Callable[[], object]
    covered: bool


def paying(world: World) -> UseCase:
    opening = world.opening(world.bill(world.person()))

    def again():
        link = pay(world.env, opening, BACK)
        world.channel.take_money(link.rsplit("/", 1)[1])

    return UseCase(lambda: pay(world.env, opening, BACK), again, True)


def receiving(world: World) -> UseCase:
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    no = f"{order.order_no}01"
    headers, body = world.channel.callback(world.channel.take_money(no))
    return UseCase(lambda: receive(world.env, "wechat", no, headers, body), lambda: None, True)


def settling_what_was_kept(world: World) -> UseCase:
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    no = f"{order.order_no}01"
    headers, body = world.channel.callback(world.channel.take_money(no))
    Callback.objects.create(
        id=world.env.new_id("callback", order.id), channel="wechat", out_trade_no=no, body=body, state="kept",
        headers={name.lower(): value for name, value in headers.items()}, received_at=world.env.now,
    )  # fmt: skip
    return UseCase(lambda: settle_kept(world.env), lambda: None, True)


def collecting_cash(world: World) -> UseCase:
    openings = [world.opening(world.bill(world.person())) for _ in range(2)]

    def hand_in():
        return collect(world.env, openings, "cash", "0007")

    return UseCase(hand_in, hand_in, True)


def taking_a_receipt(world: World) -> UseCase:
    drawer = Till("drawer", f"甲{Shift.objects.count()}")
    open_shift(world.env, drawer, "一号窗", 0)
    handed = [Handed("000001", 28_000, CHIPING, (world.person(),))]

    def at_the_window():
        take(world.env, drawer, handed)
        return hand_in(world.env, drawer, "JK-1", 28_000)

    return UseCase(at_the_window, at_the_window, True)


def confirming_zero(world: World) -> UseCase:
    person = world.person("140802", "senior", date(1950, 1, 5), "闫春生")
    bill = world.bill(world.marked(person, "extreme_hardship", date(2019, 1, 1)), 2022)
    opening = world.opening(bill)
    return UseCase(lambda: open_orders(world.env, [opening]), lambda: open_orders(world.env, [opening]), True)


def cancelling(world: World) -> UseCase:
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    return UseCase(lambda: cancel(world.env, order), lambda: None, False)


def expiring(world: World) -> UseCase:
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    later = world.later(minutes=31)
    return UseCase(lambda: chase(later.env), lambda: None, False)


def asking_after_a_lost_callback(world: World) -> UseCase:
    order = world.order(world.bill(world.person()))
    start(world.env, order, BACK)
    world.channel.take_money(f"{order.order_no}01")
    later = world.later(minutes=2)
    return UseCase(lambda: chase(later.env), lambda: None, True)


USE_CASES = (
    paying, receiving, settling_what_was_kept, collecting_cash, taking_a_receipt, confirming_zero, cancelling, expiring,
    asking_after_a_lost_callback,
)  # fmt: skip


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: use_case.__name__)
def test_killed_at_any_boundary_nothing_is_lost_or_half_done(transactional_db, use_case, record_property):
    assert connection.vendor == "postgresql"
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC) if use_case is confirming_zero else IN_SEASON)
    world.channel.depth = 0
    kills = 0
    for boundary in range(1, BOUNDARIES_MAX, EACH):
        case = use_case(world)
        covers = Coverage.objects.count()
        was_killed = run_and_kill(world, case.run, boundary)
        kills += was_killed
        assert audit(world.env.now) == [], f"right after death at boundary {boundary}"
        case.again()
        for minutes in (1, 32, 40):
            env = world.later(minutes=minutes).env
            settle_kept(env)
            chase(env)
        found = audit(world.later(minutes=45).env.now, at_rest=True)
        assert found == [], f"at rest after death at boundary {boundary}"
        assert (Coverage.objects.count() > covers) is case.covered, f"boundary {boundary}"
        assert money_booked() == sum(fact.amount_fen for fact in world.channel.paid.values()), boundary
        world.later(minutes=0)
        if not was_killed:
            record_property("simulation real_kills", kills)
            assert kills * EACH >= 5, "that is hardly a use-case"
            return
    raise AssertionError(f"more than {BOUNDARIES_MAX} boundaries")


def money_booked() -> int:
    return sum(Entry.objects.filter(debit="channel_clearing:wechat").values_list("amount_fen", flat=True))


def run_and_kill(world: World, work: Callable[[], object], boundary: int) -> bool:
    """Run in a child that dies before its k-th boundary. True: it died there; False: it came to its end."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        _die_at(world, work, boundary, writes)
    os.close(writes)
    with os.fdopen(reads) as said:
        lines = [json.loads(line) for line in said]
    _, status = os.waitpid(child, 0)
    for line in lines:
        _really(world, line)
    _until_gone([line["pid"] for line in lines if "pid" in line])
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, lines
    return os.WIFSIGNALED(status)


def _die_at(world: World, work: Callable[[], object], boundary: int, writes: int) -> None:
    """The child: its own connection, and an end at the boundary."""
    connection.connection = None  # the parent's socket is the parent's
    connection.ensure_connection()
    world.env.serials._spare.clear()  # and so are the numbers it has at hand
    left = [boundary]

    def tell(**what: object) -> None:
        os.write(writes, json.dumps(what).encode() + b"\n")

    def step() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute, sql, params, many, context):
        step()
        done = execute(sql, params, many, context)
        if not context["connection"].in_atomic_block:
            step()
        return done

    def commit() -> None:
        step()
        conn = connections["default"]
        type(conn)._commit(conn)
        step()

    really_start, really_close = world.channel.start, world.channel.close
    tell(pid=connection.connection.info.backend_pid)
    world.channel.start = lambda request: (
        step(), tell(no=request.out_trade_no, fen=request.amount_fen), really_start(request), step()
    )[2]  # fmt: skip
    world.channel.close = lambda no: (step(), tell(closed=no), really_close(no), step())[2]
    connection.execute_wrappers.append(statement)
    connections["default"].__dict__["_commit"] = commit
    try:
        work()
    except BaseException as error:  # noqa: BLE001 (the parent must hear of it)
        tell(error=repr(error))
        os._exit(1)
    os._exit(0)


def _really(world: World, line: dict) -> None:
    """What the dead child had done outside stays done."""
    if "no" in line:
        request = PaymentRequest(line["no"], line["fen"], "", world.env.now, "", "", "")
        world.channel.asked[line["no"]] = request
    if "closed" in line and line["closed"] not in world.channel.paid:
        world.channel.closed.add(line["closed"])


def _until_gone(pids: list[int]) -> None:
    """The server notices the death of a client; until then its transaction still holds its rows."""
    for _ in range(2_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [pids])
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.005)
    raise AssertionError("the server does not notice that its client is dead")


def test_orders_of_the_sweep_are_real(transactional_db):
    """A sweep over an empty world would prove nothing."""
    world = make_world(IN_SEASON)
    case = paying(world)
    world.channel.depth = 0
    assert run_and_kill(world, case.run, 3)
    assert not run_and_kill(world, case.run, BOUNDARIES_MAX)
    assert Order.objects.count() == 1
