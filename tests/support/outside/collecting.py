"""What tests of the tax side share: somebody who owes, a notice heard, the next morning, and whether all is sound."""

from dataclasses import replace
from datetime import date, timedelta

from canbao.records.models import (
    TaxPayment,
)
from canbao.services.exchange.tax_side.hear import hear_notice
from canbao.services.money.ledger import check_states, trial_balance
from canbao.services.system.audit import audit
from tests.support.outside.fake_tax_side import SIGNED, FakeTaxSide, Taken
from tests.support.world import CHIPING, World, id_number

NAME, BORN = "张小满", date(2012, 4, 16)
DAY = date(2021, 11, 10)
FUNAN = "341225"


def somebody(world: World, nth: int = 1) -> tuple[int, str]:
    """A student and their number; the world hands numbers out by odd places."""
    return world.person(CHIPING, "student", BORN, NAME), id_number(CHIPING, BORN, 2 * nth - 1)


def hear(world: World, tax: FakeTaxSide, *rows: Taken) -> None:
    assert hear_notice(world.env, SIGNED, tax.notice(*rows))


def states() -> list[tuple[str, str | None]]:
    return list(TaxPayment.objects.order_by("tax_receipt_no").values_list("state", "reason"))


def balances(world: World) -> dict[str, int]:
    return {row.account: row.balance_fen for row in trial_balance(world.env) if row.balance_fen}


def next_day(world: World, tax: FakeTaxSide) -> World:
    tax.now = world.env.now + timedelta(days=1)
    return replace(world, env=world.env.at(tax.now))


def staff(world: World, name: str):
    return replace(world.env, actor=name)


def sound(world: World) -> None:
    assert [str(breach) for breach in audit(world.env.now)] == []
    assert check_states(world.env) == []
