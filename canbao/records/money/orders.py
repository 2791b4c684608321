"""Orders: put in by their number, found by the random token that opens their page."""

from collections.abc import Sequence

from canbao.records import sets
from canbao.records.models import Attempt, Order
from canbao.records.sets import Column

BUCKET_DIGITS = 4


def new_token(bucket: int, random_part: str) -> str:
    """The token of an order: its bucket, so that the page finds its shard, and a random part."""
    return f"{bucket:0{BUCKET_DIGITS}d}{random_part}"[:43]


def order_by_token(token: str) -> Order | None:
    """The order a token opens, or None; a token of the wrong shape opens nothing."""
    head = token[:BUCKET_DIGITS]
    if not (head.isascii() and head.isdigit()):
        return None
    return Order.objects.filter(bucket=int(head), token=token).first()


def insert_orders(orders: Sequence[Order]) -> dict[str, Order]:
    """Insert orders in one statement; returns those whose number was not taken, by number.

    The two halves of a double tap share number and token; which of the two constraints meets the other
    half first is the database's choice, so no constraint is named.
    """
    kinds: dict[str, sets.Kind] = {
        "id": "int", "bucket": "int", "order_no": "text", "token": "text", "entry_area_code": "text",
        "payer_kind": "text", "amount_fen": "int", "line_buckets": "json", "state": "text",
        "opened_at": "instant", "expires_at": "instant",
    }  # fmt: skip
    columns = {name: Column(kind, [getattr(order, name) for order in orders]) for name, kind in kinds.items()}
    # No target: the other half of a double tap brings the same number and the same token, and whichever
    # unique index PostgreSQL looks at first must let it pass.
    rows = sets.insert("payment_order", columns, "ON CONFLICT DO NOTHING RETURNING order_no")
    made = {row["order_no"] for row in rows}
    return {order.order_no: order for order in orders if order.order_no in made}


def insert_attempt(attempt: Attempt) -> bool:
    """Put an attempt in; False: its number is taken already."""
    kinds: dict[str, sets.Kind] = {
        "id": "int", "bucket": "int", "out_trade_no": "text", "order_no": "text", "channel": "text", "amount_fen": "int",
        "state": "text", "created_at": "instant", "query_at": "instant", "query_count": "int",
    }  # fmt: skip
    columns = {name: Column(kind, [getattr(attempt, name)]) for name, kind in kinds.items()}
    return bool(sets.insert("attempt", columns, "ON CONFLICT DO NOTHING RETURNING id"))
