"""What shifts hold and should have handed in, and what a day's shifts counted: by their rows, in one statement each."""

from datetime import datetime
from typing import Any, NamedTuple

from canbao.records import sets
from canbao.records.sets import Column

_TAKEN = (
    "(SELECT CAST(coalesce(sum(t.amount_fen), 0) AS BIGINT) FROM taking t WHERE t.bucket = s.bucket AND t.shift_id = s.id "
    "AND t.state IN ('taken', 'given_back'))"
)
_SINCE = (
    "(SELECT min(t.booked_at) FROM taking t WHERE t.bucket = s.bucket AND t.shift_id = s.id "
    "AND t.state IN ('taken', 'given_back'))"
)


_OUT = (
    "(SELECT CAST(coalesce(sum(o.amount_fen), 0) AS BIGINT) FROM cash_out o WHERE o.bucket = s.bucket "
    "AND o.shift_id = s.id AND "
)
_OVER, _GONE = _OUT + "o.what = 'over')", _OUT + "o.what NOT IN ('over', 'float_short'))"
_BEFORE = _OUT + "NOT o.after_close AND o.what = 'handed_in')"
_FLOAT_SHORT = _OUT + "o.what = 'float_short')"


class Held(NamedTuple):
    """One shift with its sums in fen. `since`: when the first of what it took came in."""

    shift_id: int
    till: str
    place: str
    state: str
    float_fen: int
    counted_fen: int | None
    taken_fen: int
    over_fen: int
    gone_fen: int
    handed_in_before_close_fen: int
    float_short_fen: int
    since: datetime | None

    @property
    def owed_fen(self) -> int:
        """Still to be handed in."""
        return self.taken_fen + self.over_fen - self.gone_fen

    @property
    def cash_fen(self) -> int:
        """What should be in it."""
        return self.float_fen - self.float_short_fen + self.owed_fen


_SELECT = f"SELECT s.id, s.till, s.place, s.state, s.float_fen, s.counted_fen, {_TAKEN}, {_OVER}, {_GONE}, {_BEFORE}, {_FLOAT_SHORT}, {_SINCE} FROM "


def take_turn(bucket: int, shift_id: int) -> Held:
    """Count a move of a shift's cash, and only then read what it holds: whoever comes second waits, and sees the first.

    Inside the transaction that moves it.
    """
    sets.fetch("UPDATE shift SET moves = moves + 1 WHERE bucket = %s AND id = %s", [bucket, shift_id])
    return held_by(bucket, shift_id)


def held_by(bucket: int, shift_id: int) -> Held:
    """One shift."""
    (row,) = sets.fetch_tuples(_SELECT + "shift s WHERE s.bucket = %s AND s.id = %s", [bucket, shift_id])
    return _held(row)


def held_of_till(bucket: int, till: str) -> list[Held]:
    """All shifts of one till, the oldest first."""
    sql = _SELECT + "shift s WHERE s.bucket = %s AND s.till = %s ORDER BY s.opened_at, s.id"
    return [_held(row) for row in sets.fetch_tuples(sql, [bucket, till])]


def held_between(from_at: datetime, until_at: datetime) -> list[Held]:
    """All shifts opened in a span, the oldest first."""
    source, params = sets.relation(
        {"f": Column("instant", [from_at]), "u": Column("instant", [until_at])}, "w"
    )
    sql = (
        _SELECT
        + f"shift s, {source} WHERE s.opened_at >= w.f AND s.opened_at < w.u ORDER BY s.opened_at, s.id"
    )
    return [_held(row) for row in sets.fetch_tuples(sql, params)]


def _held(row: tuple[Any, ...]) -> Held:
    return Held._make((*row[:-1], sets.as_instant(row[-1])))
