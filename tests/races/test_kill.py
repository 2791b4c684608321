"""kill -9 of the web server between "kept" and "settled": the job settles what was kept, once.

A row lock of ours holds the server inside its second transaction, so that it is killed at that very place.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connection

from canbao.basics.days import local_date
from canbao.channels.wechat import WeChatPay, read_keys
from canbao.records.models import Attempt, Bill, Callback, ContributionRecord, Coverage, Entry, Order
from canbao.services.money.pay import Way, start
from tests.channels.running import RunningSandbox, running_sandbox
from tests.support.demo import free_port
from tests.support.world import CHIPING, KEYS, World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
SEASON = date(2021, 11, 10)
WITHIN_S = 30


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
def environment(sandbox: RunningSandbox) -> dict[str, str]:
    """What the server and the job runner are started with: this test's database, keys and merchant."""
    database = settings.DATABASES["default"]
    return {
        **os.environ,
        "CANBAO_DATABASE_URL": f"postgres://{database['USER']}@/{connection.settings_dict['NAME']}"
        f"?host={database['OPTIONS'].get('host') or database['HOST']}",
        "CANBAO_GENE_SECRET": KEYS.gene_secret.hex(),
        "CANBAO_ROOT_KEY": KEYS.root.hex(),
        "CANBAO_DEMO": "1",
        "CANBAO_WECHAT_MERCHANT": str(sandbox.merchant_file),
    }


@pytest.fixture
def world(transactional_db: None, sandbox: RunningSandbox) -> World:
    """茌平 in its collection period, with the channel that production has."""
    assert connection.vendor == "postgresql"
    now = datetime.now(UTC)
    made = make_world(now, {CHIPING: (SEASON - local_date(now)).days})
    channel = WeChatPay(read_keys(sandbox.merchant_file))
    return replace(made, env=replace(made.env, channels={"wechat": channel}))


def until(holds: Callable[[], object]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def a_server(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    """`canbao serve`, ready to be called."""
    server = subprocess.Popen(
        [sys.executable, "-m", "canbao", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until(lambda: _answers(port))
    return server


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def kill(server: subprocess.Popen[bytes]) -> None:
    """Without a word of warning, workers and all."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def one_round_of_jobs(environment: dict[str, str]) -> dict[str, int]:
    """`canbao jobs --once`: what each job did."""
    command = [sys.executable, "-m", "canbao", "jobs", "--once", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return told


def a_started_order(world: World, port: int) -> tuple[Order, Attempt]:
    env = replace(world.env, base_url=f"http://127.0.0.1:{port}")
    order = replace(world, env=env).order(world.bill(world.person()))
    start(env, order, Way("wechat", f"{env.base_url}/back/", "203.0.113.7"))
    return order, Attempt.objects.get(bucket=order.bucket, order_no=order.order_no)


def booked() -> list[int]:
    """How many entries, covers and contribution records there are."""
    return [model.objects.count() for model in (Entry, Coverage, ContributionRecord)]


def test_a_callback_kept_by_a_killed_server_is_settled_by_the_job_once(
    world: World, sandbox: RunningSandbox, environment: dict[str, str]
) -> None:
    port = free_port()
    order, attempt = a_started_order(world, port)
    server = a_server(environment, port)

    with psycopg.connect(**connection.get_connection_params()) as holder:
        holder.execute("SELECT 1 FROM attempt WHERE id = %s FOR UPDATE", [attempt.id])
        sandbox.pay(attempt.out_trade_no)
        until(lambda: Callback.objects.filter(state="kept").exists())
        until(lambda: _someone_waits_for(holder))
        kill(server)
    until(lambda: not _open_transactions())
    assert booked() == [0, 0, 0]
    assert Bill.objects.get().state == "payable"

    assert one_round_of_jobs(environment)["callbacks_settled"] == 1
    assert booked() == [1, 1, 1]
    assert (Bill.objects.get().state, Callback.objects.get().state) == ("settled", "settled")
    assert Order.objects.get(id=order.id).state == "settled"

    assert one_round_of_jobs(environment)["callbacks_settled"] == 0
    again = a_server(environment, port)
    try:
        sandbox.tell("notify", out_trade_no=attempt.out_trade_no)
        until(lambda: Callback.objects.filter(state="settled").count() >= 2)
    finally:
        kill(again)
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
