"""kill -9 of the web server between "kept" and "settled": the job settles what was kept, once.

A row lock of ours holds the server inside its second transaction, so that it is killed at that very place.
"""

import psycopg
import pytest
from django.db import connection

from canbao.records.models import Bill, Callback, ContributionRecord, Coverage, Entry, Order
from tests.support.installation import Installation, until

pytestmark = pytest.mark.django_db(transaction=True)


def booked() -> list[int]:
    """How many entries, covers and contribution records there are."""
    return [model.objects.count() for model in (Entry, Coverage, ContributionRecord)]


def test_a_callback_kept_by_a_killed_server_is_settled_by_the_job_once(installation: Installation) -> None:
    order, attempt = installation.a_started_order()
    installation.serve()

    with psycopg.connect(**connection.get_connection_params()) as holder:
        holder.execute("SELECT 1 FROM attempt WHERE id = %s FOR UPDATE", [attempt.id])
        installation.sandbox.pay(attempt.out_trade_no)
        until(lambda: Callback.objects.filter(state="kept").exists())
        until(lambda: _someone_waits_for(holder))
        installation.kill()
    until(lambda: not _open_transactions())
    assert booked() == [0, 0, 0]
    assert Bill.objects.get().state == "payable"

    assert installation.one_round_of_jobs()["callbacks_settled"] == 1
    assert booked() == [1, 1, 1]
    assert (Bill.objects.get().state, Callback.objects.get().state) == ("settled", "settled")
    assert Order.objects.get(id=order.id).state == "settled"

    assert installation.one_round_of_jobs()["callbacks_settled"] == 0
    installation.serve()
    installation.sandbox.tell("notify", out_trade_no=attempt.out_trade_no)
    until(lambda: Callback.objects.filter(state="settled").count() >= 2)
    assert booked() == [1, 1, 1]


def _someone_waits_for(holder: "psycopg.Connection[tuple[object, ...]]") -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
    with connection.cursor() as cursor:
        cursor.execute(query, [holder.info.backend_pid])
        return bool(cursor.fetchone()[0])


def _open_transactions() -> int:
    """Transactions of others in this database: those of the killed server are rolled back in a moment."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])
