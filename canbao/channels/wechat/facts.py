"""Reading a transaction, strictly: what is not exactly as documented is not read at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canbao.channels.port import PaymentFact, RefundFact, RefundState
from canbao.channels.strict import Unreadable, read_text
from canbao.channels.wechat.keys import WeChatKeys

NAME = "wechat"
REFUND_STATES: dict[str, RefundState] = {
    "PROCESSING": "accepted",
    "SUCCESS": "paid",
    "ABNORMAL": "abnormal",
    "CLOSED": "abnormal",
}
TRADE_TYPES = frozenset({"JSAPI", "NATIVE", "APP", "MICROPAY", "MWEB", "FACEPAY"})


class OtherMerchant(Exception):
    """Signed, and about somebody else's money."""


def read_fact(resource: Mapping[str, Any], keys: WeChatKeys, notice_id: str | None = None) -> PaymentFact:
    """The payment a SUCCESS transaction tells of; its amount is the order's total, in fen.

    Raises:
        OtherMerchant: its mchid or appid is not ours.
        Unreadable: a field is absent or of the wrong type.
    """
    check_merchant(resource, keys)
    if read_text(resource, "appid") != keys.appid:
        raise OtherMerchant
    if read_text(resource, "trade_type") not in TRADE_TYPES:
        raise Unreadable("trade_type")
    amount = resource.get("amount")
    if not isinstance(amount, dict):
        raise Unreadable("amount")
    return PaymentFact(
        channel=NAME,
        out_trade_no=read_text(resource, "out_trade_no"),
        channel_txn_no=read_text(resource, "transaction_id"),
        amount_fen=_read_fen(amount.get("total")),
        currency=read_text(amount, "currency"),
        merchant=keys.mchid,
        paid_at=_read_instant(read_text(resource, "success_time")),
        notice_id=notice_id,
    )


def read_refund(
    resource: Mapping[str, Any], status_field: str, told_at: datetime | None = None
) -> RefundFact:
    """A refund as an answer (`status`, `create_time`) or a notice (`refund_status`, told at an instant) tells it.

    Raises:
        Unreadable: a field is absent or of the wrong type.
    """
    said = read_text(resource, status_field)
    amount = resource.get("amount")
    if said not in REFUND_STATES or not isinstance(amount, dict):
        raise Unreadable(status_field)
    paid_at = _read_instant(read_text(resource, "success_time")) if said == "SUCCESS" else None
    return RefundFact(
        channel=NAME,
        refund_no=read_text(resource, "out_refund_no"),
        channel_refund_no=read_text(resource, "refund_id"),
        amount_fen=_read_fen(amount.get("refund")),
        state=REFUND_STATES[said],
        said=said,
        accepted_at=told_at or _read_instant(read_text(resource, "create_time")),
        paid_at=paid_at,
    )


def check_merchant(resource: Mapping[str, Any], keys: WeChatKeys) -> None:
    """Raises OtherMerchant, Unreadable."""
    if read_text(resource, "mchid") != keys.mchid:
        raise OtherMerchant


def _read_fen(value: object) -> int:
    # `type() is`, because true is an int to Python, and 1 fen would have been paid.
    if type(value) is not int or value <= 0:
        raise Unreadable("amount.total")
    return value


def _read_instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable("success_time") from None
    if instant.tzinfo is None:
        raise Unreadable("success_time")
    return instant
