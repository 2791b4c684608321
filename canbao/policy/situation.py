"""What policy may know of a person: facts, no identity."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Mark:
    """身份标识: membership of an assisted group. `push_accepted_date`: the tax side has the amount (CZ-08)."""

    group: str
    acquired_date: date
    push_accepted_date: date | None = None


@dataclass(frozen=True)
class Situation:
    """One person on one day. None always means unknown, never no.

    `covered_years`: benefit years with cover. `declarations`: what the person declares or was verified as,
    such as `returning_worker` or `tier_2`. `registered_by`: `self`, `agency` or `department`.
    """

    person_class: str
    birth_date: date | None = None
    marks: tuple[Mark, ...] = ()
    covered_years: tuple[int, ...] | None = None
    declarations: tuple[str, ...] = ()
    sex: str | None = None
    registered_by: str | None = None
    e_credential_active: bool | None = None
