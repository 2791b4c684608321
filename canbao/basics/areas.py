"""Division codes: six digits that carry province, prefecture and county inside."""

NATION = "100000"
_DIGITS = {"province": 2, "prefecture": 4, "county": 6}


def level_of(code: str) -> str:
    """`nation`, `province`, `prefecture` or `county`.

    Raises:
        ValueError: not six digits.
    """
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        raise ValueError(f"not an area code: {code!r}")
    if code == NATION:
        return "nation"
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def lineage(code: str) -> tuple[str, ...]:
    """The code and its parents, the nearest first: 371503 → 371500 → 370000 → 100000."""
    level_of(code)
    chain = [code, code[:4] + "00", code[:2] + "0000", NATION]
    return tuple(dict.fromkeys(chain)) if code != NATION else (NATION,)


def pooling_area_of(code: str) -> str:
    """The prefecture that pools the money (统筹区) of a county or of itself."""
    return code[:4] + "00"


def prefix_of(code: str) -> str:
    """What the codes of an area and all below it begin with; empty for the nation."""
    return "" if code == NATION else code[: _DIGITS[level_of(code)]]
