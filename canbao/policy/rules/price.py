"""多少钱: the price of a person's class, in its parts, before any help."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from canbao.basics.money import Fen
from canbao.policy.format.sections import PriceClass
from canbao.policy.format.values import UNSAID
from canbao.policy.rules.case import Case
from canbao.policy.rules.who import fits, missing
from canbao.policy.rules.wording import money_text


@dataclass(frozen=True)
class Price:
    """The individual price and its surcharges. `benefit_tier`: whose benefits are received, if another's."""

    individual_fen: Fen
    surcharges: Mapping[str, Fen] = field(default_factory=dict)
    benefit_tier: str | None = None

    @property
    def total_fen(self) -> Fen:
        """Everything together."""
        return self.individual_fen + sum(self.surcharges.values())


def price_of(case: Case) -> Price:
    """The individual price of the person's class with its surcharges.

    Raises:
        Stop: no class fits, a fact is missing that would tell which, or the figure may not be charged.
    """
    entry = _class_of(case)
    price_fen = entry.individual.known
    if price_fen is None:
        word = "没有核实" if entry.individual.status == "unverified" else "没有公布"
        case.note(entry.individual, f"{entry.label}的个人缴费标准{word}。")
        raise case.unknown()
    case.note(entry.individual, f"{entry.label}个人缴费标准每人每年{money_text(price_fen)}。")
    surcharges = {name: _surcharge(case, entry, name) for name in entry.surcharges}
    tier = entry.benefit_tier.known
    if tier is not None:
        case.note(entry.benefit_tier, f"按{tier}档享受待遇。")
    return Price(price_fen, surcharges, tier)


def _class_of(case: Case) -> PriceClass:
    """The first class that fits. One before it that might fit makes the price a guess, so the fact is asked for."""
    needs: list[str] = []
    for entry in case.pack.prices.values():
        fit = fits(entry.who, case.person, case.on)
        if fit:
            break
        needs += missing(entry.who, case.person) if fit is None else ()
    else:
        entry = PriceClass("")
    if needs:
        raise case.needs(needs)
    if not entry.label:
        case.note(UNSAID, "这一类人的缴费标准，通告没有写。")
        raise case.unknown()
    return entry


def _surcharge(case: Case, entry: PriceClass, name: str) -> Fen:
    said = entry.surcharges[name]
    if said.known is None:
        case.note(said, f"另收的{said.note or name}没有公布。")
        raise case.unknown()
    case.note(said, f"另收{said.note or name}{money_text(said.known)}。")
    return said.known
