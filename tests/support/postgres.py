"""A PostgreSQL server for one test session: in a temporary folder, behind a socket file, gone at the end.

It is a direct child that dies with us, so nothing is left behind when a run is killed. No network port
is opened. Nothing is synced to disk, since the data is worth nothing after the session; a durable server,
which writes as a real one does, is there for what measures and what kills.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

START_SECONDS = 30
SERVER_SETTINGS = {"listen_addresses": "", "max_connections": "100", "timezone": "UTC"}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
# As in production: what was acknowledged is on the disk.
DURABLE = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "shared_preload_libraries": "pg_stat_statements",
}


@contextmanager
def throw_away_server(more: Mapping[str, str] = FORGETFUL) -> Iterator[str]:
    """Start a server with some more settings and give its database URL; stop it afterwards.

    `{home}` in a setting is the server's folder, the `host` of the URL.
    """
    binaries = find_binaries()
    home = Path(tempfile.mkdtemp(prefix="canbao-pg-"))
    try:
        _own(home)
        _run([binaries / "initdb", "--no-sync", "--auth=trust", "--username=canbao",
              "--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={home / 'data'}"])  # fmt: skip
        settings = {name: value.replace("{home}", str(home)) for name, value in more.items()}
        server = _start(binaries, home, SERVER_SETTINGS | settings)
        try:
            _wait_until_ready(binaries, home, server)
            yield f"postgres://canbao@/canbao?host={home}"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def find_binaries() -> Path:
    """The folder that holds `initdb` and `postgres`; without one the session fails in one sentence."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if pg_config := shutil.which("pg_config"):
        said = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=True).stdout
        candidates.append(Path(said.strip()))
    for folder in reversed(candidates):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise pytest.UsageError("PostgreSQL is not installed: sudo apt-get install -y postgresql")


def as_owner() -> list[str]:
    """PostgreSQL refuses to run as root; a root session lends it the user that Debian made for it."""
    die_with_us = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() != 0:
        return die_with_us
    return [*die_with_us, "--reuid=postgres", "--regid=postgres", "--init-groups"]


def _own(home: Path) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(home, owner.pw_uid, owner.pw_gid)
        home.chmod(0o755)


def _run(command: list[str | Path]) -> None:
    done = subprocess.run([*as_owner(), *command], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise pytest.UsageError(f"{command[0]} failed: {done.stderr.strip()}")


@contextmanager
def durable_server() -> Iterator["DurableServer"]:
    """A server that syncs like one in production, to be killed and started again."""
    binaries, home = find_binaries(), Path(tempfile.mkdtemp(prefix="canbao-pg-"))
    try:
        _own(home)
        _run([binaries / "initdb", "--auth=trust", "--username=canbao", "--encoding=UTF8", "--locale=C.UTF-8",
              f"--pgdata={home / 'data'}"])  # fmt: skip
        server = DurableServer(binaries, home, _start(binaries, home, SERVER_SETTINGS | DURABLE))
        try:
            _wait_until_ready(binaries, home, server.process)
            yield server
        finally:
            _stop(server.process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@dataclass
class DurableServer:
    """A running server and what it takes to kill it. `process` is always the present one."""

    binaries: Path
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"postgres://canbao@/canbao?host={self.home}"

    def kill_and_start_again(self) -> None:
        """kill -9 of the server; a new one recovers from the log as after a power cut of the machine's program."""
        self.process.kill()
        self.process.wait()
        deadline = time.monotonic() + START_SECONDS
        ask = [self.binaries / "psql", "-h", self.home, "-U", "canbao", "-c", "SELECT 1", "canbao"]
        while time.monotonic() < deadline:
            if self.process.poll() is not None:  # until the last of the old server's children is gone
                self.process = _start(self.binaries, self.home, SERVER_SETTINGS | DURABLE)
            if not subprocess.run(ask, capture_output=True, check=False).returncode:
                return
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not recover: {(self.home / 'log').read_text()[-2000:]}")


def _start(binaries: Path, home: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    told = [f"--{name}={value}" for name, value in settings.items()]
    command = [*as_owner(), binaries / "postgres", "-D", home / "data", "-k", home, *told]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/")


def _wait_until_ready(binaries: Path, home: Path, server: subprocess.Popen[bytes]) -> None:
    """Wait for the server, then make the database that Django connects to."""
    deadline = time.monotonic() + START_SECONDS
    ask = [binaries / "createdb", "-h", home, "-U", "canbao", "canbao"]
    while subprocess.run(ask, capture_output=True, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise pytest.UsageError(f"PostgreSQL did not start: {(home / 'log').read_text()[-2000:]}")
        time.sleep(0.05)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
