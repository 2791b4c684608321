"""What became of the lines of large orders, counted in the database."""

from collections.abc import Sequence
from typing import NamedTuple

from canbao.records import sets
from canbao.records.models import Order
from canbao.records.sets import Column


class Tally(NamedTuple):
    """The lines of one order that are in one state: how many, and their fen."""

    order_no: str
    state: str
    people: int
    fen: int


def tally(orders: Sequence[Order]) -> list[Tally]:
    """The lines of these orders by state, in one statement."""
    keys = [(bucket, order.order_no) for order in orders for bucket in order.line_buckets]
    if not keys:
        return []
    owners = [bucket for bucket, _ in keys]
    source, params = sets.relation({"b": Column("int", owners), "no": Column("text", [no for _, no in keys])})
    routed, routed_params = sets.in_buckets(owners, "r")
    rows = sets.fetch_tuples(
        "SELECT r.order_no, r.state, count(*), CAST(sum(r.amount_fen) AS BIGINT) "
        f"FROM {source} JOIN order_line r ON r.bucket = t.b AND r.order_no = t.no WHERE {routed} "
        "GROUP BY r.order_no, r.state ORDER BY r.order_no, r.state",
        [*params, *routed_params],
    )
    return [Tally(*row) for row in rows]
