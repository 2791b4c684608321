"""The questions a case may ask besides what a person owes, as they stand in a case file: money in yuan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.days import ONE_DAY, Span
from canbao.policy.duplicate import Record
from canbao.policy.format.values import Yuan
from canbao.policy.format.vocabulary import Force, GroupText, Status
from canbao.policy.quota import Quota, Visit
from canbao.policy.refund import Claim


@dataclass(frozen=True)
class ClaimLine:
    """What somebody wants back; see `policy.refund.Claim`."""

    reason: str
    paid: Yuan
    paid_date: date | None = None
    applied_date: date | None = None
    terminated_date: date | None = None
    status_acquired_date: date | None = None
    event_date: date | None = None
    group: GroupText | None = None

    def claim(self) -> Claim:
        """The claim in fen."""
        return Claim(
            self.reason,
            self.paid,
            self.paid_date,
            self.applied_date,
            self.terminated_date,
            self.status_acquired_date,
            self.event_date,
            self.group,
        )


@dataclass(frozen=True)
class VisitLine:
    """One outpatient bill; see `policy.quota.Visit`."""

    eligible: Yuan
    area_code: str
    is_covered_clinic: bool = True


@dataclass(frozen=True)
class OutpatientLine:
    """A quota and the bills against it, in order."""

    area_code: str
    visits: tuple[VisitLine, ...]
    used: Yuan = 0
    members: int = 1
    is_household: bool = False

    def quota(self) -> Quota:
        """What is left, in fen."""
        return Quota(self.area_code, self.used, self.members, self.is_household)

    def bills(self) -> list[Visit]:
        """The bills, in fen."""
        return [Visit(line.eligible, line.area_code, line.is_covered_clinic) for line in self.visits]


@dataclass(frozen=True)
class RecordLine:
    """One of two enrolments; see `policy.duplicate.Record`. The days are those of its paid cover."""

    scheme: Literal["resident", "employee"]
    first_date: date
    last_date: date
    at_habitual_residence: bool | None = None
    at_school_place: bool = False
    at_workplace: bool | None = None
    continuous_years: int | None = None
    is_assisted: bool = False

    def record(self) -> Record:
        """The record with its cover as a span."""
        return Record(
            self.scheme,
            Span(self.first_date, self.last_date + ONE_DAY),
            self.at_habitual_residence,
            self.at_school_place,
            self.at_workplace,
            self.continuous_years,
            self.is_assisted,
        )


@dataclass(frozen=True)
class Expected:
    """What must come out. What is not mentioned is not compared, except: no `refusal` means none.

    `admitted` and `household`: `yes`, or the code of the refusal. `says`: words that must be read somewhere
    in the reasons or the refusal. `rules`: rule ids the derivation must rest on.
    `place`: where a student enrols. `posted`: from when a payment of `paid_on` shows in the posted records.
    `stands`: which of two records stays. `reimbursed`: what is paid back of each bill.
    """

    outcome: Literal["payable", "zero", "deferred", "blocked"] | None = None
    kind: Literal["normal", "special", "late"] | None = None
    amount: Yuan | None = None
    no_amount: bool = False
    shares: Mapping[str, Yuan] | None = None
    fiscal_subsidy: Yuan | None = None
    group: GroupText | None = None
    cover_first_date: date | None = None
    cover_last_date: date | None = None
    cover_not_stated: bool = False
    price_valid_until: date | None = None
    payable_until: date | None = None
    blocked_until: date | None = None
    closes_at: str | None = None
    years: tuple[int, ...] | None = None
    benefit_tier: str | None = None
    gap_years: int | None = None
    wait_variable_months: int | None = None
    repaired_years: int | None = None
    repairable_years: int | None = None
    needs: tuple[str, ...] = ()
    refusal: str | None = None
    admitted: str | None = None
    household: str | None = None
    season: str | None = None
    refund: Literal["refund", "none", "staff_decide", "not_stated", "needs"] | None = None
    refund_amount: Yuan | None = None
    payee: Literal["payer", "heirs", "not_stated"] | None = None
    place: str | None = None
    posted: date | None = None
    reimbursed: tuple[Yuan, ...] | None = None
    stands: Literal["first", "second", "staff", "no_duplicate"] | None = None
    bonus: Yuan | None = None
    rules: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    force: Force | None = None
    open: bool | None = None
    status: Status | None = None
