"""核定: what does each person owe, and why? Decide once per distinct kind of person, then fill."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from canbao.policy.format.values import Who
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Answer, Reason, because
from canbao.policy.rules.cover import has_gap
from canbao.policy.rules.decide import decide
from canbao.policy.rules.who import birth_cuts
from canbao.policy.situation import Mark, Situation

__all__ = ["Answer", "Reason", "assess", "because"]


def assess(pack: Pack, situations: Sequence[Situation], on: date) -> list[Answer]:
    """What each person owes on a local day, in the order given. People of one kind share one answer object."""
    sieve = _sieve(pack, on)
    return [sieve.answer(person) for person in situations]


class Sieve:
    """The distinct kinds of people that one pack tells apart on one day, each decided once."""

    def __init__(self, pack: Pack, on: date) -> None:
        self._pack = pack
        self._on = on
        self._cuts = sorted({cut for who in _conditions(pack) for cut in birth_cuts(who, on)})
        self._exact_from = date(pack.benefit_year - 1, 1, 1)  # newborn rules look at the very day
        self._answers: dict[tuple[Any, ...], Answer] = {}

    def answer(self, person: Situation) -> Answer:
        """The answer for the person's kind, decided when it is first met."""
        kind = self._kind_of(person)
        known = self._answers.get(kind)
        if known is None:
            known = self._answers[kind] = decide(self._pack, person, self._on)
        return known

    def _kind_of(self, person: Situation) -> tuple[Any, ...]:
        birth = person.birth_date
        if birth is None:
            age: Any = None
        else:
            age = birth if birth >= self._exact_from else bisect_right(self._cuts, birth)
        marks = tuple([self._mark_kind(mark) for mark in person.marks]) if person.marks else ()
        gap = person.covered_years is not None and has_gap(self._pack, person)
        return person.person_class, age, marks, gap, person.declarations, person.sex, person.registered_by

    def _mark_kind(self, mark: Mark) -> tuple[str, bool, date | None]:
        """A mark as far as it matters today: the push counts from its day, and by its very day for SX-10."""
        pushed = mark.push_accepted_date
        if pushed is not None and pushed < self._on:
            pushed = date.min
        return mark.group, mark.acquired_date <= self._on, pushed


@lru_cache(maxsize=64)
def _sieve(pack: Pack, on: date) -> Sieve:
    return Sieve(pack, on)


def _conditions(pack: Pack) -> list[Who]:
    return [entry.who for entry in pack.prices.values()] + [
        cohort.who for cohort in pack.collection.cohorts.values()
    ]
