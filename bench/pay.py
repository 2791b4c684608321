"""P2: a resident pays, over HTTP: CPU of web and database together, statements, and how long each step takes.

(a) open the order and take the callback; (b) the whole way, find → check → open → callback → done.
The limits are openIMIS's measured costs divided: 318 ms and 139 statements for the same work as (a).
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from bench.kit.cpu import cpu_seconds
from bench.kit.crowd import Crowd
from bench.kit.table import Row, at_most, beside, faster
from bench.settle import LIMIT
from canbao.basics.days import local_date
from canbao.services.money.receipt import receipts_of
from tests.support.demo import free_port
from tests.support.fake_channel import FakeChannel
from tests.support.installation import SEASON
from tests.support.postgres import find_binaries
from tests.support.world import CHIPING, KEYS, make_world

AT_ONCE = 8


def measure(scale: float) -> list[Row]:
    """Costs one by one, then callbacks eight at once beside the database alone."""
    now = datetime.now(UTC)
    crowd = Crowd(make_world(now, {CHIPING: (SEASON - local_date(now)).days}))
    with a_server() as server:
        rows = _one_by_one(crowd, server, int(200 * scale))
        rows.append(_at_once(crowd, server, int(4_000 * scale)))
    return [*rows, *_beside(crowd, server)]


@dataclass
class Server:
    """`granian` with one worker, and the database's postmaster beside it."""

    process: subprocess.Popen[bytes]
    port: int
    postmaster: int

    def cpu(self) -> float:
        return cpu_seconds(self.process.pid) + cpu_seconds(self.postmaster)


@contextmanager
def a_server() -> Iterator[Server]:
    """Serve `bench.server` on the database of this process."""
    port = free_port()
    env = {
        **os.environ,
        "CANBAO_GENE_SECRET": KEYS.gene_secret.hex(),
        "CANBAO_ROOT_KEY": KEYS.root.hex(),
        "CANBAO_DEMO": "1",
        "CANBAO_BASE_URL": f"http://127.0.0.1:{port}",
        "CANBAO_PAY_ORIGINS": "https://pay.example",
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-log"]
    process = subprocess.Popen(
        [*command, "--blocking-threads", str(AT_ONCE), "bench.server:application"], env=env
    )
    try:
        _wait(port)
        yield Server(process, port, _postmaster())
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            Phone(port).get("/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not answer")


def _postmaster() -> int:
    host = settings.DATABASES["default"]["HOST"] or settings.DATABASES["default"]["OPTIONS"]["host"]
    return int(Path(host, "data", "postmaster.pid").read_text().splitlines()[0])


@dataclass
class Phone:
    """A keep-alive connection with a cookie jar: the cheapest client there is."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._line = HTTPConnection("127.0.0.1", self.port)

    def get(self, path: str) -> str:
        return self._ask("GET", path)[1]

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Send a form with its token; returns where it leads."""
        token = self.cookies["csrftoken"]
        body = urlencode({**fields, "csrfmiddlewaretoken": token})
        location, text = self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        if location is None:
            raise RuntimeError(f"{path} led nowhere: {text[:2000]}")
        return location

    def notify(self, out_trade_no: str, headers: dict[str, str], body: bytes) -> None:
        self._ask("POST", f"/api/wechat/notify/{out_trade_no}", body, headers)

    def _ask(
        self, method: str, path: str, body: str | bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[str | None, str]:
        sent = {**(headers or {}), "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        self._line.request(method, path, body, sent)
        answer = self._line.getresponse()
        text = answer.read().decode()
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status}: {text[:2000]}")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.getheader("Location"), text


def _one_by_one(crowd: Crowd, server: Server, many: int) -> list[Row]:
    """Each step for all people in turn, so that each step's cost is read off the books."""
    first = crowd.made
    crowd.register(many)
    phones = [Phone(server.port) for _ in range(many)]
    steps = Steps(server, many)
    checks = steps.run("find", lambda n: _find(phones[n], crowd.number(first + n)))
    links = steps.run("open", lambda n: phones[n].post(checks[n], {}))
    numbers = [re.search(r"\d{19}", link)[0] for link in links]  # type: ignore[index]
    notices = [_notice(number) for number in numbers]
    steps.run("callback", lambda n: phones[n].notify(numbers[n], *notices[n]))
    tokens = [json.loads(json.dumps(phone.cookies["orders"])) for phone in phones]
    pages = _order_pages(numbers)
    done = steps.run("done", lambda n: phones[n].get(pages[n]))
    if not all("已收到 280.00 元" in page for page in done) or not all(tokens):
        raise RuntimeError("somebody has not paid")
    return steps.rows()


def _find(phone: Phone, number: str) -> str:
    path = f"/a/{CHIPING}/pay/self/"
    phone.get(path)
    check = phone.post(path, {"name": "张小满", "number": number, "consent": "yes"})
    phone.get(check)
    return check


def _notice(number: str) -> tuple[dict[str, str], bytes]:
    channel = FakeChannel(datetime.now(UTC), depth=1)
    fact = channel.take_money(number, 28_000)
    headers, body = channel.callback(fact)
    return {**headers, "Content-Type": "application/json"}, body


def _order_pages(numbers: Sequence[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT order_no, token FROM payment_order")
        tokens = dict(cursor.fetchall())
    return [f"/o/{tokens[number[:-2]]}/" for number in numbers]


class Steps:
    """What each step costs: CPU, statements, and how long it takes."""

    def __init__(self, server: Server, many: int) -> None:
        self._server, self._many = server, many
        self._cpu_ms: dict[str, float] = {}
        self._sql: dict[str, float] = {}
        self._took_ms: dict[str, list[float]] = {}

    def run(self, name: str, step: Callable[[int], str | None]) -> list[str]:
        """Do the step for everybody; returns what it gave."""
        step_cpu, sql = self._server.cpu(), statements()
        answers, took = [], []
        for n in range(self._many):
            began = time.perf_counter()
            answers.append(step(n) or "")
            took.append((time.perf_counter() - began) * 1000)
        self._cpu_ms[name] = (self._server.cpu() - step_cpu) * 1000 / self._many
        self._sql[name] = (statements() - sql) / self._many
        self._took_ms[name] = sorted(took)
        return answers

    def rows(self) -> list[Row]:
        pay = ("open", "callback")
        every = tuple(self._cpu_ms)
        peer = "openIMIS 318 ms, 139 statements"
        rows = [
            at_most("P2a open and callback: CPU", sum(self._cpu_ms[s] for s in pay), "ms", 3.3, peer),
            at_most("P2a open and callback: statements", sum(self._sql[s] for s in pay), "SQL", 12, peer),
            at_most("P2b the whole way: CPU", sum(self._cpu_ms[s] for s in every), "ms", 20, ""),
            at_most("P2b the whole way: statements", sum(self._sql[s] for s in every), "SQL", 20, ""),
        ]
        for step, took in self._took_ms.items():
            p99 = took[int(len(took) * 0.99)]
            note = f"p99 {p99:.1f} ms, CPU {self._cpu_ms[step]:.1f} ms, {self._sql[step]:.1f} SQL"
            rows.append(beside(f"P2 {step}: p50", statistics.median(took), "ms", note))
        return rows


def statements() -> int:
    """How many statements the database has run, BEGIN and COMMIT left out (pg_stat_statements)."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        cursor.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements "
            "WHERE query !~* '^(begin|commit|rollback|savepoint|release|set|show|select (coalesce|.*oid))'"
        )
        return int(cursor.fetchone()[0])


def _at_once(crowd: Crowd, server: Server, many: int) -> Row:
    """Callbacks a second, eight at once, beside pgbench running the same transaction as a function."""
    notices = [(number, *_notice(number)) for number in crowd.start_orders(many)]
    parts = [notices[n::AT_ONCE] for n in range(AT_ONCE)]
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda part: _deliver(server.port, part), parts))
    ours = many / (time.perf_counter() - began)
    return faster(
        "P1 callbacks over HTTP, 8 at once", ours, "pgbench, a function", _pgbench(crowd, many), 0.3
    )


def _deliver(port: int, notices: Sequence[tuple[str, dict[str, str], bytes]]) -> None:
    phone = Phone(port)
    for number, headers, body in notices:
        phone.notify(number, headers, body)


def _pgbench(crowd: Crowd, many: int) -> float:
    numbers = crowd.start_orders(many)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_number (place bigint PRIMARY KEY, out_trade_no text)")
        cursor.execute("CREATE SEQUENCE bench_next")
        cursor.executemany("INSERT INTO bench_number VALUES (%s, %s)", list(enumerate(numbers, 1)))
        cursor.execute(FUNCTION.replace("LIMIT_STATEMENT", _with_variables(LIMIT)))
    return _run_pgbench(many)


# The same statement as a function: each call takes the next payment.
FUNCTION = """
CREATE FUNCTION bench_settle() RETURNS void LANGUAGE plpgsql AS $f$
#variable_conflict use_column
DECLARE v_place bigint := nextval('bench_next'); v_number text;
BEGIN
  SELECT out_trade_no INTO v_number FROM bench_number WHERE place = v_place;
  LIMIT_STATEMENT;
END $f$
"""


def _with_variables(sql: str) -> str:
    variables = {
        "buckets": "ARRAY[substr(v_number, 3, 4)::int]",
        "numbers": "ARRAY[v_number]",
        "now": "now()",
        "first": "(700000000 + v_place * 20)::bigint",
    }
    return re.sub(r"%\((\w+)\)s", lambda found: variables[found[1]], sql)


def _run_pgbench(many: int) -> float:
    database = settings.DATABASES["default"]
    host = database["HOST"] or database["OPTIONS"]["host"]
    script = Path(host, "settle.pgbench")
    script.write_text("SELECT bench_settle();\n")
    done = subprocess.run(
        [find_binaries() / "pgbench", "-h", host, "-U", "canbao", "-n", "-c", str(AT_ONCE), "-j", "2",
         "-t", str(many // AT_ONCE), "-f", script, "canbao"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if not found or " 0 (0.000%)" not in done.stdout:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found[1])


def _beside(crowd: Crowd, server: Server) -> list[Row]:
    """What the SDK and the PDF cost, which (a) and (b) leave out."""
    from canbao.faces.papers.receipt import receipt_pdf  # noqa: PLC0415 (its fonts are only wanted here)

    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM payment_order WHERE state = 'settled' LIMIT 1")
        receipts = receipts_of(crowd.world.env, cursor.fetchone()[0])
    receipt_pdf(receipts)
    began = time.process_time()
    for _ in range(10):
        receipt_pdf(receipts)
    return [
        beside("P2 one receipt as PDF: CPU", (time.process_time() - began) * 100, "ms", "not in (a), (b)")
    ]
