"""The channel, the sandbox it speaks with over HTTP, and a platform that says what a test wants."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from canbao.channels.port import Judgement, PaymentRequest
from canbao.channels.wechat import WeChatKeys, WeChatPay, read_keys
from sandbox.keys import make_keys
from sandbox.wechat.keys import load_keys
from tests.channels.door import Door, open_door
from tests.channels.scribe import Scribe
from tests.sandbox.bench import Bench
from tests.support.sandbox import RunningSandbox, running_sandbox

_numbers = count(1)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox's home, with the keys of both sides."""
    home = tmp_path_factory.mktemp("sandbox") / "home"
    make_keys(home, "http://127.0.0.1:9")
    return home


@pytest.fixture(scope="module")
def bench_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of twins that are stepped by hand, with the keys of both sides."""
    home = tmp_path_factory.mktemp("bench")
    make_keys(home, "http://twin.example")
    return home


@pytest.fixture
def bench(bench_home: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The twins on a workbench, at the `NOW` of the test's own file."""
    (bench_home / "sandbox.sqlite3").unlink(missing_ok=True)
    bench = Bench(bench_home, at=request.module.NOW)
    yield bench
    bench.close()


@pytest.fixture(scope="session")
def keys(home: Path) -> WeChatKeys:
    """The merchant's keys, with an address where nobody listens."""
    return replace(read_keys(home / "merchant.json"), base_url="http://127.0.0.1:9")


@pytest.fixture(scope="session")
def scribe(home: Path) -> Scribe:
    """Whoever holds the platform's private key."""
    return Scribe(load_keys(home))


@pytest.fixture(scope="session")
def sandbox(home: Path) -> Iterator[RunningSandbox]:
    """One sandbox for the session, a process of its own."""
    with running_sandbox(home) as running:
        yield running


@pytest.fixture
def channel(sandbox: RunningSandbox) -> WeChatPay:
    """The channel as production makes it, from the merchant file."""
    return WeChatPay(read_keys(sandbox.merchant_file))


@pytest.fixture
def platform() -> Iterator[Door]:
    """A platform that answers what the test says, and remembers what it was asked."""
    with open_door() as door:
        yield door


@pytest.fixture
def told(keys: WeChatKeys, platform: Door) -> WeChatPay:
    """The channel in front of that platform."""
    return WeChatPay(replace(keys, base_url=platform.url))


@pytest.fixture(scope="session")
def judge(keys: WeChatKeys) -> Callable[..., Judgement]:
    """The channel's judgement of headers, body and the instant of arrival."""
    return WeChatPay(keys).judge


@pytest.fixture
def mailbox() -> Iterator[Door]:
    """Where notices arrive."""
    with open_door() as door:
        yield door


@pytest.fixture
def number() -> str:
    """An order number that nobody has used."""
    return f"ORDER{next(_numbers):05}"


@pytest.fixture
def attempt(number: str, mailbox: Door) -> Callable[..., PaymentRequest]:
    """The same attempt at paying 380 yuan, as often as one asks, with changes if one wants."""
    request = PaymentRequest(
        out_trade_no=number,
        amount_fen=38000,
        subject="城乡居民基本医疗保险费",
        expires_at=datetime.now(UTC) + timedelta(minutes=30),
        notify_url=f"{mailbox.url}/notify",
        return_url="https://canbao.example/orders/1?from=pay&x=参保",
        payer_ip="203.0.113.7",
    )

    def make(**changes: Any) -> PaymentRequest:
        return replace(request, **changes)

    return make
