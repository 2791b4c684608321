"""Order lines as the settling sees them."""

from collections.abc import Sequence
from typing import Any

from canbao.basics.genes import gene_id
from canbao.records import sets
from canbao.records.models import Bill, Order
from canbao.records.moves import SerialSource
from canbao.records.sets import Column, Row


def lines_of_orders(orders: Sequence[tuple[int, str, Any]]) -> list[Row]:
    """All lines of the orders given as (bucket, order_no, line_buckets), in one statement, ordered by id."""
    keys = [(bucket, order_no) for _, order_no, buckets in orders for bucket in sets.as_json(buckets)]
    if not keys:
        return []
    owners = [bucket for bucket, _ in keys]
    source, params = sets.relation({"b": Column("int", owners), "no": Column("text", [no for _, no in keys])})
    routed, routed_params = sets.in_buckets(owners, "r")
    return sets.fetch(
        "SELECT r.id, r.bucket, r.order_no, r.line_no, r.bill_id, r.amount_fen "
        f"FROM {source} JOIN order_line r ON r.bucket = t.b AND r.order_no = t.no WHERE {routed} ORDER BY r.id",
        [*params, *routed_params],
    )


def insert_lines(serials: SerialSource, lines: Sequence[tuple[Order, int, Bill]]) -> list[Row]:
    """Put bills into orders as their n-th lines; a bill that lies in another open order gets none."""
    if not lines:
        return []
    buckets = [bill.bucket for _, _, bill in lines]
    numbers = serials.take("order_line", len(lines))
    return sets.insert(
        "order_line",
        {
            "id": Column("int", [gene_id(n, bucket) for n, bucket in zip(numbers, buckets, strict=True)]),
            "bucket": Column("int", buckets),
            "order_no": Column("text", [order.order_no for order, _, _ in lines]),
            "line_no": Column("int", [place for _, place, _ in lines]),
            "bill_id": Column("int", [bill.id for _, _, bill in lines]),
            "amount_fen": Column("int", [bill.amount_fen or 0 for _, _, bill in lines]),
            "state": Column("text", ["open"] * len(lines)),
            "open_slot": Column("int", [1] * len(lines)),
        },
        "ON CONFLICT (bucket, bill_id, open_slot) DO NOTHING RETURNING id",
    )
