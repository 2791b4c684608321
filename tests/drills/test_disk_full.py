"""The database's disk fills up while people pay: what was acknowledged is there, the rest can be done again."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.drills.conftest import Site
from tests.support.postgres import DurableServer, durable_server

DISK = "220m"
PIECE = bytes(1 << 20)
LEFT = 600 << 10
PEOPLE = 200


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk of its own for the database. Only root may make one."""
    if os.geteuid() != 0:
        raise pytest.UsageError("this drill makes a small disk, which only root may: run it as root")
    with tempfile.TemporaryDirectory(prefix="canbao-disk-") as folder:
        Path(folder).chmod(0o755)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[DurableServer, Path]]:
    with small_disk() as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        with durable_server() as running:
            yield running, disk


def fill(disk: Path) -> Path:
    """Take what is left but for a little, so that the disk is full in the middle of somebody's payment."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as opened:
        for piece in (PIECE, bytes(512)):
            try:
                while opened.write(piece) == len(piece):
                    continue
            except OSError:
                continue
    os.truncate(filler, filler.stat().st_size - LEFT)
    return filler


def pay_while_it_lasts(site: Site) -> tuple[int, list[str]]:
    """People pay in a process of their own, until it dies or all have; the numbers it was told are settled."""
    command = [sys.executable, "-m", "tests.drills.payers", str(PEOPLE), "2"]
    done = subprocess.run(command, env=site.environment, capture_output=True, text=True, check=False)
    return done.returncode, [line for line in done.stderr.splitlines() if line.isdigit() and len(line) == 19]


def settled(server: DurableServer) -> set[str]:
    ask = [server.binaries / "psql", "-h", server.home, "-U", "canbao", "-At", "-c",
           "SELECT out_trade_no FROM entry WHERE out_trade_no IS NOT NULL", "canbao"]  # fmt: skip
    return set(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split())


def test_a_full_disk_loses_nothing_that_was_acknowledged(server: tuple[DurableServer, Path]) -> None:
    running, disk = server
    site = Site(running.url)
    assert site.canbao("migrate").returncode == 0
    before = site.pay(3, seed=0)

    filler = fill(disk)
    code, acknowledged = pay_while_it_lasts(site)
    assert code != 0, "the disk was not full"
    assert 0 < len(acknowledged) < PEOPLE
    filler.unlink()
    running.kill_and_start_again()

    assert settled(running) >= {*before, *acknowledged}
    assert site.audit() == []
    after = site.pay(3, seed=5)
    assert settled(running) >= {*before, *acknowledged, *after}
    assert site.audit() == []
