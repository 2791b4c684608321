"""What policy may know of a person: facts, no identity."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from canbao.policy.format.vocabulary import ClassText, EventText, GroupText, OneOf


@dataclass(frozen=True, slots=True)
class Mark:
    """身份标识: membership of an assisted group. `push_accepted_date`: the tax side has the amount (CZ-08)."""

    group: GroupText
    acquired_date: date
    push_accepted_date: date | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a person and may spare a waiting period: a word of `vocabulary.EVENTS`."""

    kind: EventText
    on_date: date


@dataclass(frozen=True, slots=True)
class Situation:
    """One person on one day. None always means unknown, never no.

    `covered_years`: benefit years with cover in either scheme. `declarations`: what the person declares or
    was verified as, such as `returning_worker`. `registered_by`: `self`, `agency` or `department`.
    `tier`: the 档次 chosen. `entry_year`, `graduation_year`: of the present school. What the person wishes:
    `lump_sum_years` to pay at once, `wanted_years` where birth falls between two years, `repair_years`.
    """

    person_class: ClassText
    birth_date: date | None = None
    marks: tuple[Mark, ...] = ()
    covered_years: tuple[int, ...] | None = None
    declarations: tuple[str, ...] = ()
    sex: Annotated[str, OneOf(("male", "female"))] | None = None
    registered_by: Annotated[str, OneOf(("self", "agency", "department"))] | None = None
    e_credential_active: bool | None = None
    tier: str | None = None
    registered_date: date | None = None
    events: tuple[Event, ...] = ()
    entry_year: int | None = None
    graduation_year: int | None = None
    lump_sum_years: int = 1
    wanted_years: tuple[int, ...] | None = None
    repair_years: int = 0
