"""A typed hand on the WeChat Pay SDK, with its traps closed.

The SDK has no parameter for the gateway, fetches certificates whenever it meets a serial it does
not know, and answers 4xx and 5xx as an unverified pair. Here a call ends in one of three ways:
a signed answer, a definite no (`ChannelRefused`), or no definite answer (`ChannelDown`). For a no
TLS alone vouches.
"""

import json
from collections.abc import Callable
from typing import Any

from wechatpayv3 import WeChatPay as Sdk
from wechatpayv3 import WeChatPayType

from canbao.channels.port import ChannelDown, ChannelRefused
from canbao.channels.wechat.keys import WeChatKeys

Answer = dict[str, Any]
# Refusals that say nothing about the order: ask again later.
PASSING_STATUSES = (408, 425, 429)


class Client:
    """The calls the channel makes. No logger: the SDK would write plaintext into it."""

    def __init__(self, keys: WeChatKeys, timeout_s: float) -> None:
        self._sdk = Sdk(
            wechatpay_type=WeChatPayType.H5,
            mchid=keys.mchid,
            private_key=keys.merchant_private_key,
            cert_serial_no=keys.merchant_cert_serial,
            appid=keys.appid,
            apiv3_key=keys.apiv3_key,
            timeout=timeout_s,
            public_key=keys.platform_public_key,
            public_key_id=keys.platform_public_key_id,
        )
        core = self._sdk._core
        # An answer signed under another serial is refused, not a reason for a call of our own.
        core._update_certificates = lambda: None
        if keys.base_url is not None:
            core._gate_way = keys.base_url.rstrip("/")

    def place(self, order: dict[str, Any]) -> Answer:
        """Open an H5 order. Raises ChannelDown, ChannelRefused."""
        return _definite(lambda: self._sdk.pay(**order))

    def place_native(self, order: dict[str, Any]) -> Answer:
        """Open a Native order, whose code anybody may scan. Raises ChannelDown, ChannelRefused."""
        return _definite(lambda: self._sdk.pay(**order, pay_type=WeChatPayType.NATIVE))

    def query(self, out_trade_no: str) -> Answer:
        """Ask for an order by our number. Raises ChannelDown, ChannelRefused."""
        return _definite(lambda: self._sdk.query(out_trade_no=out_trade_no))

    def close(self, out_trade_no: str) -> None:
        """Close an order. Raises ChannelDown, ChannelRefused."""
        _definite(lambda: self._sdk.close(out_trade_no))

    def refund(self, refund: dict[str, Any]) -> Answer:
        """Ask for a refund; the same again finds the same. Raises ChannelDown, ChannelRefused."""
        return _definite(lambda: self._sdk.refund(**refund))

    def query_refund(self, refund_no: str) -> Answer:
        """Ask for a refund by our number. Raises ChannelDown, ChannelRefused."""
        return _definite(lambda: self._sdk.query_refund(out_refund_no=refund_no))

    def trade_bill(self, day: str) -> Answer:
        """The link to the trade bill of a day, with its digest. Raises ChannelDown, ChannelRefused."""
        return _definite(lambda: self._sdk.trade_bill(bill_date=day, bill_type="ALL", tar_type="GZIP"))

    def download(self, link: str) -> bytes:
        """What a link of `trade_bill` leads to; unsigned, so its digest must be checked. Raises ChannelDown."""
        if not link.startswith(self._sdk._core._gate_way + "/"):
            raise ChannelDown("the link leads to somebody else")
        try:
            status, content = self._sdk.download_bill(link)
        except Exception as problem:  # the SDK raises bare Exception
            raise ChannelDown(f"no file: {type(problem).__name__}") from problem
        if status != 200 or not isinstance(content, bytes):
            raise ChannelDown(
                f"no file: HTTP {status}"
            )  # a link lives some minutes: the next round has a new one
        return content


def _definite(call: Callable[[], tuple[int, str | bytes]]) -> Answer:
    """Make a call of the SDK and keep only what may be relied on."""
    try:
        status, text = call()
    except Exception as problem:  # the SDK raises bare Exception: unsigned, forged, lost, timed out
        raise ChannelDown(f"no signed answer: {type(problem).__name__}") from problem
    if status == 204:
        return {}
    told = _json_object(text)
    if 200 <= status < 300 and told is not None:
        return told
    code = told.get("code") if told is not None else None
    # A proxy's page, a 5xx or a rate limit is no word of the platform about this order.
    if not 400 <= status < 500 or status in PASSING_STATUSES or not isinstance(code, str):
        raise ChannelDown(f"no definite answer: HTTP {status}")
    raise ChannelRefused(code, str(told.get("message", "")) if told is not None else "")


def _json_object(text: str | bytes) -> Answer | None:
    try:
        told = json.loads(text)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
