"""Rate limits: how often one may ask about one number, and from one address."""

from dataclasses import dataclass
from datetime import timedelta

from canbao.basics.refusals import TooManyTries
from canbao.records import sets
from canbao.records.models import RateTally
from canbao.records.sets import Column
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Limit:
    """At most `times` questions in one window."""

    name: str
    times: int
    window: timedelta


# One number is asked about a few times by its owner; a whole village may share one address.
PER_NUMBER = Limit("number", 20, timedelta(minutes=30))
PER_ADDRESS = Limit("address", 600, timedelta(minutes=30))
# A partner asks for whoever stands before its counters and screens.
PER_PARTNER = Limit("partner", 60_000, timedelta(minutes=30))
# Files may be large, so fewer of them.
UPLOADS = Limit("upload", 120, timedelta(minutes=30))
# What nobody signed is kept for thirty days: so much of it, and no more.
REJECTED_CALLBACKS = Limit("rejected", 200, timedelta(minutes=30))


def count(env: Env, limit: Limit, what: str) -> None:
    """Count one question.

    Raises:
        TooManyTries: the window's questions are used up.
    """
    if not has_room(env, limit, what):
        window_s = int(limit.window.total_seconds())
        raise TooManyTries(minutes=str((window_s - int(env.now.timestamp()) % window_s) // 60 + 1))


def has_room(env: Env, limit: Limit, what: str) -> bool:
    """Count one occurrence; whether it is still within the window's number."""
    window_s = int(limit.window.total_seconds())
    stamp = int(env.now.timestamp())
    start = env.now - timedelta(seconds=stamp % window_s, microseconds=env.now.microsecond)
    counted = sets.insert(
        "rate_tally",
        {
            "key": Column("text", [env.sealer.tally_key(f"{limit.name}|{what}")]),
            "window_start_at": Column("instant", [start]),
            "count": Column("int", [1]),
        },
        "ON CONFLICT (key, window_start_at) DO UPDATE SET count = rate_tally.count + 1 RETURNING count",
    )
    return bool(counted[0]["count"] <= limit.times)


def forget_old(env: Env) -> int:
    """Drop the tallies of windows long past. Returns how many."""
    return RateTally.objects.filter(window_start_at__lt=env.now - timedelta(days=1)).delete()[0]
