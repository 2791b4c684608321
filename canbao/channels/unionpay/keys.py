"""What a merchant needs in order to speak with 银联商务."""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from canbao.channels.strict import merchant_file, text_of

GATEWAY = "https://api-mop.chinaums.com"
# 云闪付 in the payer's browser; 微信 and 支付宝 through 银联商务 have paths of their own.
ORDER_PATH = "/v1/netpay/uac/order"


@dataclass(frozen=True)
class UnionPayKeys:
    """The application's identity and its two keys. Secrets never show in a repr.

    `source`: the four characters (来源编号) that every number of ours must begin with there. `app_key` signs what we
    ask, `notice_key` (通讯密钥) what they tell. `page_gateway` is where the payer's browser finds the gateway, should
    that be another address. `statement_path` empty: statements are uploaded by hand.
    """

    app_id: str
    app_key: str = field(repr=False)
    notice_key: str = field(repr=False)
    mid: str
    tid: str
    source: str
    gateway: str = GATEWAY
    page_gateway: str = GATEWAY
    order_path: str = ORDER_PATH
    statement_path: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9A-Za-z]{4}", self.source):
            raise ValueError("a source has four letters or digits")
        if not re.fullmatch(r"[0-9A-Za-z]{15}", self.mid) or not re.fullmatch(r"[0-9A-Za-z]{8}", self.tid):
            raise ValueError("a mid has fifteen characters and a tid eight")
        if not _is_safe(self.gateway):
            # Answers are not signed: who gave them is vouched for by TLS alone.
            raise ValueError("a gateway on another machine is spoken with over https")


def read_keys(path: Path) -> UnionPayKeys:
    """Read a merchant file. Raises OSError, ValueError, KeyError: the file or one of its values is absent or unfit."""
    told = merchant_file(path)
    gateway = str(told.get("gateway") or GATEWAY).rstrip("/")
    return UnionPayKeys(
        app_id=text_of(told, "app_id"),
        app_key=text_of(told, "app_key"),
        notice_key=text_of(told, "notice_key"),
        mid=text_of(told, "mid"),
        tid=text_of(told, "tid"),
        source=text_of(told, "source"),
        gateway=gateway,
        page_gateway=str(told.get("page_gateway") or gateway).rstrip("/"),
        order_path=str(told.get("order_path") or ORDER_PATH),
        statement_path=str(told.get("statement_path") or ""),
    )


def _is_safe(gateway: str) -> bool:
    address = urlsplit(gateway)
    if address.scheme == "https":
        return True
    try:
        return ipaddress.ip_address(address.hostname or "").is_loopback
    except ValueError:
        return address.hostname == "localhost"
