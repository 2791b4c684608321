"""Reading the ledger as a whole: the balance of every account, the rows of a closed range."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from canbao.records import sets
from canbao.records.models import Entry
from canbao.records.sets import Column

ROWS_AT_ONCE = 5_000
# Everything a row says, in a fixed order: what a seal is made over.
_SEALED = (
    "id", "bucket", "key", "debit", "credit", "amount_fen", "reason", "bill_id", "order_no", "out_trade_no",
    "refund_no", "occurred_at", "booked_at",
)  # fmt: skip
_INSTANTS = tuple(place for place, name in enumerate(_SEALED) if name.endswith("_at"))


@dataclass(frozen=True)
class Balance:
    """One account: what was booked on either side."""

    account: str
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Debits less credits."""
        return self.debit_fen - self.credit_fen


def balances() -> list[Balance]:
    """Every account with its two sums, in order of name; one pass over the ledger a side."""
    rows = sets.fetch(
        "SELECT account, CAST(sum(d) AS BIGINT) AS d, CAST(sum(c) AS BIGINT) AS c FROM ("
        "SELECT debit AS account, sum(amount_fen) AS d, 0 AS c FROM entry GROUP BY debit "
        "UNION ALL SELECT credit, 0, sum(amount_fen) FROM entry GROUP BY credit) s GROUP BY account ORDER BY account",
        [],
    )
    return [Balance(row["account"], row["d"], row["c"]) for row in rows]


def first_booked_at(since: datetime | None) -> datetime | None:
    """When the first row from an instant on was booked; None: there is none. Without an instant: the very first."""
    if since is None:
        (row,) = sets.fetch("SELECT min(booked_at) AS at FROM entry", [])
    else:
        source, params = sets.relation({"s": Column("instant", [since])})
        (row,) = sets.fetch(
            f"SELECT min(r.booked_at) AS at FROM entry r, {source} WHERE r.booked_at >= t.s", params
        )
    return sets.as_instant(row["at"])


def leaves(from_bucket: int, until_bucket: int, from_at: datetime, until_at: datetime) -> Iterator[bytes]:
    """24 bytes for every row of the range, in order of id: the id, and the head of the row's SHA-256.

    Read in pieces by a cursor of the server's, so call it inside a transaction (a pooled connection keeps it there).
    """
    rows = Entry.objects.filter(
        booked_at__gte=from_at, booked_at__lt=until_at, bucket__gte=from_bucket, bucket__lt=until_bucket
    )
    for row in rows.order_by("id").values_list(*_SEALED).iterator(chunk_size=ROWS_AT_ONCE):
        yield _leaf(row)


def _leaf(row: tuple[Any, ...]) -> bytes:
    told = list(row)
    for place in _INSTANTS:
        told[place] = told[place].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    id_: int = row[0]
    return id_.to_bytes(8, "big") + hashlib.sha256(text.encode()).digest()[:16]
