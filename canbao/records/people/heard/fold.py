"""From what holds and what was said, in its order, to the rows that hold no more and those that are new.

A newer word on the same thing replaces the older; an answer is all that is known, so what it leaves out is withdrawn;
nobody dies twice. An older word changes nothing. Folding the same again finds nothing to do.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from canbao.records.people.heard.words import Held, Word

Key = tuple[int, str, str, date]
DEATH = "death"


class Said(NamedTuple):
    """What one source says of one person. `is_all`: it knows no more. `void`: what it says was never so."""

    person_id: int
    as_of: datetime
    words: tuple[Word, ...]
    is_all: bool = False
    void: tuple[Key, ...] = ()


class Fold(NamedTuple):
    """Row ids that end, and words to add."""

    replaced: list[int]
    withdrawn: list[int]
    added: list[Word]

    @property
    def is_nothing(self) -> bool:
        """Whether all of it was known."""
        return not (self.replaced or self.withdrawn or self.added)


def fold(held: Sequence[Held], said: Sequence[Said], answered: Mapping[int, datetime]) -> Fold:
    """`answered`: as of when each person's last answer was; what was said before it is in it."""
    rows = {one.word.key: one.id for one in held}
    now = {one.word.key: one.word for one in held}
    known = dict(answered)
    for one in said:
        if one.person_id in known and one.as_of < known[one.person_id]:
            continue
        for key in _outdated(now, one):
            del now[key]
        for word in one.words:
            standing = now.get(word.key)
            if standing is None or (standing.as_of <= word.as_of and standing.until_date != word.until_date):
                now[word.key] = word
        if one.is_all:
            known[one.person_id] = one.as_of
    before = {one.word.key: one.word for one in held}
    ended = [key for key, word in before.items() if now.get(key) is not word]
    added = [word for key, word in now.items() if before.get(key) is not word]
    anew = {_thing(word.key) for word in added}
    replaced = [rows[key] for key in ended if _thing(key) in anew]
    withdrawn = [rows[key] for key in ended if _thing(key) not in anew]
    return Fold(replaced, withdrawn, added)


def _outdated(now: Mapping[Key, Word], one: Said) -> list[Key]:
    """What stands of this person, was said no later, and is void, left out of an answer, or another death."""
    kept = {word.key for word in one.words}
    dies = any(word.kind == DEATH for word in one.words)
    return [
        key
        for key, word in now.items()
        if key[0] == one.person_id
        and key not in kept
        and word.as_of <= one.as_of
        and (one.is_all or key in one.void or (dies and key[1] == DEATH))
    ]


def _thing(key: Key) -> tuple[int, str] | Key:
    """What a word is on: a death has no place and no other day."""
    return key[:2] if key[1] == DEATH else key
