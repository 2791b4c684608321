"""身份变更 and 参保地变更: what somebody is enrolled as, and where inside the pooling area (CP-17, CZ-03)."""

from collections.abc import Sequence
from dataclasses import dataclass

from canbao.basics.areas import level_of, pooling_area_of
from canbao.basics.days import full_years
from canbao.basics.refusals import ChangeRefused, StepNotDue
from canbao.policy.format.vocabulary import PERSON_CLASSES
from canbao.records.models import Enrolment, Person
from canbao.records.people.changes.columns import Rewrite, rewrite
from canbao.records.people.changes.told import Ground
from canbao.records.transactions import in_one_transaction
from canbao.services.people.changes import bills
from canbao.services.people.changes.who import active_enrolments, checked_ground, living
from canbao.services.system.env import Env


@dataclass(frozen=True)
class ClassChange:
    """One person, and the class they are of from now on."""

    person_id: int
    person_class: str
    ground: Ground


@dataclass(frozen=True)
class Move:
    """One person, and the county of the same pooling area where they are enrolled from now on."""

    person_id: int
    area_code: str
    ground: Ground


def change_class(env: Env, changes: Sequence[ClassChange]) -> int:
    """Change classes, all or none; what is not paid yet is assessed anew. Returns how many changed.

    Raises:
        NotFound, BadInput. ChangeRefused: no such class at this age, no active enrolment, merged, died, or no change.
        OrderUnfinished: an open order holds the old price. StepNotDue: changed by somebody else at the same moment.
    """
    people = living([one.person_id for one in changes])
    enrolments = active_enrolments(list(people))
    for one in changes:
        _refuse_unfit_class(env, people[one.person_id], enrolments[one.person_id], one.person_class)
    rows = [
        Rewrite(row.id, row.person_class, one.person_class, checked_ground(one.ground))
        for one in changes
        if (row := enrolments[one.person_id])
    ]
    env.serials.warm({"event": 3 * len(rows)})

    def work() -> set[bills.Asked]:
        journal = env.journal()
        withdrawn = bills.withdraw(journal, list(people))
        if len(rewrite(journal, "person_class", rows)) < len(rows):
            raise StepNotDue(state="刚被别人改过")
        journal.write()
        return withdrawn

    bills.ask_anew(env, in_one_transaction(work))
    return len(rows)


def move(env: Env, moves: Sequence[Move]) -> int:
    """Change places of enrolment inside a pooling area, before payment is confirmed (CZ-03). Returns how many moved.

    Raises:
        As `change_class`; ChangeTooLate: the season's year is paid. ChangeRefused also for a place outside the pooling
        area, which is a transfer.
    """
    people = living([one.person_id for one in moves])
    enrolments = active_enrolments(list(people))
    for one in moves:
        _refuse_unfit_place(env, enrolments[one.person_id], one.area_code)
    rows = [
        Rewrite(row.id, row.area_code, one.area_code, checked_ground(one.ground))
        for one in moves
        if (row := enrolments[one.person_id])
    ]
    years = {year for row in enrolments.values() if (year := _season_year(env, row.area_code))}
    env.serials.warm({"event": 3 * len(rows)})

    def work() -> set[bills.Asked]:
        journal = env.journal()
        withdrawn = bills.withdraw(journal, list(people))
        bills.refuse_if_paid(list(people), years)
        if len(rewrite(journal, "area_code", rows)) < len(rows):
            raise StepNotDue(state="刚被别人改过")
        journal.write()
        return withdrawn

    bills.ask_anew(env, in_one_transaction(work))
    return len(rows)


def _season_year(env: Env, area_code: str) -> int | None:
    pack = env.packs.current(area_code, env.local_date(area_code), env.now)
    return pack.benefit_year if pack else None


def _refuse_unfit_class(env: Env, person: Person, row: Enrolment, person_class: str) -> None:
    word = PERSON_CLASSES.get(person_class)
    if word is None:
        raise ChangeRefused(problem=f"没有这个类别：{person_class}。")
    if row.person_class == person_class:
        raise ChangeRefused(problem=f"登记的类别已经是{word.text}。")
    if not word.fits(full_years(person.birth_date, env.local_date(row.area_code))):
        raise ChangeRefused(problem=f"这个年龄不能登记成{word.text}。")


def _refuse_unfit_place(env: Env, row: Enrolment, area_code: str) -> None:
    if not env.areas.knows(area_code) or level_of(area_code) != "county":
        raise ChangeRefused(problem=f"没有这个县区：{area_code}。")
    if row.area_code == area_code:
        raise ChangeRefused(problem="参保地已经是那里。")
    if pooling_area_of(row.area_code) != pooling_area_of(area_code):
        raise ChangeRefused(problem="新地方不在同一个统筹区。先在原地停保，再办转移。")
