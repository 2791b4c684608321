"""Handing in and posting, in set statements whatever their size."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from canbao.basics.genes import parse_order_no
from canbao.records import sets
from canbao.records.sets import Column, Row

PREFIX = "PJ"
ROWS_AT_ONCE = 5_000


def bucket_of_receipt(receipt_no: str) -> int:
    """The bucket a receipt's number names; 0 where it is none of ours."""
    try:
        return parse_order_no(receipt_no.removeprefix(PREFIX)).bucket if receipt_no.startswith(PREFIX) else 0
    except ValueError:
        return 0


def paid_between(channel: str, start: datetime, end: datetime) -> Iterator[Row]:
    """What a channel took for contributions in a span of time, refunded or not, in the order of the receipts."""
    after = ""
    while True:
        source, params = sets.relation(
            {"f": Column("instant", [start]), "u": Column("instant", [end]), "n": Column("text", [after])}
        )
        rows = sets.fetch(
            "SELECT r.receipt_no, r.area_code, r.benefit_year, r.amount_fen, r.paid_at "
            f"FROM contribution_record r, {source} WHERE r.channel = %s AND r.paid_at >= t.f AND r.paid_at < t.u "
            f"AND r.amount_fen > 0 AND r.receipt_no > t.n ORDER BY r.receipt_no LIMIT {ROWS_AT_ONCE}",
            [*params, channel],
        )
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        after = rows[-1]["receipt_no"]


def post(
    numbers: Sequence[str], fens: Sequence[int], days: Sequence[date], tax_nos: Sequence[str]
) -> list[Row]:
    """Write day and tax receipt beside each contribution that awaits them and is of this amount. Returns those."""
    buckets = [bucket_of_receipt(number) for number in numbers]
    source, params = sets.relation(
        {
            "b": Column("int", buckets),
            "no": Column("text", numbers),
            "fen": Column("int", fens),
            "day": Column("date", days),
            "tax": Column("text", tax_nos),
        }
    )
    routed, routed_params = sets.in_buckets(buckets, "r")
    back = "receipt_no, channel, amount_fen, id"
    return sets.fetch(
        f"UPDATE contribution_record AS r SET posted_date = t.day, tax_receipt_no = t.tax FROM {source} "
        f"WHERE r.bucket = t.b AND r.receipt_no = t.no AND r.amount_fen = t.fen AND r.posted_date IS NULL AND {routed} "
        f"RETURNING {sets.qualified(back)}",
        [*params, *routed_params],
    )


def known(numbers: Sequence[str]) -> dict[str, Row]:
    """The contributions with these receipts: amount and day of posting, by receipt."""
    if not numbers:
        return {}
    buckets = [bucket_of_receipt(number) for number in numbers]
    source, params = sets.relation({"b": Column("int", buckets), "no": Column("text", list(numbers))})
    routed, routed_params = sets.in_buckets(buckets, "r")
    rows = sets.fetch(
        f"SELECT r.receipt_no, r.amount_fen, r.posted_date, r.tax_receipt_no FROM {source} "
        f"JOIN contribution_record r ON r.bucket = t.b AND r.receipt_no = t.no WHERE {routed}",
        [*params, *routed_params],
    )
    return {row["receipt_no"]: row for row in rows}
