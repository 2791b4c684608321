"""A pack: one area's policy for one benefit year, parents merged in, frozen."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from canbao.basics.days import WorkCalendar
from canbao.policy.format.sections import (
    Assistance,
    BenefitPeriod,
    Channel,
    Collection,
    ContactEntry,
    GuideText,
    HouseholdRule,
    LateBand,
    NationalMinimum,
    Newborn,
    OutpatientPooling,
    Paying,
    PriceClass,
    QueryView,
    RefundRule,
    Registration,
    StudentRule,
    Waiting,
)
from canbao.policy.format.values import UNSAID, Value, Yuan
from canbao.policy.format.vocabulary import PERSON_CLASSES, ChannelName


@dataclass(frozen=True, eq=False)
class Sections:
    """Everything a pack file may hold, in the order of the file."""

    area: str
    name: str
    benefit_year: int
    collection_year: int
    source: str = ""
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
    channels: Mapping[ChannelName, Channel] = field(default_factory=dict)
    paying: Paying = field(default_factory=Paying)
    household: HouseholdRule | None = None
    waiting: Waiting = field(default_factory=Waiting)
    refunds: Mapping[str, RefundRule] = field(default_factory=dict)
    queries: Mapping[str, QueryView] = field(default_factory=dict)
    outpatient_pooling: OutpatientPooling = field(default_factory=OutpatientPooling)
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

    def classes_open_at(self, age: int) -> tuple[str, ...]:
        """The person classes one may register as at an age (周岁): those whose collection is open, else all (CP-17)."""
        open_classes: Iterable[str] = self.collection.open_classes.known or PERSON_CLASSES
        return tuple(word for word in open_classes if PERSON_CLASSES[word].fits(age))

    def class_label(self, person_class: str) -> str:
        """What people read for a person class."""
        word = PERSON_CLASSES.get(person_class)
        return word.text if word else person_class

    def posted_by(self, paid_date: date, calendar: WorkCalendar) -> date | None:
        """From when a payment can be found in the posted records; None where no lag is stated (CZ-22, E12)."""
        view = self.queries.get("posted_records")
        days = view.lag_working_days.known if view else None
        if view is None or days is None:
            return None
        shown = calendar.after(paid_date, days)
        return shown if view.lag_is_inclusive.known else calendar.after(shown, 1)
