"""Looking up what arrived from outside: attempts by the channel's number, callbacks that wait."""

from collections.abc import Sequence

from canbao.records import sets
from canbao.records.models import Callback
from canbao.records.sets import Column, Row


def attempts_by_no(keys: Sequence[tuple[int, str]]) -> dict[str, Row]:
    """Attempts by number, for (bucket, out_trade_no) keys, in one statement."""
    if not keys:
        return {}
    buckets = [bucket for bucket, _ in keys]
    source, params = sets.relation(
        {"b": Column("int", buckets), "no": Column("text", [no for _, no in keys])}
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    rows = sets.fetch(
        "SELECT r.out_trade_no, r.channel, r.amount_fen, r.state, r.order_no, r.bucket, r.channel_txn_no "
        f"FROM {source} JOIN attempt r ON r.bucket = t.b AND r.out_trade_no = t.no WHERE {routed}",
        [*params, *routed_params],
    )
    return {row["out_trade_no"]: row for row in rows}


def waiting_callbacks(limit: int) -> list[Callback]:
    """Kept callbacks that nobody has judged yet, the oldest first."""
    return list(Callback.objects.filter(state="kept").order_by("id")[:limit])
