"""The sections of a pack about money and time, as frozen types. They are the file format: the reader walks them.

A section may be left out; what a section does not mention is `UNSAID`, which blocks and is never zero.
`docs/packs.md` shows each with an example. `around.py` has the sections about places, channels and words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from canbao.policy.format.values import (
    UNSAID,
    DayMask,
    LatePrice,
    Length,
    MonthDay,
    Start,
    Subsidy,
    TimeOfDay,
    Value,
    Who,
    Yuan,
)
from canbao.policy.format.vocabulary import EventKind, GroupName, PersonClass, Rounding

Words = tuple[str, ...]
Price = Literal["free", "individual", "individual_and_fiscal", "closed"]


@dataclass(frozen=True)
class NationalMinimum:
    """The least the nation asks and grants a head. A yardstick for checking, never a local price."""

    individual: Value[Yuan] = UNSAID
    fiscal: Value[Yuan] = UNSAID


@dataclass(frozen=True)
class PriceClass:
    """缴费档: who pays how much before any help. Surcharges (such as 长护险) are added to the price.

    `benefit_tier`: the tier whose benefits are received, where it is not the one paid for.
    """

    label: str
    who: Who = field(default_factory=Who)
    individual: Value[Yuan] = UNSAID
    surcharges: Mapping[str, Value[Yuan]] = field(default_factory=dict)
    benefit_tier: Value[str] = UNSAID


@dataclass(frozen=True)
class Group:
    """One assisted group as the notice names it. `includes`: finer groups it is the sum of.

    `surcharge_subsidies`: what is paid of each surcharge, by its name; the `subsidy` is of the price alone.
    `base`: the price class whose price it is reckoned on, such as the lowest tier; else the person's own.
    """

    name: str
    includes: tuple[GroupName, ...] = ()
    roster_from: Value[str] = UNSAID
    subsidy: Value[Subsidy] = UNSAID
    base: Value[str] = UNSAID
    surcharge_subsidies: Mapping[str, Value[Subsidy]] = field(default_factory=dict)
    paid_by: Value[Literal["medical_assistance", "collective"]] = UNSAID
    registered_by: Value[Literal["department", "agency", "self"]] = UNSAID
    local_code: str = ""

    @property
    def is_departments(self) -> bool:
        """Whether the notice leaves it to a department to register these people (LZ-05)."""
        return self.registered_by.known == "department"


@dataclass(frozen=True)
class Assistance:
    """资助参保: the groups, how several identities resolve, how a share is rounded, and the push to tax."""

    groups: Mapping[GroupName, Group] = field(default_factory=dict)
    list_is_open: Value[bool] = UNSAID
    resolution: Value[Literal["highest"]] = UNSAID
    rounding: Value[Rounding] = UNSAID
    push_required: Value[bool] = UNSAID
    pay_after_push: Value[Literal["same_day", "next_day"]] = UNSAID
    confirm_before_normal: Value[bool] = UNSAID
    told_by: Value[Words] = UNSAID
    collected: Value[str] = UNSAID


@dataclass(frozen=True)
class Cohort:
    """People with dates of their own: newborns of a year, returning workers, a later start (CZ-05, FY-04)."""

    label: str
    who: Who = field(default_factory=Who)
    opens: Value[date] = UNSAID
    closes: Value[date] = UNSAID
    days_of_month_after_period: Value[bool] = UNSAID
    shown_by: Value[Literal["declared", "verified"]] = UNSAID


@dataclass(frozen=True)
class Period:
    """One more stretch of collecting for everybody, after the first."""

    label: str
    opens: Value[date] = UNSAID
    closes: Value[date] = UNSAID


@dataclass(frozen=True)
class Collection:
    """集中缴费期. `closes` is the last day that still counts. `opens_month`: month stated, day not.

    `days_of_month_in`: other days in single months, named like `2026-12`.
    `moves_for_holidays`: a last day that is not worked moves to the next working day. `further`: more stretches,
    in their order; between two of them collection rests, and late rules begin after the last.
    """

    opens: Value[date] = UNSAID
    opens_month: Value[str] = UNSAID
    closes: Value[date] = UNSAID
    closes_at: Value[TimeOfDay] = UNSAID
    days_of_month: Value[DayMask] = UNSAID
    days_of_month_in: Mapping[str, Value[DayMask]] = field(default_factory=dict)
    moves_for_holidays: Value[bool] = UNSAID
    registration_closes: Value[date] = UNSAID
    open_classes: Value[tuple[PersonClass, ...]] = UNSAID
    cohorts: Mapping[str, Cohort] = field(default_factory=dict)
    further: Mapping[str, Period] = field(default_factory=dict)


@dataclass(frozen=True)
class LateBand:
    """One stretch after the collection period: price, who is spared, whether help is kept, what waits.

    `who`: whom it is about, where not everybody; of the bands of a day the first that fits answers.
    """

    label: str
    who: Who = field(default_factory=Who)
    opens: Value[date] = UNSAID
    closes: Value[date] = UNSAID
    price: Value[LatePrice] = UNSAID
    spared_groups: Value[tuple[GroupName, ...]] = UNSAID
    spared_classes: Value[tuple[PersonClass, ...]] = UNSAID
    subsidy_kept: Value[bool] = UNSAID
    waiting: Value[Literal["none", "by_rule"]] = UNSAID
    coverage_start: Value[Start] = UNSAID


@dataclass(frozen=True)
class BenefitPeriod:
    """待遇享受期, and from when one is covered who pays in the collection period."""

    first_date: Value[date] = UNSAID
    last_date: Value[date] = UNSAID
    paid_before_start: Value[Start] = UNSAID
    paid_after_start: Value[Start] = UNSAID


@dataclass(frozen=True)
class NewbornBand:
    """What holds for newborns within a time from birth, days or months (E7). The first that fits answers.

    `measured_at`: whether paying or registering must fall into the band. `to_year_end`: the rest of the year.
    """

    label: str
    within: Value[Length] = UNSAID
    to_year_end: Value[bool] = UNSAID
    last_day_counts: Value[bool] = UNSAID
    measured_at: Value[Literal["payment", "registration"]] = UNSAID
    price: Value[Price] = UNSAID
    coverage_start: Value[Start] = UNSAID


@dataclass(frozen=True)
class CrossYear:
    """Births late in a year: two years must, or may, be paid at once.

    `born_from`: the first birthday concerned; `next_year_price`: the individual price of the year after.
    """

    born_from: Value[MonthDay] = UNSAID
    obligation: Value[Literal["both_years", "choice"]] = UNSAID
    next_year_price: Value[Yuan] = UNSAID


@dataclass(frozen=True)
class Newborn:
    """新生儿. `birth_year_free`: nothing to pay for the year of birth, once registered (CZ-04)."""

    birth_year_free: Value[bool] = UNSAID
    birth_year_coverage: Value[Start] = UNSAID
    bands: Mapping[str, NewbornBand] = field(default_factory=dict)
    after_bands: Value[str] = UNSAID
    across_years: CrossYear = field(default_factory=CrossYear)


@dataclass(frozen=True)
class StudentRule:
    """Where students enrol, and what an entry year, a lump sum or leaving school changes.

    `entry_year_start`: the day of the collection year from which a new student is covered.
    `lump_sum_years`: the most years paid at once; `price_locked`: at this year's price for all of them.
    `last_year_ends`: the last day of cover in the year of leaving.
    """

    label: str
    who: Who = field(default_factory=Who)
    place: Value[Literal["school_place", "with_parents_or_hukou_place", "hukou_place"]] = UNSAID
    entry_year_start: Value[MonthDay] = UNSAID
    lump_sum_years: Value[int] = UNSAID
    price_locked: Value[bool] = UNSAID
    last_year_ends: Value[MonthDay] = UNSAID


@dataclass(frozen=True)
class Waiver:
    """Who is spared the waiting period, all of it or the variable part, if an event is recent enough."""

    label: str
    who: Who = field(default_factory=Who)
    event: EventKind | None = None
    within: Value[Length] = UNSAID
    continuous_years: Value[int] = UNSAID
    waives: Value[Literal["all", "variable"]] = UNSAID


@dataclass(frozen=True)
class Waiting:
    """待遇等待期: the fixed and the variable part, from which day they run, their repair, who is spared.

    `applies_to`: whether who pays in time waits after a gap too (`all`, also where the key is left out).
    `from_benefit_year`: the first year in which a gap matters; `count_from_year`: the first year that counts as
    missed; `free_years`: missed years without a variable month. `counts_from`: late payers wait from that day.
    `last_day_waits`: the last of N days after the payment day still waits. `floor`: the least after repair, from a gap of
    `floor_from_gap_years` on.
    """

    from_benefit_year: Value[int] = UNSAID
    applies_to: Value[Literal["late", "all"]] = UNSAID
    fixed: Value[Length] = UNSAID
    variable_per_year: Value[Length] = UNSAID
    free_years: Value[int] = UNSAID
    count_from_year: Value[int] = UNSAID
    counts_from: Value[Literal["payment_day", "next_day", "payment_month"]] = UNSAID
    last_day_waits: Value[bool] = UNSAID
    repair_price: Value[Literal["individual", "individual_and_fiscal"]] = UNSAID
    floor: Value[Length] = UNSAID
    floor_from_gap_years: Value[int] = UNSAID
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    waivers_are_open: Value[bool] = UNSAID


@dataclass(frozen=True)
class RefundRule:
    """One reason for a refund: which day decides, on which side of which boundary, and who gets it.

    `boundary_date` is the last day of the side `before`; `boundary` names it where it is no fixed date.
    """

    label: str
    key_date: Value[Literal["status_acquired", "terminated", "applied", "paid", "event"]] = UNSAID
    boundary_date: Value[date] = UNSAID
    boundary: Value[Literal["before_benefit_period", "collection_closes"]] = UNSAID
    before: Value[Literal["refund", "refund_covered_part", "none"]] = UNSAID
    after: Value[Literal["refund", "refund_covered_part", "none"]] = UNSAID
    terminates: Value[bool] = UNSAID
    payee: Value[Literal["payer", "heirs"]] = UNSAID
    apply_at: Value[str] = UNSAID


@dataclass(frozen=True)
class Duplicates:
    """重复参保: which of two enrolments stands, and what follows (医保发〔2020〕33号).

    `others_answer_first`: nobody pays before it is known whether they are insured elsewhere; else unknown does not block.
    """

    resident_twice: Value[Literal["habitual_residence"]] = UNSAID
    student: Value[Literal["school_place"]] = UNSAID
    employee_twice: Value[Literal["workplace"]] = UNSAID
    across_schemes: Value[Literal["employee"]] = UNSAID
    employee_years_needed: Value[int] = UNSAID
    entry_year_exempt: Value[bool] = UNSAID
    fiscal_subsidy_deducted: Value[bool] = UNSAID
    statement_when_giving_up_help: Value[bool] = UNSAID
    others_answer_first: Value[bool] = UNSAID


@dataclass(frozen=True)
class Incentive:
    """大病保险 caps that rise: for years in a row, for years without a claim, together never above a share."""

    cap: Value[Yuan] = UNSAID
    continuous_years: Value[int] = UNSAID
    per_continuous_year: Value[Yuan] = UNSAID
    per_zero_claim_year: Value[Yuan] = UNSAID
    least_step: Value[Yuan] = UNSAID
    most_percent: Value[int] = UNSAID
    count_from_year: Value[int] = UNSAID


@dataclass(frozen=True)
class OutpatientPooling:
    """门诊统筹: rate, cap a head, sharing in the household, where it holds (FY-21)."""

    rate_percent: Value[int] = UNSAID
    cap: Value[Yuan] = UNSAID
    shared_in_household: Value[bool] = UNSAID
    institutions: Value[str] = UNSAID
    only_in: Value[Literal["county", "prefecture"]] = UNSAID
