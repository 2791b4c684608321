"""A pack: one area's policy for one benefit year, parents merged in, frozen."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property
from typing import Any

from canbao.basics.days import WorkCalendar
from canbao.policy.format.around import (
    Benefit,
    Channel,
    ContactEntry,
    GuideText,
    HouseholdRule,
    Paying,
    QueryView,
    Registration,
    ServicePoint,
)
from canbao.policy.format.sections import (
    Assistance,
    BenefitPeriod,
    Collection,
    Duplicates,
    Incentive,
    LateBand,
    NationalMinimum,
    Newborn,
    OutpatientPooling,
    PriceClass,
    RefundRule,
    StudentRule,
    Waiting,
)
from canbao.policy.format.values import UNSAID, Value, Yuan
from canbao.policy.format.vocabulary import PERSON_CLASSES, ChannelName


@dataclass(frozen=True)
class Moment:
    """What some packs want to know of a day: which days are worked, and the minute. None: not given."""

    calendar: WorkCalendar | None = None
    at: time | None = None


NO_MOMENT = Moment()


@dataclass(frozen=True)
class Posting:
    """From when a payment can be found in the posted records; an estimate where the calendar ends before."""

    shown_date: date
    is_estimate: bool


@dataclass(frozen=True, eq=False)
class Sections:
    """Everything a pack file may hold, in the order of the file."""

    area: str
    name: str
    benefit_year: int
    collection_year: int
    source: str = ""
    parent: str = ""
    scope: Mapping[str, Value[str]] = field(default_factory=dict)
    prices: Mapping[str, PriceClass] = field(default_factory=dict)
    fiscal_subsidy: Value[Yuan] = UNSAID
    national_minimum: NationalMinimum = field(default_factory=NationalMinimum)
    assistance: Assistance = field(default_factory=Assistance)
    collection: Collection = field(default_factory=Collection)
    late: Mapping[str, LateBand] = field(default_factory=dict)
    benefit_period: BenefitPeriod = field(default_factory=BenefitPeriod)
    newborn: Newborn = field(default_factory=Newborn)
    students: Mapping[str, StudentRule] = field(default_factory=dict)
    registration: Registration = field(default_factory=Registration)
    service_points: Mapping[str, ServicePoint] = field(default_factory=dict)
    channels: Mapping[ChannelName, Channel] = field(default_factory=dict)
    paying: Paying = field(default_factory=Paying)
    household: HouseholdRule | None = None
    waiting: Waiting = field(default_factory=Waiting)
    refunds: Mapping[str, RefundRule] = field(default_factory=dict)
    duplicates: Duplicates = field(default_factory=Duplicates)
    incentive: Incentive = field(default_factory=Incentive)
    transfers: Mapping[str, Value[str]] = field(default_factory=dict)
    declarations: Mapping[str, Value[str]] = field(default_factory=dict)
    queries: Mapping[str, QueryView] = field(default_factory=dict)
    outpatient_pooling: OutpatientPooling = field(default_factory=OutpatientPooling)
    benefits: Mapping[str, Benefit] = field(default_factory=dict)
    contacts: Mapping[str, ContactEntry] = field(default_factory=dict)
    guide: Mapping[str, GuideText] = field(default_factory=dict)
    information: Mapping[str, Value[str]] = field(default_factory=dict)
    not_stated: Mapping[str, Value[str]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Pack(Sections):
    """The resolved sections with the document they came from. Two packs are the same if their hashes are.

    `document` is plain JSON: money in fen, days as ISO text. `pack_of(document)` gives the pack back.
    """

    document: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pack) and self.hash == other.hash

    def __hash__(self) -> int:
        return int(self.hash[:15], 16)

    @property
    def area_code(self) -> str:
        """The six digits that were asked for, even where only a parent has a file."""
        return self.area

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of the canonical JSON of the resolved document."""
        canonical = json.dumps(self.document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def registers_while_paying(self) -> bool:
        """Whether one may register inside the payment flow (FY-30); not stated is no."""
        return self.registration.inside_payment_flow.known is True

    @property
    def registrar(self) -> str:
        """Who registers people that may not register themselves, in the notice's words (LZ-05)."""
        ways = [way.places.known for way in self.registration.ways.values() if way.kind == "department"]
        return next(("、".join(places) for places in ways if places), "主管部门")

    def classes_open_at(self, age: int) -> tuple[str, ...]:
        """The person classes one may register as at an age (周岁): those whose collection is open, else all (CP-17)."""
        open_classes: Iterable[str] = self.collection.open_classes.known or PERSON_CLASSES
        return tuple(word for word in open_classes if PERSON_CLASSES[word].fits(age))

    @property
    def needs_calendar(self) -> bool:
        """Whether its dates move for holidays, so that a working calendar must be given."""
        return self.collection.moves_for_holidays.known is True

    @property
    def needs_minute(self) -> bool:
        """Whether its last day ends before midnight, so that the time of day must be given."""
        end = self.collection.closes_at.known
        return end is not None and not end.is_end_of_day

    def class_label(self, person_class: str) -> str:
        """What people read for a person class."""
        word = PERSON_CLASSES.get(person_class)
        return word.text if word else person_class

    def posting(self, paid_date: date, calendar: WorkCalendar, channel: str | None = None) -> Posting | None:
        """When a payment shows in the posted records; None where no lag is stated (CZ-22, E12).

        A channel with a lag of its own goes before the common one.
        """
        view = self.queries.get("posted_records")
        own = next((entry for name, entry in self.channels.items() if name == channel), None)
        days = own.posting_working_days.known if own else None
        if days is None:
            days = view.lag_working_days.known if view else None
        if days is None:
            return None
        shown = calendar.after(paid_date, days)
        if not (view and view.lag_is_inclusive.known):
            shown = calendar.after(shown, 1)
        return Posting(shown, calendar.is_estimate(shown))
