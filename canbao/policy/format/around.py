"""The sections of a pack about places, channels, households and words, as frozen types: the rest of the format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from canbao.policy.format.values import UNSAID, AgeRange, Value, Who
from canbao.policy.format.vocabulary import GroupName, Topic

Words = tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """One paper to bring: what it is, whether the original, how many copies, and what will do in its place."""

    name: Value[str]
    original: Value[bool] = UNSAID
    copies: Value[int] = UNSAID
    instead: Value[Words] = UNSAID


@dataclass(frozen=True)
class ServicePoint:
    """服务网点: a place to go to. `area` is the county or city it serves; `errands` what is done there."""

    area: str
    name: str
    errands: Value[Words] = UNSAID
    address: Value[str] = UNSAID
    hours: Value[str] = UNSAID
    phones: Value[Words] = UNSAID


@dataclass(frozen=True)
class RegistrationWay:
    """One way to register: what it is called, who uses it, where, with what papers."""

    label: str
    who: Who = field(default_factory=Who)
    kind: Literal["new", "renewal", "change", "leave", "arrive", "department"] = "new"
    places: Value[Words] = UNSAID
    steps: Value[Words] = UNSAID
    papers: Mapping[str, Paper] = field(default_factory=dict)


@dataclass(frozen=True)
class Registration:
    """参保登记: before payment or inside it, through whom, and whether somebody looks at it before it counts."""

    agency: Value[str] = UNSAID
    before_payment: Value[bool] = UNSAID
    inside_payment_flow: Value[bool] = UNSAID
    changes_before_payment: Value[bool] = UNSAID
    approval: Value[Literal["automatic", "review"]] = UNSAID
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
    barred_groups: Value[tuple[GroupName, ...]] = UNSAID
    banks: Value[Words] = UNSAID
    papers: Mapping[str, Paper] = field(default_factory=dict)
    real_name: Value[Literal["none", "real_name", "face"]] = UNSAID
    posting_working_days: Value[int] = UNSAID
    ways: Mapping[str, Way] = field(default_factory=dict)


@dataclass(frozen=True)
class Paying:
    """Who may pay for whom, online or not. `most_linked`: how many people one payer may have linked (关联人)."""

    self_only_ages: Value[AgeRange] = UNSAID
    proxies: Value[Words] = UNSAID
    most_linked: Value[int] = UNSAID
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
class Benefit:
    """待遇: one kind of care that is paid back: when, where it is given, how much, with what, where it is claimed.

    For reading only: no claim is worked out from it (`outpatient_pooling` is the one that is).
    """

    label: str
    when: Value[str] = UNSAID
    where: Value[str] = UNSAID
    pays: Value[str] = UNSAID
    brings: Value[Words] = UNSAID
    hands_in: Value[str] = UNSAID


@dataclass(frozen=True)
class GuideText:
    """What a refusal says in this area instead of the plain default, and old sentences that mean it."""

    aliases: tuple[str, ...] = ()
    why: Value[str] = UNSAID
    steps: Value[Words] = UNSAID
    topic: Topic = "registration"
