"""银联商务's open platform (全民付 H5 支付): links signed for the payer, calls signed by us, notices signed for us."""

from canbao.channels.unionpay.channel import UnionPay
from canbao.channels.unionpay.keys import UnionPayKeys, read_keys
from canbao.channels.unionpay.sign import Stamp

__all__ = ["Stamp", "UnionPay", "UnionPayKeys", "read_keys"]
