"""The limit: the same rules written by hand as NumPy expressions over columns, with a reason code each."""

from datetime import date

import numpy as np

from bench.p4.people import ON, Crowd


def assess(people: Crowd) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Amount in fen, month in which cover starts, code of the reasons."""
    grown = _birthday_years_ago(18)
    old = _birthday_years_ago(60)
    births = people.births
    price = np.select([births > grown, births <= old], [38000, 30000], 43000).astype(np.int32)
    flags = people.groups
    full = np.where(flags & 1, price, 0)
    fixed = np.where(flags & 2, 24000, 0)
    share = np.where(flags & 4, price * 60 // 100, 0)
    helped = np.maximum(np.maximum(full, fixed), share)
    gaps = people.gaps
    month = np.where(gaps == 0, 1, 3 + gaps).astype(np.int8)
    reason = (flags.astype(np.int32) * 3 + gaps) * 3 + np.select([births > grown, births <= old], [0, 1], 2)
    return (price - helped).astype(np.int32), month, reason


def _birthday_years_ago(years: int) -> int:
    return date(ON.year - years, ON.month, ON.day).toordinal()
