"""The channel as production makes it, and the sandbox it speaks with over HTTP."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from canbao.channels.alipay import Alipay, AlipayKeys, read_keys
from canbao.channels.port import PaymentRequest
from sandbox.alipay.keys import GATEWAY_PATH
from tests.channels.door import Door
from tests.support.sandbox import RunningSandbox


@pytest.fixture(scope="session")
def alipay_keys(sandbox: RunningSandbox) -> AlipayKeys:
    return read_keys(sandbox.merchant_file.with_name("alipay.json"))


@pytest.fixture
def alipay(alipay_keys: AlipayKeys) -> Alipay:
    return Alipay(alipay_keys)


@pytest.fixture
def elsewhere(alipay_keys: AlipayKeys, platform: Door) -> Alipay:
    """The channel in front of a platform that answers what the test says."""
    return Alipay(replace(alipay_keys, gateway=platform.url + GATEWAY_PATH), timeout_s=2)


@pytest.fixture
def opened(alipay: Alipay, attempt: Callable[..., PaymentRequest]) -> PaymentRequest:
    """An attempt whose link a payer has opened: only then Alipay knows of the trade."""
    request = attempt()
    assert httpx.get(alipay.start(request), trust_env=False).status_code == 200
    return request


@pytest.fixture
def paid(opened: PaymentRequest, sandbox: RunningSandbox) -> PaymentRequest:
    """An attempt that was paid, and nobody was told."""
    sandbox.tell("alipay/pay", out_trade_no=opened.out_trade_no, notify="lost")
    return opened
