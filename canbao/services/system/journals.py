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
    known = MessageCursor.objects.in_bulk(
        [_name(whose, look, journal) for look in BEHIND for journal in JOURNALS]
    )
    done = 0
    for look, behind in BEHIND.items():
        until = env.now - behind
        for journal, reader in JOURNALS.items():
            name = _name(whose, look, journal)
            begins = since if since and look == "soon" else until - BEGINS
            cursor = (
                known.get(name) or MessageCursor.objects.get_or_create(name=name, defaults={"at": begins})[0]
            )
            done += _read_on(env, cursor, reader, act, until)
    return done


def _name(whose: str, look: str, journal: str) -> str:
    return f"{whose}{look}:{journal}"


def _read_on(env: Env, cursor: MessageCursor, reader: Reader, act: Act, until: datetime) -> int:
    done = 0
    mark: Mark | None = (cursor.at, cursor.last_id)
    while mark:
        happened, mark = reader(mark, until, AT_ONCE)
        if mark:
            done += act(env, happened)
            MessageCursor.objects.filter(name=cursor.name).update(at=mark[0], last_id=mark[1])
    return done
