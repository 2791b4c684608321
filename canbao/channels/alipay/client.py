"""A typed hand on the Alipay SDK, with its traps closed.

The SDK has no parameter for the gateway, changes the dictionaries it verifies, and tells a business failure as an
ordinary answer. Here a call ends in one of three ways: a signed answer, a definite signed no
(`ChannelRefused`), or no definite answer (`ChannelDown`).
"""

from typing import Any
from urllib.parse import urlsplit

import httpx
from alipay import AliPay as Sdk
from alipay.utils import AliPayConfig

from canbao.channels.alipay.keys import AlipayKeys
from canbao.channels.port import ChannelDown, ChannelRefused

Answer = dict[str, Any]
WAP = "alipay.trade.wap.pay"
WAP_PRODUCT = "QUICK_WAP_WAY"
SUCCESS, BUSINESS_FAILED = "10000", "40004"
# Said to a business request, and yet no word about the trade: ask again later.
PASSING = ("ACQ.SYSTEM_ERROR", "isp.unknow-error", "aop.unknow-error", "AOP.SYSTEM_BUSY")


class Client:
    """The calls the channel makes. Not verbose: the SDK would log what it signs."""

    def __init__(self, keys: AlipayKeys, timeout_s: float) -> None:
        self._keys, self._timeout_s = keys, timeout_s
        self._sdk = Sdk(
            appid=keys.app_id,
            app_private_key_string=keys.app_private_key,
            alipay_public_key_string=keys.alipay_public_key,
            sign_type="RSA2",
            config=AliPayConfig(timeout=timeout_s),
        )
        self._sdk._gateway = keys.gateway  # noqa: SLF001 (it has no other door)

    def link(self, trade: Answer, return_url: str, notify_url: str) -> str:
        """The signed link that a payer opens; nothing is called, the trade comes to be when it is opened."""
        told = {**trade, "product_code": WAP_PRODUCT}
        query = self._sdk.client_api(WAP, told, return_url=return_url, notify_url=notify_url)
        return f"{self._keys.page_gateway}?{query}"

    def call(self, method: str, asked: Answer, **beside: str) -> Answer:
        """One call; `beside`: what goes beside the business content. Raises ChannelDown, ChannelRefused with the `sub_code`."""
        try:
            answer = self._sdk.server_api(method, dict(asked), **beside)
        except Exception as problem:  # the SDK raises bare exceptions: unsigned, forged, lost, timed out
            raise ChannelDown(f"no signed answer: {type(problem).__name__}") from problem
        if not isinstance(answer, dict):
            raise ChannelDown("an answer that is no object")
        code, sub_code = answer.get("code"), str(answer.get("sub_code") or "")
        if code == SUCCESS:
            return answer
        if code == BUSINESS_FAILED and sub_code not in PASSING:
            raise ChannelRefused(sub_code, str(answer.get("sub_msg") or ""))
        raise ChannelDown(f"no definite answer: {code} {sub_code}")

    def is_signed(self, told: dict[str, str]) -> bool:
        """Whether a notice is Alipay's: every parameter as it came, blanks included, but the signature's own two."""
        rest = dict(told)
        signature, sign_type = rest.pop("sign", ""), rest.pop("sign_type", "")
        try:
            return sign_type == "RSA2" and bool(self._sdk.verify(rest, signature))
        except Exception:  # noqa: BLE001 (the SDK raises bare exceptions on what is no signature at all)
            return False

    def download(self, link: str) -> bytes:
        """What a link of a bill leads to. Raises ChannelDown."""
        if self._keys.gateway.startswith("https:") and urlsplit(link).scheme != "https":
            raise ChannelDown("the link is not safe")
        try:
            answer = httpx.get(link, timeout=self._timeout_s, follow_redirects=False)
        except httpx.HTTPError as problem:
            raise ChannelDown(f"no file: {type(problem).__name__}") from problem
        if answer.status_code != 200:
            raise ChannelDown(f"no file: HTTP {answer.status_code}")  # a link lives half a minute: next round
        return answer.content
