"""The role that serves can do all that serving needs, and cannot rewrite what was booked: asked of PostgreSQL itself."""

import os
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from django.db import ProgrammingError, connection, transaction

from canbao.faces.cli.main import main
from canbao.records.models import Attempt, Entry, Event
from canbao.records.rights import ADDED_ONLY, rights_of, statements
from canbao.services.exchange.receive import forget_rejected, receive
from canbao.services.money.pay import pay
from canbao.services.money.window.close import close_shift
from canbao.services.money.window.leave import hand_in
from canbao.services.money.window.take import Handed, take
from canbao.services.money.window.till import Till, open_shift
from canbao.services.system.limits import forget_old
from tests.support.world import BACK, CHIPING, IN_SEASON, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
ROLE = "canbao_serving_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")  # roles are the whole server's


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world(IN_SEASON)


@pytest.fixture
def serving() -> Iterator[None]:
    """From here on the connection is the serving role's."""
    run = CliRunner().invoke
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        assert run(main, ["rights", ROLE, "--execute"]).exit_code == 0
        assert run(main, ["rights", ROLE, "--execute"]).exit_code == 0, "again changes nothing"
        cursor.execute(f"SET ROLE {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")


def test_the_serving_role_can_do_the_whole_way_of_a_payment(world: World, serving: None) -> None:
    person = world.person()
    opening = world.opening(world.bill(person))
    pay(world.env, opening, BACK)
    number = Attempt.objects.get().out_trade_no
    headers, body = world.channel.callback(world.channel.take_money(number))

    assert receive(world.env, "wechat", number, headers, body).accepted
    assert Entry.objects.count() == 1
    forget_rejected(world.env)
    forget_old(world.env)


def test_the_serving_role_can_do_a_clerks_whole_day(world: World, serving: None) -> None:
    drawer = Till("drawer", "甲")
    open_shift(world.env, drawer, "一号窗", 20_000)
    take(world.env, drawer, [Handed("1", 28_000, CHIPING, (world.person(),))])
    hand_in(world.env, drawer, "JK-1", 28_000)

    assert close_shift(world.env, drawer, 20_000).state == "closed"


@pytest.mark.parametrize("table", sorted(ADDED_ONLY))
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "UPDATE {} SET {key} = {key}", "TRUNCATE {}"])
def test_the_serving_role_cannot_rewrite_what_is_only_added_to(
    world: World, serving: None, table: str, deed: str
) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(deed.format(table, key="hash" if table == "resolved_pack" else "id"))


def test_no_money_row_may_be_deleted(world: World, serving: None) -> None:
    for table in ("bill", "payment_order", "attempt", "coverage", "contribution_record", "refund", "person"):
        assert "DELETE" not in rights_of(table)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM {table}")
    assert not Event.objects.filter(name="Deleted").exists()


def test_a_name_that_is_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name for a role"):
        list(statements("x; DROP TABLE entry"))
