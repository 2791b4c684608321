"""The sandbox as its users start it: a program of its own, on a free port."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.demo import free_port

START_SECONDS = 30
SPEED = 60


@dataclass(frozen=True)
class RunningSandbox:
    """Where it answers, and its hidden hand."""

    url: str
    merchant_file: Path

    def tell(self, what: str, **asked: Any) -> dict[str, Any]:
        """Ask the hidden hand: `tell("behaviour", fault="down")`."""
        answer = httpx.post(f"{self.url}/sandbox/{what}", json=asked, trust_env=False)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    def orders(self) -> list[str]:
        """The numbers of all orders, newest first."""
        answer = httpx.get(f"{self.url}/sandbox/orders", trust_env=False)
        return [order["out_trade_no"] for order in answer.json()["orders"]]

    def pay(self, out_trade_no: str, **how: Any) -> None:
        """The payer pays."""
        self.tell("pay", out_trade_no=out_trade_no, **how)


@contextmanager
def running_sandbox(home: Path) -> Iterator[RunningSandbox]:
    """Start it, wait until it answers, stop it.

    Raises:
        RuntimeError: it ended or stayed silent; the message carries what it wrote.
    """
    port = free_port()
    log = home.parent / "sandbox.log"
    command = [sys.executable, "-m", "sandbox", "serve", "--home", str(home), "--port", str(port)]
    with log.open("wb") as written:
        program = subprocess.Popen(
            [*command, "--speed", str(SPEED), "--bills-for-today"],
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(program, url, log)
        yield RunningSandbox(url, home / "merchant.json")
    finally:
        # Whoever is still being kept waiting for an answer is not waited for.
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()


def _wait(program: subprocess.Popen[bytes], url: str, log: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while program.poll() is None and time.monotonic() < give_up_at:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the sandbox did not become ready: {log.read_text()[-4000:]}")
