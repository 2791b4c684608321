"""Alipay's open gateway, wap orders of a direct merchant, with public keys."""

from canbao.channels.alipay.channel import Alipay
from canbao.channels.alipay.keys import AlipayKeys, read_keys

__all__ = ["Alipay", "AlipayKeys", "read_keys"]
