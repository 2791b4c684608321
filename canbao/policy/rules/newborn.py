"""新生儿: the bands from birth answer, not the collection period (E7, N-11-10).

For who is born in the benefit year always; for who is born in the year before, once the period is over.
"""

from dataclasses import replace
from datetime import date

from canbao.basics.days import Span, year_span
from canbao.basics.money import Fen
from canbao.policy.format.sections import NewbornBand
from canbao.policy.format.values import Start, Value
from canbao.policy.rules.answer import Answer
from canbao.policy.rules.case import Case
from canbao.policy.rules.charge import Bearing, Until, charge
from canbao.policy.rules.cover import Cover, benefit_span, cover_from
from canbao.policy.rules.help import help_of
from canbao.policy.rules.price import price_of
from canbao.policy.rules.subsidy import Help
from canbao.policy.rules.wording import day_text, money_text

NOBODY = Help("nobody")


def birth_year(case: Case, birth: date) -> Answer:
    """The answer for the year of birth."""
    rule = case.pack.newborn
    if rule.birth_year_free.known:
        case.note(rule.birth_year_free, "新生儿出生当年不缴费，登记后享受待遇。")
        cover = _cover(case, rule.birth_year_coverage)
        return charge(case, Bearing({"person": 0}), NOBODY, cover, Until(None, None))
    for band in rule.bands.values():
        end = _end(case, band, birth)
        if end is not None and _measured(case, band) <= end:
            return _in_band(case, band, birth, end)
    said: Value[object] = rule.after_bands if rule.bands else rule.birth_year_free
    case.note(said, "这个时候新生儿怎么缴费，通告没有写。")
    raise case.unknown()


def still_newborn(case: Case) -> Answer | None:
    """The answer for who is born in the year before, as long as a band runs on: no late payer. None: none runs."""
    rule, year_before = case.pack.newborn, case.pack.benefit_year - 1
    birth = case.person.birth_date or _latest_birth(case, year_before)
    if rule.birth_year_free.known or birth is None or birth.year != year_before or birth > case.on:
        return None
    for band in rule.bands.values():
        end = _end(case, band, birth)
        if end is None or case.on > end:
            continue
        if case.person.birth_date is None:
            raise case.needs(["birth_date"])
        if _measured(case, band) <= end:
            return _in_band(case, band, birth, end)
    return None


def _latest_birth(case: Case, year: int) -> date | None:
    """The last birthday of a year, for a newborn whose own is unknown."""
    return min(year_span(year).last_date, case.on) if case.person.person_class == "newborn" else None


def _end(case: Case, band: NewbornBand, birth: date) -> date | None:
    """The last day inside the band; None where the notice does not say how long it is."""
    if band.to_year_end.known:
        return year_span(birth.year).last_date
    within = band.within.known
    if within is None:
        return None
    end = within.after(birth)
    return end if band.last_day_counts.known else date.fromordinal(end.toordinal() - 1)


def _measured(case: Case, band: NewbornBand) -> date:
    """The day that must fall into the band: of paying, or of registering."""
    if band.measured_at.known != "registration":
        return case.on
    if case.person.registered_date is None:
        raise case.needs(["registered_date"])
    return case.person.registered_date


def _in_band(case: Case, band: NewbornBand, birth: date, end: date) -> Answer:
    said = band.to_year_end if band.to_year_end.known else band.within
    word = "登记" if band.measured_at.known == "registration" else "缴费"
    case.note(said, f"{band.label}：到{day_text(end)}{word}。")
    price = band.price.known
    if price is None or price == "closed":
        case.note(
            band.price, "这个时候新生儿怎么缴费，通告没有写。" if price is None else "这个时候不再收费。"
        )
        raise case.unknown()
    if price == "free":
        case.note(band.price, "不缴费。")
        return charge(
            case, Bearing({"person": 0}), NOBODY, _cover(case, band.coverage_start), Until(end, end)
        )
    cost = price_of(case)
    help_ = help_of(case, cost)
    bearing = Bearing.of(cost, help_)
    if price == "individual_and_fiscal":
        bearing = bearing.with_fiscal(case, band.price)
    cover = _cover(case, band.coverage_start)
    until = Until(None, None) if band.measured_at.known == "registration" else Until(end, end)
    extra_fen = _next_year_fen(case, birth)
    if extra_fen is None:
        return charge(case, bearing, help_, cover, until)
    if help_.outcome == "subsidy":
        case.note(case.pack.newborn.across_years.obligation, "资助对象跨年出生怎么缴，通告没有写。")
        raise case.unknown("special", help_.group)
    years = (case.pack.benefit_year, case.pack.benefit_year + 1)
    return charge(case, bearing.plus(extra_fen), help_, _longer(cover), until, years)


def _next_year_fen(case: Case, birth: date) -> Fen | None:
    """What the year after costs, where it must or shall be paid at once; None: only this year."""
    rule = case.pack.newborn.across_years
    first, duty = rule.born_from.known, rule.obligation.known
    if (
        first is None
        or duty is None
        or birth.year < case.pack.benefit_year
        or birth < first.in_year(birth.year)
    ):
        return None
    if duty == "choice":
        if case.person.wanted_years is None:
            raise case.needs(["wanted_years"])
        if case.pack.benefit_year + 1 not in case.person.wanted_years:
            return None
    price_fen = rule.next_year_price.known
    case.note(rule.obligation, f"{day_text(first.in_year(birth.year))}以后出生的，连下一年度一起缴。")
    if price_fen is None:
        case.note(rule.next_year_price, "下一年度的标准没有公布。")
        raise case.unknown()
    case.note(rule.next_year_price, f"下一年度个人缴费标准{money_text(price_fen)}。")
    return price_fen


def _longer(cover: Cover) -> Cover:
    """The same cover, through the year after."""
    if cover.span is None:
        return cover
    last = year_span(cover.span.last_date.year + 1)
    return Cover(Span(cover.span.from_date, last.until_date), cover.reasons, cover.wait, cover.needs)


def _cover(case: Case, start: Value[Start]) -> Cover:
    """From the band's own start; who is born in the year before is not covered before the period begins."""
    period, person = benefit_span(case.pack) or year_span(case.pack.benefit_year), case.person
    if person.birth_date and person.birth_date.year < case.pack.benefit_year:
        person = replace(person, birth_date=max(person.birth_date, period.from_date))
    return cover_from(start, period, person, case.on)
