"""读流水: whoever must act on what happened reads on in the ledger and the events, and nobody who writes them knows.

Three readers go over each journal: soon, surely, at last. A transaction may commit after a later one did, so that the
first reader is past its moment already; the second comes when every ordinary one has committed, the third catches the
longest command. So whoever reads must take the same thing thrice and act on it once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from canbao.records.models import MessageCursor
from canbao.records.system.journals import Happened, Mark, events_after, payments_after
from canbao.services.system.env import Env

AT_ONCE = 2_000
BEHIND = {"soon": timedelta(seconds=20), "surely": timedelta(minutes=15), "last": timedelta(hours=20)}
# Where no reader has been, it begins a day ago; `since` lets the first of the three begin earlier.
BEGINS = timedelta(days=1)
Act = Callable[[Env, list[Happened]], int]
Reader = Callable[[Mark, datetime, int], tuple[list[Happened], Mark | None]]
JOURNALS: dict[str, Reader] = {"entry": payments_after, "event": events_after}


def read_journals(env: Env, act: Act, whose: str = "", since: datetime | None = None) -> int:
    """Read both journals on, payments first; returns the sum of what `act` returned. `whose` names the cursors."""
    return sum(
        _read_on(
            env, f"{whose}{look}:{journal}", act, until, since if look == "soon" and since else until - BEGINS
        )
        for look, until in ((look, env.now - behind) for look, behind in BEHIND.items())
        for journal in JOURNALS
    )


def _read_on(env: Env, name: str, act: Act, until: datetime, begins: datetime) -> int:
    cursor, _ = MessageCursor.objects.get_or_create(name=name, defaults={"at": begins})
    reader, done = JOURNALS[name.rsplit(":", 1)[1]], 0
    mark: Mark | None = (cursor.at, cursor.last_id)
    while mark:
        happened, mark = reader(mark, until, AT_ONCE)
        if mark:
            done += act(env, happened)
            MessageCursor.objects.filter(name=name).update(at=mark[0], last_id=mark[1])
    return done
