"""The whole demo as its users start it: Canbao, its jobs and the sandbox, in processes of their own.

This file alone knows the command line and the line that it prints when it is ready:

    canbao demo --home DIR --port P --sandbox-port Q --people N --json
    {"url": "http://127.0.0.1:P", "sandbox": "http://127.0.0.1:Q", "people": [{"situation": …, "name": …}, …]}
"""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 90
STOP_SECONDS = 10
PEOPLE = 300


@dataclass(frozen=True)
class Demo:
    """A running demo: where its pages and its sandbox answer, whom it made up, and where its data lies."""

    pages: str
    sandbox: str
    people: Sequence[Mapping[str, str]]
    home: Path

    def url(self, path: str = "/") -> str:
        """The address of a page."""
        return self.pages + "/" + path.lstrip("/")

    def canbao(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A command of the staff, on this demo's database."""
        keys: dict[str, str] = json.loads((self.home / "keys.json").read_text())
        settings = {
            "CANBAO_HOME": str(self.home),
            "CANBAO_DATABASE_URL": f"sqlite:///{self.home / 'canbao.sqlite3'}",
            "CANBAO_DEMO": "1",
            "CANBAO_BASE_URL": self.pages,
            "CANBAO_WECHAT_MERCHANT": str(self.home / "sandbox" / "merchant.json"),
            "CANBAO_ALIPAY_MERCHANT": str(self.home / "sandbox" / "alipay.json"),
            "CANBAO_UNIONPAY_MERCHANT": str(self.home / "sandbox" / "unionpay.json"),
        }
        command = [sys.executable, "-m", "canbao", *words]
        return subprocess.run(
            command, env=_env() | keys | settings, capture_output=True, text=True, check=False
        )

    def called(self, name: str) -> Mapping[str, str]:
        """The made-up person with this name: situation, area, name, number and who pays.

        Raises:
            LookupError: nobody of the cast is called so.
        """
        for person in self.people:
            if person["name"] == name:
                return person
        raise LookupError(f"nobody of the cast is called {name}")


@contextmanager
def running_demo(home: Path, people: int = PEOPLE) -> Iterator[Demo]:
    """Start the demo on free ports, wait until it says that it is ready, stop it afterwards.

    Raises:
        RuntimeError: it ended or stayed silent; the message carries what it wrote.
    """
    log = home / "demo.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            _command(home, people), stdout=subprocess.PIPE, stderr=errors, start_new_session=True, env=_env()
        )
    try:
        said = _first_json_line(process, log)
        yield Demo(said["url"], said["sandbox"], said["people"], home)
    finally:
        _stop(process)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _command(home: Path, people: int) -> list[str]:
    ports = ["--port", str(free_port()), "--sandbox-port", str(free_port())]
    return [
        *(sys.executable, "-m", "canbao", "demo", "--home", str(home), *ports),
        *("--people", str(people), "--json"),
    ]


def _env() -> dict[str, str]:
    """Ours, less what the tests themselves have set for Django: the demo makes its own settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("CANBAO_", "DJANGO_"))}


def _first_json_line(process: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
    """The first line on standard output that is JSON; what comes before and after it is read and dropped."""
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_read_all, args=(process, lines), daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=START_SECONDS)
        except queue.Empty:
            line = b""
        if line.startswith(b"{"):
            found: dict[str, Any] = json.loads(line)
            return found
        if not line:
            raise RuntimeError(f"the demo did not become ready: {log.read_text()[-4000:]}")


def _read_all(process: subprocess.Popen[bytes], lines: "queue.Queue[bytes]") -> None:
    """Keep the pipe empty, so that the demo never waits for us to read."""
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(b"")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole family to stop; who does not is ended."""
    for asked in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, asked)
            process.wait(STOP_SECONDS)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()
