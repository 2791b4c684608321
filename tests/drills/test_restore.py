"""Back to a moment before the accident: base backup and archived log, then audit; no number is given out twice."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.drills.conftest import Site
from tests.support.postgres import DURABLE, as_owner, find_binaries, throw_away_server

ARCHIVING = {
    **DURABLE,
    "archive_mode": "on",
    "archive_command": "mkdir -p {home}/archive && cp %p {home}/archive/%f",
    "full_page_writes": "on",
}
PAYERS = 12


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with throw_away_server(ARCHIVING) as url:
        yield url


def home_of(url: str) -> Path:
    return Path(url.split("host=")[1])


def query(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(f"host={home_of(url)} user=canbao dbname=canbao", autocommit=True) as line:
        return line.execute(sql).fetchall()


def back_up(url: str, to: Path) -> None:
    command = [find_binaries() / "pg_basebackup", "-h", home_of(url), "-U", "canbao", "-D", to, "-c", "fast"]
    subprocess.run([*as_owner(), *command], check=True, capture_output=True, cwd="/")


@contextmanager
def restored(backup: Path, archive: Path, point: str) -> Iterator[str]:
    """A server from the backup, brought forward along the archive to the named point."""
    sockets = backup.parent / "restored"
    subprocess.run([*as_owner(), "mkdir", "-p", sockets], check=True, cwd="/")
    (backup / "recovery.signal").touch()
    settings = {
        "listen_addresses": "",
        "archive_mode": "off",
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_name": point,
        "recovery_target_action": "promote",
    }
    told = [f"--{name}={value}" for name, value in settings.items()]
    command = [*as_owner(), find_binaries() / "postgres", "-D", backup, "-k", sockets, *told]
    with (backup.parent / "restored.log").open("wb") as written:
        server = subprocess.Popen(command, stdout=written, stderr=written, cwd="/")
    try:
        url = f"postgres://canbao@/canbao?host={sockets}"
        wait_until_writable(url, backup.parent / "restored.log")
        yield url
    finally:
        server.terminate()
        server.wait(30)


def wait_until_writable(url: str, log: Path) -> None:
    for _ in range(300):
        try:
            if query(url, "SELECT pg_is_in_recovery()") == [(False,)]:
                return
        except psycopg.OperationalError:
            pass
        subprocess.run(["sleep", "0.1"], check=True)
    raise AssertionError(f"the restored server did not open: {log.read_text()[-2000:]}")


def test_a_restore_brings_back_the_moment_before_the_accident(server: str) -> None:
    site = Site(server)
    assert site.canbao("migrate").returncode == 0
    before = site.pay(PAYERS, seed=1)
    backup = home_of(server) / "backup"
    back_up(server, backup)
    since = site.pay(PAYERS, seed=2)
    query(server, "SELECT pg_create_restore_point('before_the_accident')")
    lost = site.pay(PAYERS, seed=3)
    query(server, "SELECT pg_switch_wal()")
    wait_until_archived(server)

    with restored(backup, home_of(server) / "archive", "before_the_accident") as url:
        again = Site(url)
        paid = {row[0] for row in query(url, "SELECT out_trade_no FROM attempt WHERE state = 'paid'")}
        assert paid == {*before, *since}
        assert again.audit() == []

        assert again.canbao("restored", "--ahead", "100000").returncode == 0
        anew = again.pay(PAYERS, seed=4)
        assert not {*anew} & {*before, *since, *lost}, "a number given out before the accident is given again"
        assert again.audit() == []


def wait_until_archived(url: str) -> None:
    for _ in range(300):
        if query(url, "SELECT last_archived_wal IS NOT NULL AND failed_count = 0 FROM pg_stat_archiver") == [
            (True,)
        ]:
            waiting = list((home_of(url) / "data" / "pg_wal" / "archive_status").glob("*.ready"))
            if not waiting:
                return
        subprocess.run(["sleep", "0.1"], check=True)
    raise AssertionError("the log was not archived")
