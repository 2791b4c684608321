"""错过集中缴费期: what the late band asks, whom it spares, and what it takes away."""

from datetime import date
from typing import Any

from canbao.basics.days import ONE_DAY
from canbao.policy.format.sections import LateBand
from canbao.policy.format.values import LatePrice, Value
from canbao.policy.rules.answer import Answer
from canbao.policy.rules.case import Case
from canbao.policy.rules.charge import Bearing, Until, charge
from canbao.policy.rules.cover import late_cover
from canbao.policy.rules.help import group_name
from canbao.policy.rules.price import Price
from canbao.policy.rules.subsidy import Help
from canbao.policy.rules.who import fits, missing
from canbao.policy.rules.window import Window
from canbao.policy.rules.wording import class_text, money_text

NOT_SAID = "错过以后怎么缴，通告没有写。"


def late(case: Case, price: Price, help_: Help, now: Window) -> Answer:
    """After the period: the late band answers, or nobody does (CZ-10, E5)."""
    band = band_of(case, now)
    asked = band.price.known if band else None
    if band is None or asked is None or asked.kind == "closed":
        if band:
            case.note(band.price, NOT_SAID if asked is None else "集中缴费期过后不再收费。")
        raise case.outside(now, NOT_SAID if asked is None else "这一年度不再收费。")
    until = Until(band.closes.known, band.closes.known)
    said = _sparing(case, band, help_)
    if said is not None:
        return _spared(case, band, said, price, help_, until)
    if asked.kind == "fixed":
        bearing = _fixed(case, band, asked, price, help_)
    else:
        bearing = _own(case, band, price, help_)
    if asked.kind == "individual_and_fiscal":
        bearing = bearing.with_fiscal(case, band.price)
    cover = late_cover(case, band.waiting, band.coverage_start)
    return charge(case, bearing, help_, cover, until, kind="late")


def _fixed(case: Case, band: LateBand, asked: LatePrice, price: Price, help_: Help) -> Bearing:
    """A sum that is the same for every class. What help would be of it, no notice says, so it is not reckoned."""
    if help_.outcome == "subsidy" and band.subsidy_kept.known is not False:
        name = group_name(case.pack, help_.group or "")
        case.note(band.subsidy_kept, f"{name}按定额补缴，资助怎么算，通告没有写。")
        raise case.unknown("late", help_.group)
    case.note(band.price, f"{band.label}每人{money_text(asked.amount_fen)}。")
    return Bearing({"person": asked.amount_fen}, price.benefit_tier, knows_fiscal=False)


def _own(case: Case, band: LateBand, price: Price, help_: Help) -> Bearing:
    """The individual part: helped still, or help lost (E5, 西安), or the notice does not say."""
    if help_.outcome != "subsidy":
        return Bearing.of(price, help_)
    kept = band.subsidy_kept.known
    if kept is None:
        name = group_name(case.pack, help_.group or "")
        case.note(band.subsidy_kept, f"{name}补缴时还有没有资助，通告没有写。")
        raise case.unknown("late", help_.group)
    if kept:
        return Bearing.of(price, help_)
    case.note(band.subsidy_kept, "错过集中缴费期，不再享受资助。")
    return Bearing({"person": price.total_fen}, price.benefit_tier)


def band_of(case: Case, now: Window) -> LateBand | None:
    """The first band about the person that a day falls into.

    The last day of the period, after its closing time, counts as the next.

    Raises:
        Stop: a fact that tells whom the band is about is missing, or its first day is kept for later.
    """
    day = case.on + ONE_DAY if now.state == "open" else case.on
    bands = list(case.pack.late.values())
    for place, band in enumerate(bands):
        opens = band.opens.known or (now.closes + ONE_DAY if now.closes else day)
        if opens > day or _is_over(band, bands[place + 1 :], day):
            continue
        fit = fits(band.who, case.person, case.on)
        if fit is None:
            raise case.needs(missing(band.who, case.person))
        if fit and band.opens.source and band.opens.known is None:
            case.note(band.opens, f"{band.label}从哪天起，通告没有写。")
            raise case.unknown("late")
        if fit:
            return band
    return None


def _is_over(band: LateBand, later: list[LateBand], day: date) -> bool:
    """Whether the band has ended: by its last day, or, where none is stated, by the next band about the same people."""
    if band.closes.known:
        return day > band.closes.known
    return any(one.who == band.who and one.opens.known and one.opens.known <= day for one in later)


def _sparing(case: Case, band: LateBand, help_: Help) -> Value[Any] | None:
    """What spares the person the higher price: the assisted group, or the class; None: nothing does.

    Raises:
        Stop: the person is assisted, and the notice leaves open whom it spares.
    """
    if help_.outcome == "subsidy" and band.spared_groups.source and band.spared_groups.known is None:
        case.note(
            band.spared_groups, f"{group_name(case.pack, help_.group or '')}补缴时加不加价，通告没有写。"
        )
        raise case.unknown("late", help_.group)
    if help_.group in (band.spared_groups.known or ()):
        return band.spared_groups
    return band.spared_classes if case.person.person_class in (band.spared_classes.known or ()) else None


def _spared(case: Case, band: LateBand, said: Value[Any], price: Price, help_: Help, until: Until) -> Answer:
    """Somebody who is late and spared: the own part only, the price is not raised."""
    who = "资助对象" if said is band.spared_groups else class_text(case.person.person_class)
    case.note(said, f"{who}错过集中缴费期，不加收财政补助部分。")
    cover = late_cover(case, band.waiting, band.coverage_start)
    return charge(case, Bearing.of(price, help_), help_, cover, until)
