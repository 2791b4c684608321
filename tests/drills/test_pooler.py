"""Behind a pooler that lends a connection for one transaction, payments settle as they do without one."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.drills.conftest import Site
from tests.support.demo import free_port
from tests.support.postgres import DURABLE, as_owner, throw_away_server

CLIENTS, PAYERS = 4, 15
SETTINGS = """
[databases]
canbao = host={home} dbname=canbao user=canbao
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
logfile = {home}/pooler.log
pidfile = {home}/pooler.pid
"""


@pytest.fixture
def pooled() -> Iterator[tuple[Site, Site]]:
    """The same database, straight and through three pooled connections."""
    with throw_away_server(DURABLE) as url:
        home, port = Path(url.split("host=")[1]), free_port()
        settings = home / "pooler.ini"
        settings.write_text(SETTINGS.format(home=home, port=port))
        pooler = subprocess.Popen([*as_owner(), "pgbouncer", "-q", settings], cwd="/")
        try:
            yield Site(url), Site(f"postgres://canbao@127.0.0.1:{port}/canbao")
        finally:
            pooler.terminate()
            pooler.wait(10)


def test_payments_through_a_transaction_pooler_leave_sound_books(pooled: tuple[Site, Site]) -> None:
    straight, through = pooled
    assert straight.canbao("migrate").returncode == 0
    straight.pay(1, seed=0)

    with ThreadPoolExecutor(CLIENTS) as pool:
        numbers = [
            no
            for part in pool.map(lambda n: through.pay(PAYERS, seed=n), range(1, CLIENTS + 1))
            for no in part
        ]

    assert len(set(numbers)) == CLIENTS * PAYERS
    assert through.audit() == []
