"""参加职工医保: the resident registration ends with the day somebody joins the employee scheme (FY-13, N-11-16, N-33-1).

What is paid for stays. A year that then is paid for twice goes to the queue of duplicates, where the national rule names
which stands and a clerk decides; money goes back by `canbao refund`, as the pack says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from canbao.basics.areas import level_of
from canbao.basics.days import year_span
from canbao.basics.refusals import ChangeRefused, StepNotDue
from canbao.policy.rules.wording import day_text
from canbao.records.models import Coverage, Enrolment
from canbao.records.moves import Journal
from canbao.records.people.changes.told import Ground
from canbao.records.people.heard.fold import Said
from canbao.records.people.heard.words import Word
from canbao.records.transactions import in_one_transaction
from canbao.services.exchange.platform.hear import put_down, warm
from canbao.services.people.changes import bills
from canbao.services.people.changes.consequences import consequences
from canbao.services.people.changes.duplicate import Elsewhere, keep
from canbao.services.people.changes.suspend import Suspension, end
from canbao.services.people.changes.who import active_enrolments, checked_ground, living
from canbao.services.system.env import Env

REASON = "employee_scheme"
PAPER = "paper"


@dataclass(frozen=True)
class Joining:
    """One person, where and from which day on they are in the employee scheme, and on which paper that stands.

    `continuous_years`: full years in a row in that scheme, which the national rule asks for; None: not known.
    """

    person_id: int
    area_code: str
    from_date: date
    ground: Ground
    continuous_years: int | None = None


@dataclass(frozen=True)
class Joined:
    """What it came to: `duplicates` are the entries of years that are paid for in both schemes now."""

    ended: int
    duplicates: tuple[int, ...]


def join_employee_scheme(env: Env, joinings: Sequence[Joining]) -> Joined:
    """End resident registrations, all or none; what is not paid is withdrawn, and a payment that still comes is paid back.

    Raises:
        NotFound, BadInput. ChangeRefused: not active, merged, died, or a day that cannot be. StepNotDue: changed meanwhile.
    """
    living([one.person_id for one in joinings])
    rows = active_enrolments([one.person_id for one in joinings])
    by_enrolment = {rows[one.person_id].id: _checked(env, one, rows[one.person_id]) for one in joinings}
    doubled = [year for one in joinings for year in _doubled(env, one)]
    warm(env, len(joinings))
    env.serials.warm({"event": 6 * (len(joinings) + len(doubled))})
    env.serials.warm(dict.fromkeys(("elsewhere_cover", "duplicate"), len(doubled)))

    def work() -> Joined:
        journal = env.journal()
        bills.withdraw(journal, list(rows), even_ordered=True)
        ended = end(journal, "terminated", by_enrolment)
        if ended < len(by_enrolment):
            raise StepNotDue(state="刚被别人改过")
        _put_down(env, journal, joinings)
        found = keep(env, journal, doubled)
        journal.write()
        return Joined(ended, tuple(found))

    return in_one_transaction(work)


def meaning(env: Env, person_id: int, from_date: date) -> tuple[str, ...]:
    """The consequences in sentences, for the person to hear first; nothing is written.

    Raises:
        NotFound. ChangeRefused: not active, merged, or died.
    """
    meant = consequences(env, person_id)
    covers = Coverage.objects.filter(person=person_id, state="active", cover_year__gte=from_date.year)
    return (
        f"{meant.area_name}的居民医保登记，{day_text(from_date)}起终止。",
        *(
            f"{year}年度这里也缴过，留哪一份要定。"
            for year in sorted(covers.values_list("cover_year", flat=True))
        ),
        *(f"{year}年度还没有缴的费，不用再缴。" for year in meant.withdrawn_years),
        "以后离职，要重新办参保登记。",
    )


def _checked(env: Env, one: Joining, row: Enrolment) -> Suspension:
    checked_ground(one.ground)
    if one.from_date < row.started_date or one.from_date > env.local_date(row.area_code):
        raise ChangeRefused(problem="参加职工医保的日子早于参保，或者还没有到。")
    try:
        level_of(one.area_code)
    except ValueError:
        raise ChangeRefused(problem=f"地区代码要六位数字：{one.area_code}。") from None
    return Suspension(one.person_id, one.from_date, REASON, one.ground)


def _doubled(env: Env, one: Joining) -> list[Elsewhere]:
    """The years from then on that are paid for here, as the employee scheme has them: to the end of the year, or on."""
    covers = Coverage.objects.filter(
        person=one.person_id, state="active", cover_year__gte=one.from_date.year
    ).order_by("cover_year")
    return [
        Elsewhere(
            person_id=one.person_id,
            scheme="employee",
            area_code=one.area_code,
            benefit_year=row.cover_year,
            cover_from_date=max(one.from_date, year_span(row.cover_year).from_date),
            cover_until_date=year_span(row.cover_year).until_date,
            source=env.actor[:24],
            continuous_years=one.continuous_years,
        )
        for row in covers
    ]


def _put_down(env: Env, journal: Journal, joinings: Sequence[Joining]) -> None:
    """From now on it is known, as if the platform had said it (E-1007)."""
    words = [Word(one.person_id, "employee", one.area_code, one.from_date, None, env.now) for one in joinings]
    put_down(journal, PAPER, [Said(word.person_id, env.now, (word,)) for word in words])
