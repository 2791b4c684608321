"""账簿: the trial balance, and the seals that show whether a row was changed after its hour was closed."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from django.db import IntegrityError

from canbao.basics.genes import BUCKETS
from canbao.records.models import LedgerSeal
from canbao.records.money import books, rebuild
from canbao.records.money.books import Balance
from canbao.records.transactions import in_one_transaction
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
HOUR = timedelta(hours=1)
# A transaction that began before an hour ended may commit after it; none lasts so long.
SETTLES_WITHIN = timedelta(minutes=15)
TABLE = "entry"
BEGINNING = "0" * 64
LEAF = 24


@dataclass(frozen=True)
class SealFact:
    """What is written outside of one seal; `sha256` contains the one before it."""

    table: str
    from_bucket: int
    until_bucket: int
    from_at: str
    until_at: str
    row_count: int
    previous_sha256: str
    sha256: str
    signature: str


@dataclass(frozen=True)
class Difference:
    """The first range that is not what was sealed, and the first row in it; `what` says how it differs."""

    from_at: datetime
    until_at: datetime
    what: str
    row_id: int | None = None


def trial_balance(env: Env) -> list[Balance]:
    """Every account with its sums. Debits and credits are equal by the shape of a row."""
    return books.balances()


def seal(env: Env) -> list[SealFact]:
    """Seal every hour of the ledger that is over, each once; quiet hours go with the next that has rows."""
    made: list[SealFact] = []
    try:
        while fact := in_one_transaction(lambda: _seal_next(env)):
            made.append(fact)
    except IntegrityError:  # another worker sealed the same hour, over the same rows
        log.info("sealed elsewhere meanwhile")
    return made


def seal_hours(env: Env) -> int:
    """The job: seal what is over. Returns how many hours."""
    return len(seal(env))


def facts(env: Env) -> list[SealFact]:
    """All seals, the oldest first: what is to be kept outside the database."""
    return [_fact(row) for row in LedgerSeal.objects.filter(table=TABLE).order_by("from_at").defer("leaves")]


def verify(env: Env, outside: Sequence[SealFact] = ()) -> Difference | None:
    """Compare the ledger with its seals, and these with what was kept outside. None: all is as it was sealed."""
    previous = BEGINNING
    seals = LedgerSeal.objects.filter(table=TABLE).order_by("from_at").values_list("id", flat=True)
    for id_, kept in zip_longest(list(seals), outside):
        row = LedgerSeal.objects.get(id=id_) if id_ else None
        if row is None:
            return Difference(_instant(kept.from_at), _instant(kept.until_at), "seal_missing")
        if previous == BEGINNING and (first := books.first_booked_at(None)) and first < row.from_at:
            return Difference(first, row.from_at, "row_added")
        if found := _compare(env, row, previous, kept):
            return found
        previous = row.sha256
    return None


def _seal_next(env: Env) -> SealFact | None:
    last = LedgerSeal.objects.filter(table=TABLE).order_by("-from_at").defer("leaves").first()
    first_unsealed = books.first_booked_at(last.until_at if last else None)
    if first_unsealed is None or _hour_of(first_unsealed) >= _hour_of(env.now - SETTLES_WITHIN):
        return None
    start = last.until_at if last else _hour_of(first_unsealed)
    until = _hour_of(first_unsealed) + HOUR  # quiet hours before it belong to its range
    found = b"".join(books.leaves(0, BUCKETS, start, until))
    previous = last.sha256 if last else BEGINNING
    digest = _digest(previous, start, until, found)
    row = LedgerSeal.objects.create(
        table=TABLE,
        from_bucket=0,
        until_bucket=BUCKETS,
        from_at=start,
        until_at=until,
        row_count=len(found) // LEAF,
        leaves=found,
        previous_sha256=previous,
        sha256=digest,
        signature=env.sealer.ledger_signature(digest),
        sealed_at=env.now,
    )
    return _fact(row)


def _compare(env: Env, row: LedgerSeal, previous: str, kept: SealFact | None) -> Difference | None:
    sealed = bytes(row.leaves)
    intact = (
        row.previous_sha256 == previous
        and row.sha256 == _digest(previous, row.from_at, row.until_at, sealed)
        and row.signature == env.sealer.ledger_signature(row.sha256)
        and (kept is None or kept == _fact(row))
    )
    if not intact:
        return Difference(row.from_at, row.until_at, "seal_changed")
    span = (row.from_bucket, row.until_bucket, row.from_at, row.until_at)
    found = in_one_transaction(lambda: b"".join(books.leaves(*span)))
    if found == sealed:
        return None
    return Difference(row.from_at, row.until_at, *_first_difference(sealed, found))


def _first_difference(sealed: bytes, found: bytes) -> tuple[str, int]:
    was = {sealed[at : at + 8]: sealed[at + 8 : at + LEAF] for at in range(0, len(sealed), LEAF)}
    now = {found[at : at + 8]: found[at + 8 : at + LEAF] for at in range(0, len(found), LEAF)}
    first = min(key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
    what = "row_removed" if first not in now else "row_added" if first not in was else "row_changed"
    return what, int.from_bytes(first, "big")


def _digest(previous: str, start: datetime, until: datetime, found: bytes) -> str:
    head = f"{previous}|{TABLE}|0|{BUCKETS}|{_text(start)}|{_text(until)}|{len(found) // LEAF}|"
    return hashlib.sha256(head.encode() + found).hexdigest()


def _hour_of(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _fact(row: LedgerSeal) -> SealFact:
    return SealFact(
        table=row.table,
        from_bucket=row.from_bucket,
        until_bucket=row.until_bucket,
        from_at=_text(row.from_at),
        until_at=_text(row.until_at),
        row_count=row.row_count,
        previous_sha256=row.previous_sha256,
        sha256=row.sha256,
        signature=row.signature,
    )


@dataclass(frozen=True)
class WrongState:
    """A row whose state column is not where its events lead, or whose reserve is not what its refunds sum to."""

    noun: str
    id: int
    stored: str
    rebuilt: str


def check_states(env: Env) -> list[WrongState]:
    """Compare every state column with what the events say, and every reserve with its refunds."""
    return [
        WrongState(noun, row["id"], str(row["stored"]), str(row["rebuilt"]))
        for noun in rebuild.NOUNS
        for row in rebuild.differing(noun)
    ]


def rebuild_states(env: Env) -> list[WrongState]:
    """Write every differing column anew from the rows it follows from; each with an event. Returns what was wrong."""

    def work() -> list[WrongState]:
        journal = env.journal()
        wrong = check_states(env)
        for row in wrong:
            rebuild.write(row.noun, row.id, row.rebuilt)
            noun = row.noun.removesuffix(rebuild.RESERVE)
            journal.note(noun, row.id, "StateRebuilt", {"was": row.stored, "is": row.rebuilt})
        journal.write()
        return wrong

    return in_one_transaction(work)
