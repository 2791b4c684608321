"""A value of a pack: never bare, always with its status, its source and the rules it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

from canbao.basics.days import ONE_DAY, Span, add_months, full_years
from canbao.basics.money import Fen
from canbao.policy.format.vocabulary import CHARGEABLE, Force, GroupName, PersonClass, Rounding, Status

_MONTHS_AHEAD = 36  # no period is longer than that

T_co = TypeVar("T_co", covariant=True)

Yuan = Annotated[int, "yuan"]
"""Fen in memory and in the resolved document; yuan (whole, or quoted "87.50") in the file."""


@dataclass(frozen=True)
class Value(Generic[T_co]):
    """What a notice says about one thing, or that it does not say it.

    `open` marks a list that ends in 等; `force` a weakened rule (原则上, 建议, 暂).
    `known`: the value where it may be relied on (there, and stated, derived or corroborated), else None,
    which never stands for zero; found once, since a decision asks dozens of values.
    """

    value: T_co | None
    status: Status
    source: str
    rules: tuple[str, ...]
    note: str = ""
    force: Force = "must"
    open: bool = False
    known: T_co | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        relied_on = self.value is not None and self.status in CHARGEABLE
        object.__setattr__(self, "known", self.value if relied_on else None)

    @property
    def chargeable(self) -> bool:
        """Whether it may be relied on: there, and stated, derived or corroborated."""
        return self.known is not None


UNSAID: Value[Any] = Value(None, "not_stated", "", ())
"""What a pack that does not even mention a key is taken to say."""


@dataclass(frozen=True)
class Subsidy:
    """How much of the individual price is paid for the person, as a formula (E1).

    `pending`: a figure will be issued, wait (CP-04). `none`: explicitly no subsidy (SX-05).
    """

    kind: Literal["full", "fixed", "percent", "none", "pending"]
    amount_fen: Fen = 0
    percent: Decimal = Decimal(0)

    def of(self, price_fen: Fen, rounding: Rounding = "half_up_fen") -> Fen:
        """The subsidy on a price, never more than the price itself.

        Raises:
            ValueError: the figure is pending and has no amount.
        """
        if self.kind == "pending":
            raise ValueError("a pending subsidy has no amount")
        if self.kind == "full":
            return price_fen
        if self.kind == "percent":
            return min(price_fen, rounded(Decimal(price_fen) * self.percent / 100, rounding))
        return min(price_fen, self.amount_fen)

    def is_exact(self, price_fen: Fen) -> bool:
        """Whether no rounding is needed."""
        return self.kind != "percent" or Decimal(price_fen) * self.percent % 100 == 0


@dataclass(frozen=True)
class LatePrice:
    """What a late payer pays: the individual price, that with the treasury's part, nothing any more, or a sum."""

    kind: Literal["individual", "individual_and_fiscal", "closed", "fixed"]
    amount_fen: Fen = 0


_UNITS = {"fen": 1, "jiao": 10, "yuan": 100}
_WAYS = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}


def rounded(exact_fen: Decimal, rounding: Rounding) -> Fen:
    """A figure in fen by a named rule: `half_up_fen`, `down_yuan` … (E1)."""
    way, unit = rounding.rsplit("_", 1)
    return int((exact_fen / _UNITS[unit]).quantize(Decimal(1), _WAYS[way])) * _UNITS[unit]


@dataclass(frozen=True)
class DayMask:
    """Days of the month on which one may pay: `1-25` (CZ-11)."""

    first: int
    last: int

    def __contains__(self, day: date) -> bool:
        return self.first <= day.day <= self.last


@dataclass(frozen=True)
class PayDays:
    """The days on which one may pay: those of every month, and other ones in months named like `2026-12`.

    A month whose days are None is one of which the notice does not say them: none of its days is in.
    """

    usual: DayMask | None
    months: Mapping[str, DayMask | None]

    def of(self, day: date) -> DayMask | None:
        """The days of the month a day lies in; None: not stated, or all of them."""
        return self.months.get(f"{day:%Y-%m}", self.usual)

    def leaves_open(self, day: date) -> bool:
        """Whether the notice keeps the days of this very month for later."""
        return self.months.get(f"{day:%Y-%m}", self) is None

    def __contains__(self, day: date) -> bool:
        if self.leaves_open(day):
            return False
        mask = self.of(day)
        return mask is None or day in mask

    def stretch_end(self, day: date, closes: date | None) -> date | None:
        """The last day in without a break from an open `day`, not beyond `closes`; None: no end in sight."""
        for _ in range(_MONTHS_AHEAD):
            mask, month_end = self.of(day), add_months(day.replace(day=1), 1) - ONE_DAY
            last = (
                month_end if mask is None else min(month_end, day.replace(day=min(mask.last, month_end.day)))
            )
            if closes and last >= closes:
                return closes
            if last < month_end or last + ONE_DAY not in self:
                return last
            day = last + ONE_DAY
        return None


@dataclass(frozen=True)
class AgeRange:
    """Completed years, both ends included: `18-50` (FY-08)."""

    first: int
    last: int

    def holds(self, birth_date: date, on: date) -> bool:
        """Whether the person is in the range on a day: from the first birthday, through the last year."""
        return self.first <= full_years(birth_date, on) <= self.last


@dataclass(frozen=True)
class Length:
    """A stretch of time as notices write it: `3 months` or `90 days`. They are not the same (E7)."""

    count: int
    unit: Literal["days", "months"]

    def after(self, day: date) -> date:
        """The day this long after `day`."""
        if self.unit == "months":
            return add_months(day, self.count)
        return date.fromordinal(day.toordinal() + self.count)

    def __str__(self) -> str:
        return f"{self.count}{'天' if self.unit == 'days' else '个月'}"


@dataclass(frozen=True)
class MonthDay:
    """A day of any year: `09-01`."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        """That day of a year."""
        return date(year, self.month, self.day)


@dataclass(frozen=True)
class TimeOfDay:
    """A time on the last day, to the minute; `24:00` is the end of the day."""

    hour: int
    minute: int

    @property
    def is_end_of_day(self) -> bool:
        """Whether the whole day counts."""
        return self.hour == 24

    def __str__(self) -> str:
        return f"{self.hour:02d}:{self.minute:02d}"


@dataclass(frozen=True)
class Start:
    """When cover begins.

    `period_start`, `payment_day`, `next_day`, `next_month`, `birth`; `plus 60 days` (day 60 is covered),
    `after 60 days` (day 60 still waits), `plus 3 months`, `month 3` (the first of the third month after).
    """

    word: Literal["period_start", "payment_day", "next_day", "next_month", "birth", "plus", "after", "month"]
    wait: Length | None = None

    def first_date(self, paid_date: date, period: Span, birth_date: date | None) -> date | None:
        """The first day of cover, never before the period; None where the birthday is needed and unknown."""
        if self.word == "birth":
            return birth_date
        wait = self.wait or Length(0, "days")
        month = paid_date.replace(day=1)
        days = {
            "period_start": lambda: period.from_date,
            "payment_day": lambda: paid_date,
            "next_day": lambda: paid_date + ONE_DAY,
            "next_month": lambda: add_months(month, 1),
            "plus": lambda: wait.after(paid_date),
            "after": lambda: wait.after(paid_date) + ONE_DAY,
            "month": lambda: wait.after(month),
        }
        return max(days[self.word](), period.from_date)


@dataclass(frozen=True)
class Who:
    """Which people something is about. Every condition given must hold; none given means everybody.

    Birthdays and ages include both ends; ages are completed years on the day of payment.
    """

    person_classes: tuple[PersonClass, ...] = ()
    groups: tuple[GroupName, ...] = ()
    born_first_date: date | None = None
    born_last_date: date | None = None
    ages: AgeRange | None = None
    sex: Literal["male", "female"] | None = None
    tier: str | None = None
    declared: tuple[str, ...] = ()
