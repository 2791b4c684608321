"""Reading a trade or a refund, in answers (numbers) and notices (texts) alike. Amounts are fen."""

from collections.abc import Mapping
from typing import Any

from canbao.channels.port import PaymentFact, RefundFact, RefundState
from canbao.channels.strict import Unreadable, read_instant, read_text
from canbao.channels.unionpay.assumed import REFUND_TAKEN_UP, SERIAL
from canbao.channels.unionpay.keys import UnionPayKeys

NAME = "unionpay"
CURRENCY = "CNY"  # the interface knows no other and does not name it
REFUND_STATES: dict[str, RefundState] = {
    "SUCCESS": "paid",
    "FAIL": "abnormal",
    "PROCESSING": "accepted",
    "UNKNOWN": "accepted",
}


def read_number(told: Mapping[str, Any], field: str, source: str) -> str:
    """Our own number, without the source it bears there. Raises Unreadable: not one of ours."""
    value = read_text(told, field)
    if not value.startswith(source) or value == source:
        raise Unreadable(field)
    return value[len(source) :]


def read_fen(told: Mapping[str, Any], field: str) -> int:
    """An amount above zero. Raises Unreadable."""
    value = told.get(field)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if type(value) is not int or value <= 0:
        raise Unreadable(field)
    return value


def read_payment(told: Mapping[str, Any], keys: UnionPayKeys) -> PaymentFact:
    """The payment that a query or a notice of TRADE_SUCCESS tells of. Raises Unreadable."""
    return PaymentFact(
        channel=NAME,
        out_trade_no=read_number(told, "merOrderId", keys.source),
        channel_txn_no=read_text(told, SERIAL),
        amount_fen=read_fen(told, "totalAmount"),
        currency=CURRENCY,
        merchant=keys.mid,
        paid_at=read_instant(told, "payTime"),
        notice_id=told.get("notifyId"),
    )


def read_refund(told: Mapping[str, Any], keys: UnionPayKeys) -> RefundFact:
    """A refund as asking for it and querying it answer. Raises Unreadable."""
    said = read_text(told, "refundStatus")
    if said not in REFUND_STATES:
        raise Unreadable("refundStatus")
    state, at = REFUND_STATES[said], read_instant(told, REFUND_TAKEN_UP)
    return RefundFact(
        channel=NAME,
        refund_no=read_number(told, "refundOrderId", keys.source),
        channel_refund_no=read_text(told, SERIAL),
        amount_fen=read_fen(told, "refundAmount"),
        state=state,
        said=said,
        accepted_at=at,
        paid_at=at if state == "paid" else None,
    )
