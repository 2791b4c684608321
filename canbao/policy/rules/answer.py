"""The answer to one person's question, with the reasons a clerk can read out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from canbao.basics.days import Span
from canbao.basics.money import Fen
from canbao.basics.refusals import Refusal
from canbao.policy.format.values import Length, Value

Outcome = Literal["payable", "zero", "deferred", "blocked"]
Kind = Literal["normal", "special", "late"]


@dataclass(frozen=True)
class Reason:
    """One step of the derivation: the rules it rests on, a sentence, the source id, how sure, how strict."""

    rule: str
    text: str
    source: str
    status: str
    force: str = "must"


@dataclass(frozen=True)
class Wait:
    """待遇等待期 before cover: the fixed and the variable part, and what could still be bought off.

    `gap_years`: years missed in a row that count. `repaired_years` are paid for in the amount;
    `repairable_years` more would still help, each for `repair_fen` and by `month_per_year` (None: not stated).
    """

    gap_years: int
    fixed: Length | None
    variable_months: int
    repaired_years: int = 0
    repairable_years: int = 0
    repair_fen: Fen | None = None


@dataclass(frozen=True)
class Answer:
    """What one person owes, or why there is no price.

    `amount_fen` is what the payer pays; `shares` names every part of it by who bears it (`person`;
    `fiscal` only where the person pays it, when late) and besides the parts others bear
    (`medical_assistance`, `collective`). `price_fen` is the sum of all shares.
    `fiscal_subsidy_fen`: what the treasury adds for this person; None where not stated.

    Only `payable` without a refusal may be charged. `payable` with `PushPending`: the figure stands and may
    be billed and pushed, the money may not be taken yet. `blocked` and `deferred` have no amount.

    `cover` None: the first day is not stated, or hangs on `needs`, facts nobody knows. `years`: the benefit years
    paid for. `price_valid_until`: the window's last day; `payable_until`: the last day of the present stretch of
    payable days, until `closes_at` where the last day ends early. `blocked_until`: the day it opens.
    None: no end is stated.
    """

    outcome: Outcome
    kind: Kind
    amount_fen: Fen | None = None
    shares: Mapping[str, Fen] = field(default_factory=dict)
    fiscal_subsidy_fen: Fen | None = None
    cover: Span | None = None
    group: str | None = None
    price_valid_until: date | None = None
    payable_until: date | None = None
    reasons: tuple[Reason, ...] = ()
    refusal: Refusal | None = None
    wait: Wait | None = None
    years: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    blocked_until: date | None = None
    closes_at: str | None = None
    benefit_tier: str | None = None

    @property
    def price_fen(self) -> Fen | None:
        """The whole price, whoever bears it: the sum of the shares."""
        return sum(self.shares.values()) if self.amount_fen is not None else None

    @property
    def by_payer(self) -> Mapping[str, Fen | None]:
        """Who bears how much, the treasury's own part included; None: not stated, or no price at all."""
        if self.amount_fen is None:
            return dict.fromkeys(("person", "fiscal", "medical_assistance", "collective"))
        return {
            "person": self.amount_fen,
            "fiscal": self.fiscal_subsidy_fen,
            "medical_assistance": self.shares.get("medical_assistance", 0),
            "collective": self.shares.get("collective", 0),
        }

    @property
    def what_to_do(self) -> tuple[str, ...]:
        """The next steps where there is no price, in the plain words; `guidance` has the area's own."""
        return tuple(self.refusal.say(step) for step in self.refusal.steps) if self.refusal else ()


def because(value: Value[Any], text: str, force: str | None = None) -> Reason:
    """A reason resting on a value of the pack, with its provenance."""
    rule = "、".join(value.rules)
    return Reason(rule, text, value.source, value.status, force or value.force)
