"""Order lines as the settling sees them."""

from collections.abc import Sequence
from typing import Any

from canbao.records import sets
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
