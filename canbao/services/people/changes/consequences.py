"""停保的后果: what is said before anybody suspends, and beside it the second way: stay, and file 异地就医备案 (LZ-07)."""

from dataclasses import dataclass
from datetime import date

from canbao.basics.days import ONE_DAY
from canbao.basics.documents import mask_name
from canbao.policy.pack import Pack
from canbao.policy.rules.wording import day_text
from canbao.records.models import Bill, Coverage, Person
from canbao.services.people.changes.bills import UNPAID
from canbao.services.people.changes.who import active_enrolments, living
from canbao.services.system.env import Env


@dataclass(frozen=True)
class Consequences:
    """What suspending one person would mean. `covered_until`: the last day that is paid for; None: none is.

    `lines` are sentences for the resident; `withdrawn_years`: benefit years whose unpaid bills would be withdrawn.
    """

    name: str
    area_code: str
    area_name: str
    person_class: str
    covered_until: date | None
    withdrawn_years: tuple[int, ...]
    lines: tuple[str, ...]


def consequences(env: Env, person_id: int) -> Consequences:
    """What suspending this person today would mean; nothing is written.

    Raises:
        NotFound. ChangeRefused: not active, merged, or died.
    """
    person = living([person_id])[person_id]
    enrolment = active_enrolments([person_id])[person_id]
    on = env.local_date(enrolment.area_code)
    unpaid = Bill.objects.filter(person=person_id, current_slot=1, state__in=UNPAID)
    years = tuple(sorted(unpaid.values_list("benefit_year", flat=True)))
    last, is_known = _last_covered_day(person, on)
    pack = env.packs.current(enrolment.area_code, on, env.now)
    return Consequences(
        name=mask_name(person.name),
        area_code=enrolment.area_code,
        area_name=env.areas.full_name(enrolment.area_code),
        person_class=pack.class_label(enrolment.person_class) if pack else enrolment.person_class,
        covered_until=last,
        withdrawn_years=years,
        lines=(
            *_cover_lines(last, is_known),
            *(f"{year}年度还没有缴的费，不用再缴。" for year in years),
            *_later(pack),
        ),
    )


def _last_covered_day(person: Person, on: date) -> tuple[date | None, bool]:
    """The last day paid for; and whether a covered year has no days, since its notice states none (CZ-26)."""
    rows = Coverage.objects.filter(person=person.id, state="active", cover_year__gte=on.year)
    days = [row.cover_until_date for row in rows if row.cover_until_date and row.cover_until_date > on]
    undated = any(row.cover_until_date is None for row in rows)
    return (max(days) - ONE_DAY if days else None), not undated


def _cover_lines(last: date | None, is_known: bool) -> tuple[str, ...]:
    if last:
        return (f"已经缴的费仍然有效，待遇到{day_text(last)}。", "从那以后，这里不再报销。")
    if not is_known:
        return ("已经缴的费仍然有效。到哪天为止，通告没有写。",)
    return ("现在没有已缴费的待遇，停保以后这里不报销。",)


def _later(pack: Pack | None) -> tuple[str, ...]:
    """What coming back later means, where a notice says so."""
    fixed = pack.waiting.fixed.known if pack else None
    if fixed:
        return (f"中断以后再参保，可能要等{fixed}才有待遇。",)
    return ("中断以后再参保，可能有待遇等待期。",)
