"""The daily feed: who joined the employee scheme, is insured elsewhere, or died. Wholly usable or refused as a whole.

    {"feed_no": 7, "feed_date": "2026-11-24", "row_cnt": 2, "data": [{"row_no": 1, "psn_cert_type": "01", "certno": …,
     "psn_name": …, "insutype": "310", "psn_insu_stas": "1", "insu_admdvs": …, "psn_insu_date": …, "paus_insu_date": "",
     "updt_time": …}, {"row_no": 2, …, "die_date": "2026-11-20", "updt_time": …}]}

The names are those of PSN_INSU_D; that there is such a file, its number, count and row numbers are our own agreement.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from canbao.channels.platform.port import Insured
from canbao.channels.platform.wire import day_of, instant_of, insured_of


class FeedUnfit(ValueError):
    """Why a feed is refused: not_a_feed, count_differs, sequence_broken, row_unreadable; with its row, if one is meant."""

    def __init__(self, reason: str, row_no: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.row_no = row_no


@dataclass(frozen=True)
class Change:
    """One row. Either `insured` (`holds` False: it never was, or is over since nobody knows when) or `died_date`."""

    row_no: int
    id_type: str
    number: str = field(repr=False)
    name: str = field(repr=False)
    insured: Insured | None
    holds: bool
    died_date: date | None
    as_of: datetime


@dataclass(frozen=True)
class Feed:
    """One day's changes, in their order."""

    feed_no: int
    day: date
    changes: tuple[Change, ...]


def read_feed(content: bytes) -> Feed:
    """Read a feed. Raises FeedUnfit."""
    try:
        told = json.loads(content)
        feed_no, rows, count = told["feed_no"], told["data"], told["row_cnt"]
        day = date.fromisoformat(told["feed_date"])
        if type(feed_no) is not int or feed_no < 1 or not isinstance(rows, list):
            raise FeedUnfit("not_a_feed")
    except (ValueError, KeyError, TypeError):
        raise FeedUnfit("not_a_feed") from None
    if count != len(rows):
        raise FeedUnfit("count_differs")
    changes = tuple(_change(row, place) for place, row in enumerate(rows, start=1))
    return Feed(feed_no, day, changes)


def _change(row: Mapping[str, Any], place: int) -> Change:
    try:
        if row["row_no"] != place:
            raise FeedUnfit("sequence_broken", place)
        died = day_of(row.get("die_date"))
        insured, holds = (None, True) if died else insured_of(row)
        number, name = row["certno"], row["psn_name"]
        if not (isinstance(number, str) and isinstance(name, str) and number and name):
            raise ValueError("nobody named")
        as_of = instant_of(row["updt_time"])
        return Change(place, str(row["psn_cert_type"]), number, name, insured, holds, died, as_of)
    except FeedUnfit:
        raise
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FeedUnfit("row_unreadable", place) from None
