"""Reading a trade, strictly: what is not exactly as documented is not read at all."""

from collections.abc import Mapping
from typing import Any

from canbao.basics.money import fen_from_yuan
from canbao.channels.port import PaymentFact, RefundFact
from canbao.channels.strict import Unreadable, read_instant, read_text

NAME = "alipay"
CURRENCY = "CNY"  # wap trades of a mainland merchant know no other, so the gateway does not name it


def read_fen(told: Mapping[str, Any], field: str) -> int:
    """An amount in yuan, above zero, as fen. Raises Unreadable."""
    try:
        fen = fen_from_yuan(read_text(told, field))
    except ValueError:
        raise Unreadable(field) from None
    if fen <= 0:
        raise Unreadable(field)
    return fen


def read_payment(told: Mapping[str, Any], seller_id: str, time_field: str) -> PaymentFact:
    """The payment that a query (`send_pay_date`) or a notice (`gmt_payment`) tells of. Raises Unreadable."""
    return PaymentFact(
        channel=NAME,
        out_trade_no=read_text(told, "out_trade_no"),
        channel_txn_no=read_text(told, "trade_no"),
        amount_fen=read_fen(told, "total_amount"),
        currency=CURRENCY,
        merchant=seller_id,
        paid_at=read_instant(told, time_field),
        notice_id=told.get("notify_id"),
    )


def read_refund(told: Mapping[str, Any]) -> RefundFact:
    """A refund as its query answers it. Alipay gives a refund no number of its own. Raises Unreadable."""
    at = read_instant(told, "gmt_refund_pay")
    return RefundFact(
        channel=NAME,
        refund_no=read_text(told, "out_request_no"),
        channel_refund_no=f"{read_text(told, 'trade_no')}-{read_text(told, 'out_request_no')}",
        amount_fen=read_fen(told, "refund_amount"),
        state="paid",
        said=read_text(told, "refund_status"),
        accepted_at=at,
        paid_at=at,
    )
