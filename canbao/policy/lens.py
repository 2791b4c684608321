"""What one pack looks at in people on one day: each fact reduced to what can change an answer.

Two people whose facts reduce alike get one answer. Each fact is reduced by itself, so that a column of a
million can be reduced value by value (`population.py`) by the same functions as one person (`assess.py`).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from canbao.basics.days import ONE_DAY
from canbao.policy.format.values import Length, Who
from canbao.policy.pack import Pack
from canbao.policy.rules.waiting import first_counted
from canbao.policy.rules.who import birth_cuts
from canbao.policy.situation import Mark, Situation

Reduce = Callable[[Any], Any]


class Lens:
    """The reductions, by the name of the fact. `kind_of` applies them all."""

    def __init__(self, pack: Pack, on: date) -> None:
        self._on = on
        conditions = list(_conditions(pack))
        self._words = frozenset(word for who in conditions for word in who.declared)
        self._first_counted = first_counted(pack)
        self._year = pack.benefit_year
        self.exact_from = _exact_from(pack, on)
        self.cuts = _cuts(pack, conditions, on, self.exact_from)
        self._registration_closes = pack.collection.registration_closes.known
        used = _used(pack, conditions)
        self.reducers: dict[str, Reduce] = {
            "person_class": _same,
            "birth_date": self.birth,
            "marks": self._marks,
            "covered_years": self._covered if used["covered_years"] else _nothing,
            "declarations": self._declared if self._words else _nothing,
            "registered_by": _same,
            **{name: _same if used[name] else _nothing for name in used if name != "covered_years"},
        }
        if used["events"]:
            self.reducers["covered_years"] = _same
        if used["registered_date"]:
            self.reducers["registered_date"] = self._registered
        self._asked = [(name, reduce) for name, reduce in self.reducers.items() if reduce is not _nothing]

    def kind_of(self, person: Situation) -> tuple[Any, ...]:
        """Everything the pack looks at, reduced."""
        return tuple([reduce(getattr(person, name)) for name, reduce in self._asked])

    @property
    def asked(self) -> tuple[str, ...]:
        """The facts that matter here."""
        return tuple(name for name, _ in self._asked)

    def birth(self, birth: date | None) -> int:
        """The stretch of birthdays, from 0; newborns by the very day; -1 unknown."""
        if birth is None:
            return -1
        if birth >= self.exact_from:
            return len(self.cuts) + 1 + (birth - self.exact_from).days
        return bisect_right(self.cuts, birth)

    def _marks(self, marks: tuple[Mark, ...]) -> tuple[Any, ...]:
        """As far as they matter today: the push counts from its day, and by its very day for SX-10."""
        return tuple([self._mark(mark) for mark in marks]) if marks else ()

    def _mark(self, mark: Mark) -> tuple[str, bool, date | None]:
        pushed = mark.push_accepted_date
        if pushed is not None and pushed < self._on:
            pushed = date.min
        return mark.group, mark.acquired_date <= self._on, pushed

    def _covered(self, covered: tuple[int, ...] | None) -> int | None:
        """Missed years in a row just before, whoever it is; the birthday's stretch tells whose fault they are."""
        if covered is None:
            return None
        year = self._year - 1
        first = self._first_counted - 1  # one more: whether an earlier gap is settled hangs on it
        while year >= first and year not in covered:
            year -= 1
        return self._year - 1 - year

    def _registered(self, day: date | None) -> date | bool | None:
        """In time or not; newborns' bands look at the very day, which lies in the benefit year."""
        if day is None or day >= self.exact_from:
            return day
        return self._registration_closes is None or day <= self._registration_closes

    def _declared(self, words: tuple[str, ...]) -> frozenset[str]:
        return self._words.intersection(words)


def _same(value: Any) -> Any:
    return value


def _nothing(_value: Any) -> None:
    return None


def _cuts(pack: Pack, conditions: list[Who], on: date, exact_from: date) -> list[date]:
    """Where birthdays change an answer: conditions, the years from which gaps count, births recent enough."""
    cuts = {cut for who in conditions for cut in birth_cuts(who, on)}
    if pack.waiting.fixed.source:
        cuts |= {date(year, 1, 1) for year in range(first_counted(pack) - 1, pack.benefit_year + 1)}
    for waiver in pack.waiting.waivers.values():
        if waiver.event == "birth":
            cuts |= {_first_within(waiver.within.known, on), on + ONE_DAY}
    return sorted(cut for cut in cuts if cut < exact_from)


def _exact_from(pack: Pack, on: date) -> date:
    """From which birthday on the very day counts: newborn rules look at it, as long as a band from birth runs."""
    bands = [band.within.known for band in pack.newborn.bands.values()]
    return min([date(pack.benefit_year, 1, 1), *(_first_within(band, on) for band in bands if band)])


def _first_within(length: Length | None, on: date) -> date:
    """The earliest birthday from which a length still reaches a day."""
    if length is None:
        return date.min
    low, high = date(1900, 1, 1).toordinal(), on.toordinal()
    while low < high:
        middle = (low + high) // 2
        if length.after(date.fromordinal(middle)) >= on:
            high = middle
        else:
            low = middle + 1
    return date.fromordinal(low)


def _used(pack: Pack, conditions: list[Who]) -> dict[str, bool]:
    """Which further facts the pack looks at at all."""
    students, waiting = pack.students.values(), pack.waiting
    bands = pack.newborn.bands.values()
    waits = bool(waiting.fixed.source)
    registers = pack.collection.registration_closes.known is not None
    return {
        "sex": any(who.sex for who in conditions),
        "tier": any(who.tier for who in conditions),
        "covered_years": waits,
        "registered_date": registers or any(band.measured_at.known == "registration" for band in bands),
        "events": any(waiver.event for waiver in waiting.waivers.values()),
        "entry_year": any(rule.entry_year_start.known for rule in students),
        "graduation_year": any(rule.last_year_ends.known for rule in students),
        "lump_sum_years": bool(students),
        "wanted_years": pack.newborn.across_years.obligation.known is not None,
        "repair_years": waits,
    }


def _conditions(section: Any) -> Iterator[Who]:
    """Every condition anywhere in a pack."""
    if isinstance(section, Who):
        yield section
    elif is_dataclass(section):
        for item in fields(section):
            if item.name != "document":
                yield from _conditions(getattr(section, item.name))
    elif hasattr(section, "values"):
        for child in section.values():
            yield from _conditions(child)
