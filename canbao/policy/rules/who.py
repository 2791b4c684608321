"""Does a condition of the pack hold for a person?"""

from datetime import date

from canbao.basics.days import ONE_DAY, add_months
from canbao.policy.format.values import Who
from canbao.policy.situation import Situation


def fits(who: Who, person: Situation, on: date) -> bool:
    """Whether every condition given holds. A birthday or sex that is asked for and unknown does not fit."""
    if who.person_classes and person.person_class not in who.person_classes:
        return False
    if who.sex and person.sex != who.sex:
        return False
    if who.declared and not set(who.declared) <= set(person.declarations):
        return False
    if who.groups and not any(mark.group in who.groups for mark in person.marks if mark.acquired_date <= on):
        return False
    return _birth_fits(who, person.birth_date, on)


def _birth_fits(who: Who, birth: date | None, on: date) -> bool:
    if who.born_first_date is None and who.born_last_date is None and who.ages is None:
        return True
    if birth is None:
        return False
    if who.born_first_date and birth < who.born_first_date:
        return False
    if who.born_last_date and birth > who.born_last_date:
        return False
    return who.ages is None or who.ages.holds(birth, on)


def birth_cuts(who: Who, on: date) -> set[date]:
    """The birthdays at which the condition may change its answer: the first day of each new side."""
    cuts = set()
    if who.born_first_date:
        cuts.add(who.born_first_date)
    if who.born_last_date:
        cuts.add(who.born_last_date + ONE_DAY)
    if who.ages:
        cuts |= {_youngest_of(age, on) + ONE_DAY for age in (who.ages.first, who.ages.last + 1)}
    return cuts


def _youngest_of(age: int, on: date) -> date:
    """The latest birthday of somebody who has completed `age` years on a day."""
    return add_months(on, -12 * age)
