"""P10: what a web worker holds at rest after it has served, and whether a batch job grows with its batch."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.kit.cpu import resident_mb
from bench.kit.crowd import Crowd
from bench.kit.table import Row, at_most, beside
from bench.pay import Phone, a_server
from canbao.basics.days import local_date
from canbao.basics.genes import OrderNumber
from canbao.services.exchange.statement import upload
from tests.support.installation import SEASON
from tests.support.trade_bill import Row as Line
from tests.support.trade_bill import trade_bill
from tests.support.world import CHIPING, make_world

ROUNDS = 300
SMALL, LARGE = 100_000, 1_000_000


def measure(scale: float) -> list[Row]:
    """The worker, then the same job on a small and on a ten times larger file, each in a process of its own."""
    small, large = (_peak_of_job(int(many * scale)) for many in (SMALL, LARGE))
    return [
        *_worker(),
        beside(f"P10 a job on {int(SMALL * scale):,} lines: peak", small, "MB"),
        at_most(
            f"P10 the job on {int(LARGE * scale):,} lines: peak", large, "MB", 1.2 * small, "within 20 %"
        ),
    ]


def _worker() -> list[Row]:
    now = datetime.now(UTC)
    Crowd(make_world(now, {CHIPING: (SEASON - local_date(now)).days})).register(10)
    with a_server() as server:
        for _ in range(ROUNDS):
            phone = Phone(server.port)
            phone.get(f"/a/{CHIPING}/")
            phone.get(f"/a/{CHIPING}/pay/self/")
        return [
            at_most(
                "P10 a web worker at rest", resident_mb(server.process.pid), "MB", 150, "Pss, with its parent"
            )
        ]


def _peak_of_job(many: int) -> float:
    """Peak memory of keeping, reading and loading a statement of so many lines that lies in a file."""
    path = Path(f"/tmp/canbao-bench-{os.getpid()}-{many}.csv")  # noqa: S108 (removed below, holds nobody's data)
    path.write_bytes(trade_bill(_lines(many)))
    try:
        command = [sys.executable, "-m", "bench.job", str(path)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    finally:
        path.unlink()


def _lines(many: int) -> Iterator[Line]:
    at = datetime(2020, 10, 5, 4, 0, tzinfo=UTC)
    for n in range(many):
        yield Line(f"{OrderNumber(2020, n * 7919 % 10_000, n)}01", 28_000, at)


def job(path: Path) -> float:
    """Keep, read and load the file; how high the memory of this process rose, in MB."""
    at = datetime(2020, 10, 5, 4, 0, tzinfo=UTC)
    world = make_world(at)
    with path.open("rb") as file:
        upload(world.env, "wechat", at.date(), iter(lambda: file.read(1 << 20), b""))
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
