"""Canbao as an operator runs it: `canbao serve` and `canbao jobs` as programs, on the database under test."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection

from canbao.basics.days import local_date
from canbao.channels.wechat import WeChatPay, read_keys
from canbao.records.models import Attempt, Order
from canbao.services.money.pay import Way, start
from tests.support.demo import free_port
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.support.world import CHIPING, KEYS, World, make_world

SEASON = date(2021, 11, 10)
WITHIN_S = 30


def until(holds: Callable[[], object]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@dataclass
class Installation:
    """A server that can be started and killed, the sandbox it speaks with, and the same world in this process."""

    sandbox: RunningSandbox
    world: World
    port: int
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the programs are started with: this test's database, keys and merchant."""
        database = settings.DATABASES["default"]
        return {
            **os.environ,
            "CANBAO_DATABASE_URL": f"postgres://{database['USER']}@/{connection.settings_dict['NAME']}"
            f"?host={database['OPTIONS'].get('host') or database['HOST']}",
            "CANBAO_GENE_SECRET": KEYS.gene_secret.hex(),
            "CANBAO_ROOT_KEY": KEYS.root.hex(),
            "CANBAO_DEMO": "1",
            "CANBAO_BASE_URL": self.url,
            "CANBAO_WECHAT_MERCHANT": str(self.sandbox.merchant_file),
        }

    def serve(self) -> None:
        """Start `canbao serve` and wait until it answers."""
        self.server = subprocess.Popen(
            [sys.executable, "-m", "canbao", "serve", "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(self._answers)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """End the server without a word of warning, workers and all."""
        if self.server and self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()

    def one_round_of_jobs(self) -> dict[str, int]:
        """`canbao jobs --once`: what each job did."""
        command = [sys.executable, "-m", "canbao", "jobs", "--once", "--json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
        told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
        return told

    def look_at(self, order: Order) -> str:
        """The order's page, as its payer's phone gets it."""
        return httpx.get(f"{self.url}/o/{order.token}/", trust_env=False).text

    def a_started_order(self) -> tuple[Order, Attempt]:
        """A student of 茌平 who has been sent to the channel."""
        order = self.world.order(self.world.bill(self.world.person()))
        start(self.world.env, order, Way("wechat", f"{self.url}/back/", "203.0.113.7"))
        return order, Attempt.objects.get(bucket=order.bucket, order_no=order.order_no)


@contextmanager
def installed(home: Path) -> Iterator[Installation]:
    """The sandbox running, the database filled, the server not started yet; everything ended afterwards."""
    assert connection.vendor == "postgresql"
    now = datetime.now(UTC)
    world = make_world(now, {CHIPING: (SEASON - local_date(now)).days})
    with running_sandbox(home / "sandbox") as sandbox:
        port = free_port()
        channels = {"wechat": WeChatPay(read_keys(sandbox.merchant_file))}
        env = replace(world.env, channels=channels, base_url=f"http://127.0.0.1:{port}")
        installation = Installation(sandbox, replace(world, env=env), port)
        try:
            yield installation
        finally:
            installation.kill()
