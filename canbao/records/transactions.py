"""One transaction for one chunk, retried whole when the database asks for it."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, transaction

TRIES = 5
_Result = TypeVar("_Result")
# deadlock_detected, serialization_failure; SQLite says it in words
_RETRYABLE = ("40P01", "40001")


def in_one_transaction(work: Callable[[], _Result]) -> _Result:
    """Run `work` in a transaction; after a deadlock run the whole of it again, a few times.

    `work` must not have effects outside the database: it may run more than once.
    """
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if not _may_retry(error):
                raise
    with transaction.atomic():
        return work()


def rehearse(work: Callable[[], _Result]) -> _Result:
    """Run `work` and take all of it back: what it returns, or refuses, is what doing it now would."""
    with transaction.atomic():
        done = work()
        transaction.set_rollback(True)
    return done


def _may_retry(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in _RETRYABLE or "database is locked" in str(error)
