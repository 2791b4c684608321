"""Does a condition of the pack hold for a person? Yes, no, or it depends on a fact nobody knows."""

from collections.abc import Iterable, Iterator
from datetime import date

from canbao.basics.days import ONE_DAY, add_months
from canbao.policy.format.values import Who
from canbao.policy.format.vocabulary import FACTS
from canbao.policy.situation import Situation


def fits(who: Who, person: Situation, on: date) -> bool | None:
    """Whether every condition given holds; None where that hangs on an unknown fact (`missing` names it)."""
    if who.person_classes and person.person_class not in who.person_classes:
        return False
    if who.declared and not set(who.declared) <= set(person.declarations):
        return False
    if who.groups and not any(mark.group in who.groups for mark in person.marks if mark.acquired_date <= on):
        return False
    answers = (_equal(who.sex, person.sex), _equal(who.tier, person.tier), _birth_fits(who, person, on))
    if False in answers:
        return False
    return None if None in answers else True


def missing(who: Who, person: Situation) -> tuple[str, ...]:
    """The facts the condition asks for and nobody knows, as words of `vocabulary.FACTS`."""
    asked = {
        "birth_date": _asks_birth(who) and person.birth_date is None,
        "sex": who.sex is not None and person.sex is None,
        "tier": who.tier is not None and person.tier is None,
    }
    return tuple(fact for fact, lacks in asked.items() if lacks)


def facts_text(facts: Iterable[str]) -> str:
    """`出生日期、性别`."""
    return "、".join(FACTS.get(fact, fact) for fact in dict.fromkeys(facts))


def _equal(wanted: str | None, known: str | None) -> bool | None:
    if wanted is None:
        return True
    return None if known is None else wanted == known


def _asks_birth(who: Who) -> bool:
    return not (who.born_first_date is None and who.born_last_date is None and who.ages is None)


def _birth_fits(who: Who, person: Situation, on: date) -> bool | None:
    birth = person.birth_date
    if not _asks_birth(who):
        return True
    if birth is None:
        return None
    if who.born_first_date and birth < who.born_first_date:
        return False
    if who.born_last_date and birth > who.born_last_date:
        return False
    return who.ages is None or who.ages.holds(birth, on)


def birth_cuts(who: Who, on: date) -> Iterator[date]:
    """The birthdays at which the condition may change its answer: the first day of each new side."""
    if who.born_first_date:
        yield who.born_first_date
    if who.born_last_date:
        yield who.born_last_date + ONE_DAY
    if who.ages:
        yield from (_youngest_of(age, on) + ONE_DAY for age in (who.ages.first, who.ages.last + 1))


def _youngest_of(age: int, on: date) -> date:
    """The latest birthday of somebody who has completed `age` years on a day."""
    return add_months(on, -12 * age)
