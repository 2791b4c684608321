"""别处: what other systems say of a person, and whether it stands in the way of paying here (FY-01, FY-13, LZ-08)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.areas import pooling_area_of
from canbao.basics.refusals import CannotSayYet, DeathMarked, EnrolledElsewhere, InEmployeeScheme, Refusal
from canbao.policy.pack import Pack


@dataclass(frozen=True, slots=True)
class Period:
    """Insured in a scheme at a place. `until_date` is the first day that it does not hold any more; None: it goes on."""

    scheme: Literal["employee", "resident"]
    area_code: str
    from_date: date
    until_date: date | None

    def holds(self, on: date) -> bool:
        """As clients of the platform read it: begun, and not ended or ended later."""
        return self.from_date <= on and (self.until_date is None or self.until_date > on)


@dataclass(frozen=True, slots=True)
class Outside:
    """What was heard of one person. `is_answered`: somebody has said lately that this is all; else more may be true."""

    periods: tuple[Period, ...] = ()
    died: bool = False
    is_answered: bool = False

    def is_employed(self, on: date) -> bool:
        """In the employee scheme on a day, by what was heard."""
        return any(period.scheme == "employee" and period.holds(on) for period in self.periods)


def barred(outside: Outside, area_code: str, on: date) -> Refusal | None:
    """What stands in the way of paying as a resident of an area; None: nothing that was heard."""
    if outside.died:
        return DeathMarked()
    if outside.is_employed(on):
        return InEmployeeScheme()
    for period in outside.periods:
        if period.holds(on) and pooling_area_of(period.area_code) != pooling_area_of(area_code):
            return EnrolledElsewhere(area=period.area_code)
    return None


def unanswered(pack: Pack, outside: Outside) -> Refusal | None:
    """Where the notice wants the answer first, nobody pays without one. Where it says nothing, unknown does not block."""
    needed = pack.duplicates.others_answer_first.known
    return CannotSayYet() if needed and not outside.is_answered else None
