"""怎么收: the amounts by who bears them, put together into an answer that may be charged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from canbao.basics.money import Fen
from canbao.policy.format.values import Value
from canbao.policy.rules.answer import Answer, Kind
from canbao.policy.rules.case import Case
from canbao.policy.rules.cover import Cover
from canbao.policy.rules.help import push
from canbao.policy.rules.price import Price
from canbao.policy.rules.subsidy import Help
from canbao.policy.rules.wording import money_text


@dataclass(frozen=True)
class Until:
    """How long a price holds, and how long one may pay it without a break. None: not stated.

    `closes_at`: the time at which the last day ends, where that is before midnight.
    """

    price: date | None
    payable: date | None
    closes_at: str | None = None


@dataclass(frozen=True)
class Bearing:
    """Who bears what, in fen, by the names of `Answer.shares`. `knows_fiscal`: whether the treasury's part is told."""

    shares: Mapping[str, Fen]
    benefit_tier: str | None = None
    knows_fiscal: bool = True

    @classmethod
    def of(cls, price: Price, help_: Help) -> "Bearing":
        """A price, less what is paid for the person."""
        helped = help_.amount_fen if help_.outcome == "subsidy" else 0
        shares = {"person": price.total_fen - helped} | ({help_.paid_by: helped} if helped else {})
        return cls(shares, price.benefit_tier)

    @property
    def amount_fen(self) -> Fen:
        """What the payer pays."""
        return self.shares["person"] + self.shares.get("fiscal", 0)

    def plus(self, fen: Fen) -> "Bearing":
        """The same with something more for the person to pay."""
        return Bearing(
            {**self.shares, "person": self.shares["person"] + fen}, self.benefit_tier, self.knows_fiscal
        )

    def with_fiscal(self, case: Case, said: Value[object]) -> "Bearing":
        """The same with the treasury's part for the person to pay; unknown blocks the quote (E5, 桂林)."""
        fiscal_fen = case.pack.fiscal_subsidy.known
        if fiscal_fen is None:
            case.note(case.pack.fiscal_subsidy, "补缴要加上财政补助部分，这个数还没有公布。")
            raise case.unknown("late")
        case.note(said, f"财政补助{money_text(fiscal_fen)}也由个人缴。")
        case.note(case.pack.fiscal_subsidy, f"人均财政补助标准{money_text(fiscal_fen)}。")
        return Bearing({**self.shares, "fiscal": fiscal_fen}, self.benefit_tier)


def charge(
    case: Case,
    bearing: Bearing,
    help_: Help,
    cover: Cover,
    until: Until,
    years: tuple[int, ...] | None = None,
    kind: Kind | None = None,
) -> Answer:
    """The answer with its amounts: what the person pays, and what is paid for them.

    `kind`: given for a late price; else special where somebody helps.
    """
    bearing = _with_repair(bearing, cover)
    is_helped = any(payer not in ("person", "fiscal") for payer in bearing.shares)
    case.reasons += cover.reasons
    given: Kind = kind or ("special" if is_helped else "normal")
    refusal = push(case, help_) if bearing.amount_fen and is_helped and kind is None else None
    if given == "normal" and bearing.amount_fen:
        _ask_first(case)
    return Answer(
        outcome="payable" if bearing.amount_fen else "zero",
        kind=given,
        amount_fen=bearing.amount_fen,
        shares=bearing.shares,
        fiscal_subsidy_fen=_fiscal_fen(case, bearing),
        cover=cover.span,
        group=help_.group if is_helped else None,
        price_valid_until=until.price,
        payable_until=until.payable,
        reasons=tuple(case.reasons),
        refusal=refusal,
        wait=cover.wait,
        years=years or (case.pack.benefit_year,),
        needs=cover.needs,
        closes_at=until.closes_at if until.payable == until.price else None,
        benefit_tier=bearing.benefit_tier,
    )


def _fiscal_fen(case: Case, bearing: Bearing) -> Fen | None:
    """What the treasury pays for the person; None: not stated."""
    if "fiscal" in bearing.shares:
        return 0
    return case.pack.fiscal_subsidy.known if bearing.knows_fiscal else None


def _with_repair(bearing: Bearing, cover: Cover) -> Bearing:
    """The years bought off are part of what is paid (E9)."""
    wait = cover.wait
    return bearing.plus(wait.repaired_years * wait.repair_fen) if wait and wait.repair_fen else bearing


def _ask_first(case: Case) -> None:
    """The system cannot know it of an unmarked person, so it is put to the payer as advice (CZ-09, SX-09)."""
    said = case.pack.assistance.confirm_before_normal
    if said.known:
        case.note(said, "先确认不是资助对象：缴过就不能改按资助缴。", "advice")
