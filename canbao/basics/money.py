"""Money is an integer number of fen. There is no float and no yuan inside the house."""

import re
from collections.abc import Mapping
from decimal import Decimal

Fen = int

_PLAIN_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?")


def yuan_text(amount_fen: Fen) -> str:
    """Write fen the way people read them: 28000 → `280.00`."""
    sign = "-" if amount_fen < 0 else ""
    yuan, fen = divmod(abs(amount_fen), 100)
    return f"{sign}{yuan}.{fen:02d}"


def fen_from_yuan(text: str) -> Fen:
    """Read a yuan figure such as `280` or `87.50` exactly.

    Raises:
        ValueError: the text is not a plain amount, or is finer than one fen.
    """
    if not _PLAIN_AMOUNT.fullmatch(text):
        raise ValueError(f"not an amount: {text!r}")
    fen = Decimal(text) * 100
    if fen != fen.to_integral_value():
        raise ValueError(f"finer than one fen: {text!r}")
    return int(fen)


def percent_of(amount_fen: Fen, percent: Decimal) -> Fen:
    """Take a percentage, rounding half up to the fen (E1: 75 % of 350.00 is 262.50).

    Half up is the everyday rounding of Chinese public finance; the rule is named here once.
    """
    exact = Decimal(amount_fen) * percent / 100
    return int((exact + Decimal("0.5")) // 1)


def split_by_weight(amount_fen: Fen, weights: Mapping[str, int]) -> dict[str, Fen]:
    """Split an amount so that the parts sum to it exactly; the largest remainders get the spare fen.

    Raises:
        ValueError: a negative amount, no weights, or weights that are not positive in sum.
    """
    total = sum(weights.values())
    if amount_fen < 0 or total <= 0 or min(weights.values()) < 0:
        raise ValueError("a split needs an amount of zero or more and positive weights")
    floors = {name: amount_fen * weight // total for name, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda name: (-(amount_fen * weights[name] % total), name))
    for name in by_remainder[: amount_fen - sum(floors.values())]:
        floors[name] += 1
    return floors
