"""The sections of a pack, as frozen types. They are the file format: the reader walks these annotations.

A section may be left out; what a section does not mention is `UNSAID`, which blocks and is never zero.
`docs/packs.md` shows each with an example.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from canbao.policy.format.values import UNSAID, AgeRange, DayMask, Length, Start, Subsidy, Value, Who, Yuan
from canbao.policy.format.vocabulary import GroupName, PersonClass, Topic

Words = tuple[str, ...]


@dataclass(frozen=True)
class NationalMinimum:
    """The least the nation asks and grants a head. A yardstick for checking, never a local price."""

    individual: Value[Yuan] = UNSAID
    fiscal: Value[Yuan] = UNSAID


@dataclass(frozen=True)
class PriceClass:
    """缴费档: who pays how much before any help. Surcharges (such as 长护险) are added to the price."""

    label: str
    who: Who = field(default_factory=Who)
    individual: Value[Yuan] = UNSAID
    surcharges: Mapping[str, Value[Yuan]] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """One assisted group as the notice names it. `includes`: finer groups it is the sum of."""

    name: str
    includes: tuple[GroupName, ...] = ()
    roster_from: Value[str] = UNSAID
    subsidy: Value[Subsidy] = UNSAID
    paid_by: Value[Literal["medical_assistance", "collective"]] = UNSAID
    registered_by: Value[Literal["department", "agency", "self"]] = UNSAID
    local_code: str = ""


@dataclass(frozen=True)
class Assistance:
    """资助参保: the groups, how several identities resolve, and the push to tax."""

    groups: Mapping[GroupName, Group] = field(default_factory=dict)
    list_is_open: Value[bool] = UNSAID
    resolution: Value[Literal["highest"]] = UNSAID
    push_required: Value[bool] = UNSAID
    pay_after_push: Value[Literal["same_day", "next_day"]] = UNSAID
    confirm_before_normal: Value[bool] = UNSAID
    told_by: Value[Words] = UNSAID
    collected: Value[str] = UNSAID


@dataclass(frozen=True)
class Cohort:
    """People with dates of their own: newborns of a year, returning workers (CZ-05, FY-04)."""

    label: str
    who: Who = field(default_factory=Who)
    opens: Value[date] = UNSAID
    closes: Value[date] = UNSAID
    days_of_month_after_period: Value[bool] = UNSAID


@dataclass(frozen=True)
class Collection:
    """集中缴费期. `closes` is the last day that still counts. `opens_month`: month stated, day not."""

    opens: Value[date] = UNSAID
    opens_month: Value[str] = UNSAID
    closes: Value[date] = UNSAID
    closes_at: Value[str] = UNSAID
    days_of_month: Value[DayMask] = UNSAID
    moves_for_holidays: Value[bool] = UNSAID
    registration_closes: Value[date] = UNSAID
    open_classes: Value[tuple[PersonClass, ...]] = UNSAID
    cohorts: Mapping[str, Cohort] = field(default_factory=dict)


@dataclass(frozen=True)
class LateBand:
    """One stretch after the collection period: price, who is spared, what waits."""

    label: str
    opens: Value[date] = UNSAID
    closes: Value[date] = UNSAID
    price: Value[Literal["individual", "individual_and_fiscal", "closed"]] = UNSAID
    spared_groups: Value[tuple[GroupName, ...]] = UNSAID
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
    """What holds for newborns who pay within a time from birth (bands in full: a later issue)."""

    label: str
    within: Value[Length] = UNSAID
    last_day_counts: Value[bool] = UNSAID
    price: Value[Literal["free", "individual"]] = UNSAID
    coverage_start: Value[Start] = UNSAID


@dataclass(frozen=True)
class Newborn:
    """新生儿. `birth_year_free`: nothing to pay for the year of birth, once registered (CZ-04)."""

    birth_year_free: Value[bool] = UNSAID
    birth_year_coverage: Value[Start] = UNSAID
    bands: Mapping[str, NewbornBand] = field(default_factory=dict)
    after_bands: Value[str] = UNSAID
    across_years: Value[str] = UNSAID


@dataclass(frozen=True)
class StudentRule:
    """Where students enrol, and what an entry year or a lump sum changes."""

    label: str
    who: Who = field(default_factory=Who)
    place: Value[Literal["school_place", "with_parents_or_hukou_place", "hukou_place"]] = UNSAID
    entry_year_start: Value[Start] = UNSAID
    lump_sum_years: Value[int] = UNSAID


@dataclass(frozen=True)
class RegistrationWay:
    """One way to register: what it is called, who uses it, where, with what."""

    label: str
    who: Who = field(default_factory=Who)
    kind: Literal["new", "renewal", "change", "leave", "arrive", "department"] = "new"
    places: Value[Words] = UNSAID
    steps: Value[Words] = UNSAID
    documents: Value[Words] = UNSAID


@dataclass(frozen=True)
class Registration:
    """参保登记: before payment or inside it, and through whom."""

    agency: Value[str] = UNSAID
    before_payment: Value[bool] = UNSAID
    inside_payment_flow: Value[bool] = UNSAID
    changes_before_payment: Value[bool] = UNSAID
    ways: Mapping[str, RegistrationWay] = field(default_factory=dict)


@dataclass(frozen=True)
class ContactEntry:
    """Whom to call about what. `area` is the county or city it serves; 100000 is 全国热线."""

    area: str
    topic: Topic
    agency: str
    phones: Value[Words] = UNSAID
    keypad: Value[str] = UNSAID
    hours: Value[str] = UNSAID


@dataclass(frozen=True)
class Way:
    """How to walk to the payment inside one app, and which year or kind to choose there."""

    name: str
    steps: Value[Words] = UNSAID
    choose_normal: Value[str] = UNSAID
    choose_special: Value[str] = UNSAID


@dataclass(frozen=True)
class Channel:
    """A payment channel and what it can do. `special`: can it take 特殊缴费."""

    label: str
    available: Value[bool] = UNSAID
    opens: Value[date] = UNSAID
    special: Value[bool] = UNSAID
    proxy: Value[bool] = UNSAID
    banks: Value[Words] = UNSAID
    documents: Value[Words] = UNSAID
    real_name: Value[Literal["none", "real_name", "face"]] = UNSAID
    ways: Mapping[str, Way] = field(default_factory=dict)


@dataclass(frozen=True)
class Paying:
    """Who may pay for whom, online or not."""

    self_only_ages: Value[AgeRange] = UNSAID
    proxies: Value[Words] = UNSAID
    groups_not_online: Value[tuple[GroupName, ...]] = UNSAID
    needs_active_credential: Value[Literal["prior_insured", "all", "nobody"]] = UNSAID
    online_refund: Value[bool] = UNSAID
    collective_declared_at: Value[str] = UNSAID


@dataclass(frozen=True)
class HouseholdRule:
    """医保“户”: the head key, the order, the place (FY-18, FY-23…25). The level of the place is a parameter."""

    key: Value[str] = UNSAID
    head_pays_first: Value[bool] = UNSAID
    same_place_as_head: Value[bool] = UNSAID
    same_place_level: Value[Literal["nation", "province", "prefecture", "county"]] = UNSAID
    automatic: Value[bool] = UNSAID


@dataclass(frozen=True)
class RefundRule:
    """One reason for a refund. The refund engine is a later issue; the data stand here."""

    label: str
    key_date: Value[Literal["status_acquired", "terminated", "applied", "paid", "event"]] = UNSAID
    boundary_date: Value[date] = UNSAID
    before: Value[Literal["refund", "refund_covered_part", "none"]] = UNSAID
    after: Value[Literal["refund", "refund_covered_part", "none"]] = UNSAID
    apply_at: Value[str] = UNSAID


@dataclass(frozen=True)
class Waiting:
    """待遇等待期, its variable part and its repair. The calculation is a later issue."""

    fixed: Value[Length] = UNSAID
    variable_per_year: Value[Length] = UNSAID
    free_years: Value[int] = UNSAID
    count_from_year: Value[int] = UNSAID
    repair_price: Value[Literal["individual", "individual_and_fiscal"]] = UNSAID
    floor: Value[Length] = UNSAID
    floor_from_gap_years: Value[int] = UNSAID
    waived: Value[Words] = UNSAID


@dataclass(frozen=True)
class QueryView:
    """One enquiry: where it stands, what it covers, how late it is, whether it shows the amount."""

    label: str
    path: Value[Words] = UNSAID
    covers: Value[Words] = UNSAID
    lag_working_days: Value[int] = UNSAID
    lag_is_inclusive: Value[bool] = UNSAID
    shows_amount: Value[bool] = UNSAID
    login: Value[Literal["name_and_number", "real_name", "face"]] = UNSAID


@dataclass(frozen=True)
class OutpatientPooling:
    """门诊统筹: rate, cap a head, sharing in the household, where it holds (FY-21)."""

    rate_percent: Value[int] = UNSAID
    cap: Value[Yuan] = UNSAID
    shared_in_household: Value[bool] = UNSAID
    institutions: Value[str] = UNSAID
    only_in: Value[Literal["county", "prefecture"]] = UNSAID


@dataclass(frozen=True)
class GuideText:
    """What a refusal says in this area instead of the plain default, and old sentences that mean it."""

    aliases: tuple[str, ...] = ()
    why: Value[str] = UNSAID
    steps: Value[Words] = UNSAID
    topic: Topic = "registration"
