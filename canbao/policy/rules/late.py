"""错过集中缴费期: what the late band asks, whom it spares, and what it takes away."""

from canbao.basics.days import ONE_DAY
from canbao.basics.money import Fen
from canbao.policy.format.sections import LateBand
from canbao.policy.rules.answer import Answer
from canbao.policy.rules.case import Case, Until, charge, group_name, outside
from canbao.policy.rules.cover import late_cover
from canbao.policy.rules.subsidy import Help
from canbao.policy.rules.window import Window
from canbao.policy.rules.wording import money_text

NOT_SAID = "错过以后怎么缴，通告没有写。"


def late(case: Case, price_fen: Fen, help_: Help, now: Window) -> Answer:
    """After the period: the late band answers, or nobody does (CZ-10, E5)."""
    band = _band(case, now)
    word = band.price.known if band else None
    if band is None or word is None or word == "closed":
        if band:
            case.note(band.price, NOT_SAID if word is None else "集中缴费期过后不再收费。")
        raise outside(case, now, NOT_SAID if word is None else "这一年度不再收费。")
    until = Until(band.closes.known, band.closes.known)
    if help_.group in (band.spared_groups.known or ()):
        return _spared(case, band, price_fen, help_, until)
    own = _own_shares(case, band, price_fen, help_)
    fiscal_fen = _fiscal_paid_by_person(case, band) if word == "individual_and_fiscal" else 0
    cover, reason = late_cover(case.pack, band.waiting, band.coverage_start, case.person, case.on)
    amount_fen = own["person"] + fiscal_fen
    return Answer(
        outcome="payable" if amount_fen else "zero",
        kind="late",
        amount_fen=amount_fen,
        shares=own | ({"fiscal": fiscal_fen} if fiscal_fen else {}),
        fiscal_subsidy_fen=0 if fiscal_fen else case.pack.fiscal_subsidy.known,
        cover=cover,
        group=help_.group if len(own) > 1 else None,
        price_valid_until=until.price,
        payable_until=until.payable,
        reasons=(*case.reasons, reason),
    )


def _own_shares(case: Case, band: LateBand, price_fen: Fen, help_: Help) -> dict[str, Fen]:
    """The individual part: helped still, or help lost (E5, 西安), or the notice does not say."""
    if help_.outcome != "subsidy":
        return {"person": price_fen}
    kept = band.subsidy_kept.known
    if kept is None:
        case.note(
            band.subsidy_kept, f"{group_name(case.pack, help_.group or '')}补缴时还有没有资助，通告没有写。"
        )
        raise case.unknown("late", help_.group)
    if not kept:
        case.note(band.subsidy_kept, "错过集中缴费期，不再享受资助。")
        return {"person": price_fen}
    return {"person": price_fen - help_.amount_fen, help_.paid_by: help_.amount_fen}


def _band(case: Case, now: Window) -> LateBand | None:
    for band in case.pack.late.values():
        opens = band.opens.known or (now.closes + ONE_DAY if now.closes else case.on)
        if opens <= case.on and (band.closes.known is None or case.on <= band.closes.known):
            return band
    return None


def _spared(case: Case, band: LateBand, price_fen: Fen, help_: Help, until: Until) -> Answer:
    """An assisted person who is late: the own part only, the price is not raised."""
    case.note(band.spared_groups, "资助对象错过集中缴费期，不加收财政补助部分。")
    cover = late_cover(case.pack, band.waiting, band.coverage_start, case.person, case.on)
    return charge(case, price_fen, help_, cover, until)


def _fiscal_paid_by_person(case: Case, band: LateBand) -> Fen:
    """The treasury's part, which a late payer bears; unknown blocks the quote (E5, 桂林)."""
    fiscal_fen = case.pack.fiscal_subsidy.known
    if fiscal_fen is None:
        case.note(case.pack.fiscal_subsidy, "补缴要加上财政补助部分，这个数还没有公布。")
        raise case.unknown("late")
    case.note(band.price, f"错过集中缴费期，财政补助{money_text(fiscal_fen)}也由个人缴。")
    case.note(case.pack.fiscal_subsidy, f"人均财政补助标准{money_text(fiscal_fen)}。")
    return fiscal_fen
