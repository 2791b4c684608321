"""The channel as production makes it, and the sandbox it speaks with over HTTP."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from canbao.channels.port import PaymentRequest
from canbao.channels.unionpay import UnionPay, UnionPayKeys, read_keys
from canbao.faces.wiring import new_stamp
from tests.channels.door import Door
from tests.support.sandbox import RunningSandbox


@pytest.fixture(scope="session")
def unionpay_keys(sandbox: RunningSandbox) -> UnionPayKeys:
    return read_keys(sandbox.merchant_file.with_name("unionpay.json"))


@pytest.fixture
def unionpay(unionpay_keys: UnionPayKeys) -> UnionPay:
    return UnionPay(unionpay_keys, new_stamp)


@pytest.fixture
def elsewhere(unionpay_keys: UnionPayKeys, platform: Door) -> UnionPay:
    """The channel in front of a platform that answers what the test says."""
    return UnionPay(replace(unionpay_keys, gateway=platform.url), new_stamp, timeout_s=2)


@pytest.fixture
def tell(sandbox: RunningSandbox, unionpay_keys: UnionPayKeys) -> Callable[..., dict]:
    """Ask the hidden hand about an order by our own number."""

    def tell(what: str, number: str, **asked: str) -> dict:
        return sandbox.tell(f"unionpay/{what}", out_trade_no=f"{unionpay_keys.source}{number}", **asked)

    return tell


@pytest.fixture
def opened(unionpay: UnionPay, attempt: Callable[..., PaymentRequest]) -> PaymentRequest:
    """An attempt whose link a payer has opened: only then 银联商务 knows of the order."""
    request = attempt()
    page = httpx.get(unionpay.start(request), trust_env=False, follow_redirects=True)
    assert page.status_code == 200
    return request


@pytest.fixture
def paid(opened: PaymentRequest, tell: Callable[..., dict]) -> PaymentRequest:
    """An attempt that was paid, and nobody was told."""
    tell("pay", opened.out_trade_no, notify="lost")
    return opened
