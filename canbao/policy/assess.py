"""核定: what does each person owe, and why? Decide once per distinct kind of person, then fill."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from canbao.policy.lens import Lens
from canbao.policy.pack import NO_MOMENT, Moment, Pack
from canbao.policy.rules.answer import Answer, Reason, Wait, because
from canbao.policy.rules.decide import decide
from canbao.policy.situation import Situation

__all__ = ["Answer", "Reason", "Sieve", "Wait", "assess", "because", "sieve_of"]


def assess(
    pack: Pack,
    situations: Sequence[Situation],
    on: date,
    moment: Moment = NO_MOMENT,
) -> list[Answer]:
    """What each person owes on a local day, in the order given. People of one kind share one answer object.

    `moment`: the working calendar where `pack.needs_calendar`, the local time where `pack.needs_minute`.
    """
    sieve = sieve_of(pack, on, moment)
    return [sieve.answer(person) for person in situations]


class Sieve:
    """The distinct kinds of people that one pack tells apart on one day, each decided once."""

    def __init__(self, pack: Pack, on: date, moment: Moment) -> None:
        self._question = (pack, on, moment)
        self.lens = Lens(pack, on)
        self._answers: dict[tuple[Any, ...], Answer] = {}

    def answer(self, person: Situation) -> Answer:
        """The answer for the person's kind, decided when it is first met."""
        kind = self.lens.kind_of(person)
        known = self._answers.get(kind)
        if known is None:
            pack, on, moment = self._question
            known = self._answers[kind] = decide(pack, person, on, moment)
        return known


@lru_cache(maxsize=64)
def sieve_of(pack: Pack, on: date, moment: Moment = NO_MOMENT) -> Sieve:
    """The compiled tables of a pack on a day, kept for the packs and days last asked for."""
    return Sieve(pack, on, moment)
