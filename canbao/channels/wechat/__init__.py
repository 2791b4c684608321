"""WeChat Pay APIv3, H5 orders of a direct merchant, in public-key mode."""

from canbao.channels.wechat.channel import WeChatPay
from canbao.channels.wechat.keys import WeChatKeys, read_keys

__all__ = ["WeChatKeys", "WeChatPay", "read_keys"]
