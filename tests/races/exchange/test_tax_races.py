"""One bill paid at a portal and on our page at the same moment: paid once, the other owed back, whoever is quicker."""

from dataclasses import replace

import pytest
from django.db import connection

from canbao.records.models import Bill, Coverage, Refund, TaxPayment
from canbao.services.exchange.tax_side.hear import hear_kept, hear_notice
from canbao.services.exchange.tax_side.resolve import approve_resolution, propose_resolution
from canbao.services.money.open import open_orders
from canbao.services.money.pay import start
from canbao.services.money.settle import Arrival, settle
from canbao.services.system.audit import audit
from tests.races.test_settle_races import at_once
from tests.services.exchange.test_tax_side import NAME, somebody
from tests.support.outside.fake_tax_side import SIGNED, FakeTaxSide
from tests.support.world import BACK, CHIPING, IN_SEASON, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


@pytest.fixture
def tax() -> FakeTaxSide:
    return FakeTaxSide(IN_SEASON)


@pytest.fixture
def world(transactional_db, tax) -> World:
    assert connection.vendor == "postgresql"
    world = make_world(IN_SEASON)
    channels = {**world.env.channels, "tax": tax}
    return replace(world, env=replace(world.env, tax_side=tax, channels=channels))


def sound(world: World) -> None:
    assert [str(breach) for breach in audit(world.env.now)] == []
    assert not TaxPayment.objects.filter(state__in=("told", "placed")).exists()


def test_our_payment_and_the_portals_at_once_settle_the_bill_once_and_owe_the_other_back(world, tax):
    for nth in range(1, ROUNDS + 1):
        person, number = somebody(world, nth)
        order = world.order(world.bill(person))
        start(world.env, order, BACK)
        fact = world.channel.take_money(f"{order.order_no}01")
        told = tax.notice(tax.pay(number, NAME, 28_000, 2022, CHIPING))
        results = at_once(
            lambda: settle(world.env, [Arrival(fact)]),
            lambda: hear_notice(world.env, SIGNED, told),
            lambda: hear_notice(world.env, SIGNED, told),
            lambda: hear_kept(world.env),
        )
        assert not [one for one in results if isinstance(one, Exception)], results
        hear_kept(world.env)
    assert Bill.objects.filter(state="settled").count() == Coverage.objects.count() == ROUNDS
    assert Refund.objects.filter(reason="surplus").count() == ROUNDS
    sound(world)


def test_an_order_opened_while_the_portal_pays_holds_nothing_up(world, tax):
    for nth in range(1, ROUNDS + 1):
        person, number = somebody(world, nth)
        opening = world.opening(world.bill(person))
        told = tax.notice(tax.pay(number, NAME, 28_000, 2022, CHIPING))
        at_once(lambda: open_orders(world.env, [opening]), lambda: hear_notice(world.env, SIGNED, told))
    assert TaxPayment.objects.filter(state="settled").count() == ROUNDS
    sound(world)


def test_a_parked_payment_resolved_while_the_job_looks_at_it_is_settled_once(world, tax):
    for nth in range(1, ROUNDS + 1):
        person, number = somebody(world, nth)
        hear_notice(world.env, SIGNED, tax.notice(tax.pay(number, "别人", 28_000, 2022, CHIPING)))
        row = TaxPayment.objects.get(state="parked")
        TaxPayment.objects.filter(id=row.id).update(again_at=world.env.now)
        digest = propose_resolution(replace(world.env, actor="甲"), row.number, "attach", "看过", person)
        at_once(
            lambda: approve_resolution(replace(world.env, actor="乙"), row.number, digest),
            lambda: approve_resolution(replace(world.env, actor="丙"), row.number, digest),
            lambda: hear_kept(world.env),
        )
    assert TaxPayment.objects.filter(state="settled").count() == Coverage.objects.count() == ROUNDS
    sound(world)
