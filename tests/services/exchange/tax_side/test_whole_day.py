"""A whole day of the tax side over its true wire: notices lost, late, twice, forged and with another sum; closed to the fen.

The twin is stepped by hand on the day of 茌平's season, so that its clock and ours are one.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import httpx
import pytest

from canbao.basics.refusals import StatementRefused
from canbao.channels.signed import read_keys
from canbao.channels.tax import TaxCollection
from canbao.records.models import Entry, Refund, TaxMessage, TaxPayment
from canbao.services.exchange.day import approve_close, propose_close
from canbao.services.exchange.match import list_breaks, match
from canbao.services.exchange.tax_side.hear import fetch_day, hear_kept, hear_notice
from canbao.services.exchange.treasury import receive_postings, remit
from canbao.services.money.ledger import check_states
from canbao.services.money.refund import approve
from canbao.services.money.repay import repay
from canbao.services.system.audit import audit
from sandbox.keys import make_keys
from sandbox.tax.portals.doors import MANNERS
from sandbox.treasury.answer import answer
from tests.sandbox.bench import Bench
from tests.support.world import CHIPING, IN_SEASON, World, id_number, make_world

DAY, NAME, BORN = date(2021, 11, 10), "张小满", date(2012, 4, 16)
PEOPLE = 22


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    make_keys(tmp_path, "http://twin.example")
    bench = Bench(tmp_path, at=IN_SEASON)
    bench.home = tmp_path
    yield bench
    bench.close()


@pytest.fixture
def world(db: None, bench: Bench) -> World:
    def carry(request: httpx.Request) -> httpx.Response:
        named = {n.replace("-", "_"): v for n, v in request.headers.items() if n.startswith("x-")}
        answer = bench.send(request.method, request.url.path, request.content, **named)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    side = TaxCollection(
        read_keys(bench.home / "tax.json"),
        lambda: datetime.fromtimestamp(bench.now, UTC),
        transport=httpx.MockTransport(carry),
    )
    world = make_world(IN_SEASON)
    return replace(world, env=replace(world.env, tax_side=side, channels={**world.env.channels, "tax": side}))


def at(world: World, bench: Bench):
    return world.env.at(datetime.fromtimestamp(bench.now, UTC))


def tell(bench: Bench, what: str, /, **asked: object) -> dict:
    answer = bench.send("POST", f"/sandbox/tax/{what}", json.dumps(asked).encode())
    assert answer.status_code == 200, answer.text
    return answer.json()


def step(world: World, bench: Bench, seconds: float) -> None:
    """Let time pass; every notice that leaves is taken in by the service behind our address."""
    bench.step(seconds)
    for letter in bench.mail:
        hear_notice(replace(at(world, bench), actor="channel:tax"), letter.headers, letter.content)
    bench.mail.clear()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_day_of_every_fault_is_closed_to_the_fen_posted_and_nobody_is_forgotten(world, bench, seed):
    rng = Random(seed)
    manners = [*MANNERS, *rng.choices(MANNERS, k=PEOPLE - len(MANNERS))]
    rng.shuffle(manners)
    for nth, manner in enumerate(manners, 1):
        number = id_number(CHIPING, BORN, 2 * nth - 1)
        world.person(CHIPING, "student", BORN, NAME)
        who = {
            "certno": number,
            "psn_name": NAME,
            "year": "2022",
            "optins_no": CHIPING,
            "portal": "e_tax_app",
        }
        tell(bench, "collect", **who, amount="280.00", notify=manner)
        if nth % 7 == 0:  # paid once more, at another portal
            tell(bench, "collect", **who | {"portal": "wechat_bills"}, amount="280.00", notify="normal")
        step(world, bench, 60)
    for pause in (15, 30, 200, 700, 4_000):
        step(world, bench, pause)
        hear_kept(at(world, bench))
    assert TaxMessage.objects.filter(fault="not_signed").exists()
    assert TaxMessage.objects.filter(fault="totals_differ").exists()

    bench.step(24 * 3_600)
    tell(bench, "plan", what="day_flaw", value="wrong_sum")
    with pytest.raises(StatementRefused):
        fetch_day(at(world, bench), DAY)
    env = at(world, bench)
    heard = fetch_day(env, DAY)

    twice = PEOPLE // 7
    assert heard.paid == PEOPLE + twice
    assert Counter(TaxPayment.objects.values_list("state", flat=True)) == {
        "settled": PEOPLE,
        "surplus": twice,
    }
    matched = match(env, "tax", DAY)
    assert (matched.breaks, matched.unexplained_fen, matched.statement_net_fen) == (
        0, 0, (PEOPLE + twice) * 28_000,
    ), [str(row.number) for row in list_breaks(env, "tax", DAY)]  # fmt: skip
    repay(env)
    for row in Refund.objects.all():
        approve(replace(env, actor="staff:乙"), row.refund_no, row.content_hash)
    repay(env)
    assert set(Refund.objects.values_list("state", flat=True)) == {"paid"}
    digest = propose_close(replace(env, actor="staff:甲"), "tax", DAY)
    approve_close(replace(env, actor="staff:乙"), "tax", DAY, digest)
    told = answer("".join(remit(env, "tax", DAY)), date(2021, 11, 18))
    assert receive_postings(env, [told.encode()]).lines == {"posted": PEOPLE}
    bench.step(24 * 3_600)
    after = at(world, bench)
    fetch_day(after, date(2021, 11, 11))
    matched = match(after, "tax", date(2021, 11, 11))
    assert (matched.breaks, matched.unexplained_fen, matched.statement_net_fen) == (0, 0, -twice * 28_000)
    assert [str(breach) for breach in audit(after.now, at_rest=True)] == []
    assert check_states(after) == []
    assert not Entry.objects.filter(credit="suspense:tax").exclude(reason="parked").exists()
