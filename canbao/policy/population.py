"""Millions through the same tables: people as columns, each distinct kind decided once by `assess.Sieve`.

A column holds small codes into the list of its distinct values, so that every fact is reduced once per value
(`lens.py`) and a person costs a few table look-ups. The answers keep their reasons.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from canbao.policy.assess import Answer, Sieve, sieve_of
from canbao.policy.lens import Lens
from canbao.policy.pack import NO_MOMENT, Moment, Pack
from canbao.policy.situation import Situation

CHUNK = 1 << 16
WIDEST_TABLE = 1 << 23
UNBORN = 0
"""The day number of an unknown birthday."""

Codes = npt.NDArray[np.unsignedinteger[Any]]
Ints = npt.NDArray[np.signedinteger[Any]]


@dataclass(frozen=True)
class Column:
    """One fact of everybody: `values[codes[n]]` is that of person n. Few distinct values, small codes."""

    codes: Codes
    values: tuple[Any, ...]

    @classmethod
    def of(cls, facts: Iterable[Any], size: int) -> "Column":
        """A column from the facts themselves."""
        seen: dict[Any, int] = {}
        codes = np.fromiter((seen.setdefault(fact, len(seen)) for fact in facts), np.uint32, size)
        return cls(codes.astype(np.min_scalar_type(max(len(seen) - 1, 0))), tuple(seen))


@dataclass(frozen=True)
class Population:
    """People as columns by the names of `Situation`; `births` are day numbers (`date.toordinal`).

    A fact without a column is unknown of everybody (or has the default of `Situation`).
    """

    births: Ints
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.births)

    @classmethod
    def of(cls, people: Sequence[Situation]) -> "Population":
        """The columns of situations; facts that are the same for everybody take one value."""
        days = (person.birth_date.toordinal() if person.birth_date else UNBORN for person in people)
        births = np.fromiter(days, np.int32, len(people))
        names = [item.name for item in fields(Situation) if item.name != "birth_date"]
        columns = {
            name: Column.of((getattr(person, name) for person in people), len(people)) for name in names
        }
        return cls(births, columns)

    def person(self, number: int) -> Situation:
        """One person back as a situation."""
        facts = {name: column.values[column.codes[number]] for name, column in self.columns.items()}
        born = int(self.births[number])
        facts.setdefault("person_class", "adult")
        return Situation(**facts, birth_date=date.fromordinal(born) if born else None)


@dataclass(frozen=True)
class Assessed:
    """The distinct answers, and which of them is whose. Sums need no loop over people."""

    answers: tuple[Answer, ...]
    index: Ints

    def counts(self) -> list[int]:
        """How many people each answer has."""
        return [int(count) for count in np.bincount(self.index, minlength=len(self.answers))]

    def amounts_fen(self) -> Ints:
        """What each person pays; -1 where there is no amount. Never zero for unknown."""
        table = [-1 if answer.amount_fen is None else answer.amount_fen for answer in self.answers]
        found: Ints = np.asarray(table, np.int64)[self.index]
        return found

    def __iter__(self) -> Iterator[Answer]:
        return (self.answers[place] for place in self.index)


Progress = Callable[[int], None]


def assess_many(
    pack: Pack,
    people: Population,
    on: date,
    moment: Moment = NO_MOMENT,
    progress: Progress = lambda _done: None,
) -> Assessed:
    """What everybody owes on a local day. `progress` hears how many people are done."""
    sieve = sieve_of(pack, on, moment)
    tables = _tables(sieve.lens, people)
    keys, found = _keys(tables, people, progress)
    return _decided(sieve, people, keys, found)


@dataclass(frozen=True)
class _Tables:
    """For each asked fact, what its code adds to the key of a kind; and how many keys there can be."""

    births: Ints
    first_birth: int
    facts: Mapping[str, Ints]
    size: int


def _tables(lens: Lens, people: Population) -> _Tables:
    size = 1
    facts: dict[str, Ints] = {}
    for name in lens.asked:
        if name in people.columns:
            column = people.columns[name]
            reduced = [lens.reducers[name](value) for value in column.values]
            places = _places(reduced)
            facts[name] = np.asarray([place * size for place in places], np.int64)
            size *= max(places, default=0) + 1
    first, births = _birth_table(lens, people.births)
    stretches, places_of = np.unique(births, return_inverse=True)
    table = places_of.astype(np.int64) * size
    return _narrow(_Tables(table, first, facts, size * len(stretches)))


def _narrow(tables: _Tables) -> _Tables:
    """The same in 32 bits where that is wide enough: half the memory to walk through."""
    if tables.size > np.iinfo(np.int32).max:
        return tables
    facts = {name: table.astype(np.int32) for name, table in tables.facts.items()}
    return _Tables(tables.births.astype(np.int32), tables.first_birth, facts, tables.size)


def _places(reduced: Sequence[Any]) -> list[int]:
    seen: dict[Any, int] = {}
    return [seen.setdefault(value, len(seen)) for value in reduced]


def _birth_table(lens: Lens, births: Ints) -> tuple[int, Ints]:
    """The stretch of every day number that occurs, and that of the unknown in the last place."""
    known = births[births > UNBORN]
    first = int(known.min()) if len(known) else 1
    last = int(known.max()) if len(known) else 0
    exact = lens.exact_from.toordinal()
    days = np.arange(first, last + 1, dtype=np.int64)
    cuts = np.asarray([cut.toordinal() for cut in lens.cuts], np.int64)
    stretches = np.where(
        days >= exact, len(cuts) + 1 + days - exact, np.searchsorted(cuts, days, side="right")
    )
    return first, np.append(stretches, -1)


def _keys(tables: _Tables, people: Population, progress: Progress) -> tuple[Ints, dict[int, int]]:
    """Everybody's key, and one person of each key. The first pass, in chunks that stay in the cache."""
    keys = np.empty(len(people), tables.births.dtype)
    example = np.full(tables.size, -1, np.int64) if tables.size <= WIDEST_TABLE else None
    found: dict[int, int] = {}
    for start in range(0, len(people), CHUNK):
        part = slice(start, min(start + CHUNK, len(people)))
        key = keys[part]
        np.take(tables.births, people.births[part] - tables.first_birth, out=key, mode="wrap")
        _unknown_births(tables, people.births[part], key)
        for name, table in tables.facts.items():
            key += table[people.columns[name].codes[part]]
        if example is not None:
            example[key] = np.arange(part.start, part.stop)
        else:
            distinct, where = np.unique(key, return_index=True)
            found |= {int(one): start + int(place) for one, place in zip(distinct, where, strict=True)}
        progress(part.stop)
    if example is not None:
        found = {int(key): int(example[key]) for key in np.flatnonzero(example >= 0)}
    return keys, found


def _unknown_births(tables: _Tables, births: Ints, key: Ints) -> None:
    """Unknown birthdays take the last place of the table, whatever `wrap` made of them."""
    unknown = births == UNBORN
    if unknown.any():
        key[unknown] = tables.births[-1]


def _decided(sieve: Sieve, people: Population, keys: Ints, found: Mapping[int, int]) -> Assessed:
    """Decide one person of each kind, and give everybody the place of the answer."""
    answers = [sieve.answer(people.person(number)) for number in found.values()]
    order = np.asarray(list(found), keys.dtype)
    if len(order) == 0:
        return Assessed((), np.zeros(0, np.int32))
    if order.max() <= WIDEST_TABLE:
        places = np.zeros(int(order.max()) + 1, np.int32)
        places[order] = np.arange(len(order), dtype=np.int32)
        for start in range(0, len(keys), CHUNK):
            keys[start : start + CHUNK] = places[keys[start : start + CHUNK]]
        return Assessed(tuple(answers), keys)
    by_key = np.argsort(order)
    return Assessed(tuple(answers), by_key[np.searchsorted(order, keys, sorter=by_key)])
