"""Orders: put in by their number, found by the random token that opens their page."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import Model

from canbao.records import sets
from canbao.records.models import Attempt, Order, OrderLine
from canbao.records.sets import Column

BUCKET_DIGITS = 4
NO_BUCKET = -1
AGENT = "agent"  # the payer of an order for many: one of two hundred holds up no other (0032)


def new_token(bucket: int, random_part: str) -> str:
    """The token of an order: its bucket, so that the page finds its shard, and a random part."""
    return f"{bucket:0{BUCKET_DIGITS}d}{random_part}"[:43]


def bucket_of_token(token: str) -> int:
    """The bucket a token names; -1, where no row lies, for one of the wrong shape: it opens nothing."""
    head = token[:BUCKET_DIGITS]
    return int(head) if head.isascii() and head.isdigit() else NO_BUCKET


def order_by_token(token: str) -> Order | None:
    """The order a token opens, or None."""
    return Order.objects.filter(bucket=bucket_of_token(token), token=token).first()


_ORDER: Mapping[str, sets.Kind] = {
    "id": "int", "bucket": "int", "order_no": "text", "token": "text", "entry_area_code": "text",
    "payer_kind": "text", "amount_fen": "int", "line_buckets": "json", "state": "text",
    "opened_at": "instant", "expires_at": "instant",
}  # fmt: skip
_LINE: Mapping[str, sets.Kind] = {
    "id": "int", "bucket": "int", "order_no": "text", "line_no": "int", "bill_id": "int", "amount_fen": "int",
    "state": "text", "open_slot": "int",
}  # fmt: skip
_ATTEMPT: Mapping[str, sets.Kind] = {
    "id": "int", "bucket": "int", "out_trade_no": "text", "order_no": "text", "channel": "text", "amount_fen": "int",
    "state": "text", "created_at": "instant", "query_at": "instant", "query_count": "int",
}  # fmt: skip
# No target: the other half of a double tap brings the same number and the same token, and whichever unique
# index PostgreSQL looks at first must let it pass.
_OR_NOTHING = "ON CONFLICT DO NOTHING RETURNING id"


class PutIn(NamedTuple):
    """The ids of what went in."""

    orders: frozenset[int]
    lines: frozenset[int]
    attempts: frozenset[int]


def put_in(orders: Sequence[Order], lines: Sequence[OrderLine], attempts: Sequence[Attempt]) -> PutIn:
    """Insert orders with their lines and first attempts, as one statement where the engine can.

    An order whose number is taken is left out, and so is a line whose bill lies in another open order.
    """
    wanted = {
        "payment_order": _columns(_ORDER, orders),
        "order_line": _columns(_LINE, lines),
        "attempt": _columns(_ATTEMPT, attempts),
    }
    filled = {table: columns for table, columns in wanted.items() if sets.has_rows(columns)}
    came = sets.together([sets.insertion(table, columns, _OR_NOTHING) for table, columns in filled.items()])
    made = {table: frozenset(row["id"] for row in rows) for table, rows in zip(filled, came, strict=True)}
    return PutIn(*(made.get(table, frozenset()) for table in wanted))


def insert_attempt(attempt: Attempt) -> bool:
    """Put an attempt in; False: its number is taken already."""
    return bool(sets.insert("attempt", _columns(_ATTEMPT, [attempt]), _OR_NOTHING))


def is_still_wanted(order: Order, attempt: Attempt) -> bool:
    """Whether this attempt may pay the order, or has paid it, as the database has them now.

    An order was opened by what its bills were a moment before; one that another order settled meanwhile asks no money. An
    agent's order of two hundred goes on without that one, whose part is owed back (0032).
    """
    routed, params = sets.in_buckets(order.line_buckets, "l")
    rows = sets.fetch_tuples(
        "SELECT 1 FROM payment_order o JOIN attempt a ON a.bucket = o.bucket AND a.order_no = o.order_no "
        "WHERE o.bucket = %s AND o.id = %s AND a.id = %s "
        "AND (o.state = 'open' AND a.state = 'created' OR o.state IN ('paid', 'settled') AND a.state = 'paid') "
        "AND (o.payer_kind = %s OR NOT EXISTS (SELECT 1 FROM order_line l JOIN bill b ON b.bucket = l.bucket AND b.id = l.bill_id "
        f"WHERE l.order_no = %s AND l.state = 'open' AND b.state NOT IN ('payable', 'zero') AND {routed}))",
        [order.bucket, order.id, attempt.id, AGENT, order.order_no, *params],
    )
    return bool(rows)


def _columns(kinds: Mapping[str, sets.Kind], rows: Sequence[Model]) -> sets.Columns:
    return {name: Column(kind, [getattr(row, name) for row in rows]) for name, kind in kinds.items()}
