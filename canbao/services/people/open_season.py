"""开季: roll everybody enrolled in an area to a benefit year. Repeatable: the second time finds nothing to do.

Classes that age alone has outgrown are changed (a newborn is a newborn for a year), bills are made in sets,
and whoever could not be assessed is named with the code of the reason.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from canbao.basics.days import full_years
from canbao.policy.format.vocabulary import class_by_age
from canbao.records.people.changes.columns import Rewrite, rewrite
from canbao.records.people.changes.told import Ground
from canbao.records.people.facts import gather
from canbao.records.transactions import in_one_transaction
from canbao.services.money.assess import Assessment, assess
from canbao.services.people.population import enrolled_ids
from canbao.services.system.env import Env

BY_AGE = Ground("age")


@dataclass(frozen=True)
class Unassessed:
    """Somebody for whom there is no bill, and the code of the reason; `needs`: facts nobody knows."""

    person_id: int
    area_code: str
    code: str
    needs: tuple[str, ...]


@dataclass
class Opened:
    """What opening a season came to. `bills` counts people by the state of their bill; `covered` have paid elsewhere."""

    people: int = 0
    classes_changed: int = 0
    covered: int = 0
    bills: Counter[str] = field(default_factory=Counter)
    unassessed: Counter[str] = field(default_factory=Counter)


def open_season(
    env: Env,
    area_code: str,
    benefit_year: int,
    tick: Callable[[int], None] = lambda _: None,
    tell: Callable[[Unassessed], None] = lambda _: None,
) -> Opened:
    """Open a benefit year for an area and all below it, a chunk at a time.

    `tick` hears how many people are done, `tell` of each who could not be assessed.

    Raises:
        NotFound: no such area.
    """
    env.areas.get(area_code)
    opened = Opened()
    for chunk in enrolled_ids(area_code):
        opened.classes_changed += _let_grow(env, chunk)
        for row in assess(env, chunk, benefit_year):
            _count(opened, row, tell)
        opened.people += len(chunk)
        tick(len(chunk))
    return opened


def _let_grow(env: Env, person_ids: Sequence[int]) -> int:
    """Change the classes that age alone has outgrown."""
    changes = []
    for facts in gather(person_ids).values():
        if facts.enrolment is None:
            continue
        age = full_years(facts.person.birth_date, env.local_date(facts.enrolment.area_code))
        grown = class_by_age(facts.enrolment.person_class, age)
        if grown != facts.enrolment.person_class:
            changes.append(Rewrite(facts.enrolment.id, facts.enrolment.person_class, grown, BY_AGE))
    if not changes:
        return 0
    env.serials.warm({"event": len(changes)})

    def work() -> int:
        journal = env.journal()
        changed = rewrite(journal, "person_class", changes)
        journal.write()
        return len(changed)

    return in_one_transaction(work)


def _count(opened: Opened, row: Assessment, tell: Callable[[Unassessed], None]) -> None:
    if row.is_covered:
        opened.covered += 1
        return
    if row.bill:
        opened.bills[row.bill.state] += 1
        return
    code = row.answer.refusal.code if row.answer and row.answer.refusal else "E-1021"
    area = row.facts.enrolment.area_code if row.facts.enrolment else ""
    opened.unassessed[code] += 1
    tell(Unassessed(row.facts.person.id, area, code, row.answer.needs if row.answer else ()))
