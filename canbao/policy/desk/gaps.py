"""Holes and overlaps of a pack: ages nobody priced, bands that miss or cover each other, words nobody knows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from canbao.basics.days import ONE_DAY, add_months
from canbao.policy.format.faults import Fault, nearest_of
from canbao.policy.format.sections import LateBand, PriceClass
from canbao.policy.format.values import AgeRange, Who
from canbao.policy.format.vocabulary import DECLARATIONS
from canbao.policy.loader import is_value
from canbao.policy.pack import Pack
from canbao.policy.rules.who import fits
from canbao.policy.rules.wording import day_text, group_text, money_text, month_text
from canbao.policy.situation import Situation

DEAREST_FEN = 500_000
"""No resident price is near 5,000 yuan a year; a figure above it was written in fen."""


def gaps(pack: Pack) -> Iterator[Fault]:
    """Everything that misses or overlaps, as errors."""
    yield from _late(pack)
    yield from _months(pack)
    yield from _price_holes(pack)
    yield from _price_overlaps(pack)
    yield from _newborn_bands(pack)
    yield from _group_faults(pack)
    yield from _unknown_words(pack)
    yield from _wrong_units(pack)


def _error(key: str, text: str, near: str | None = None) -> Fault:
    return Fault("", 1, key, text, nearest=near)


def _late(pack: Pack) -> Iterator[Fault]:
    """Bands must follow the period and each other without a hole or an overlap; so must further periods."""
    expected = pack.collection.closes.known
    for name, period in pack.collection.further.items():
        if period.opens.known and expected and period.opens.known <= expected:
            yield _error(f"collection.further.{name}.opens", f"和前一段重叠，前一段到{day_text(expected)}")
        expected = period.closes.known
    ends: dict[Who, date | None] = {Who(): expected}
    for name, band in pack.late.items():
        yield from _follows(f"late.{name}", band, ends.get(band.who))
        ends[band.who] = band.closes.known
        price = band.price.known
        if price and price.kind == "fixed" and price.amount_fen > DEAREST_FEN:
            yield _error(
                f"late.{name}.price", f"{money_text(price.amount_fen)}太大，像是写成了分；yuan 里写元"
            )


def _follows(key: str, band: LateBand, expected: date | None) -> Iterator[Fault]:
    """A band begins the day after the last day before it: of the band about the same people, or of the period."""
    opens, closes = band.opens.known, band.closes.known
    if opens and expected and opens > expected + ONE_DAY:
        hole = f"{day_text(expected + ONE_DAY)}到{day_text(opens - ONE_DAY)}是空档；写上这一段，或者写 price: not_stated 的一段"
        yield _error(f"{key}.opens", hole)
    if opens and expected and opens <= expected:
        text = f"和前一段重叠，前一段到{day_text(expected)}；改成{day_text(expected + ONE_DAY)}"
        yield _error(f"{key}.opens", text)
    if opens and closes and closes < opens:
        yield _error(f"{key}.closes", f"截止日{day_text(closes)}早于开始日{day_text(opens)}")


def _months(pack: Pack) -> Iterator[Fault]:
    """A month with days of its own must be one, and lie where something is collected."""
    for month in pack.collection.days_of_month_in:
        key = f"collection.days_of_month_in.{month}"
        if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month):
            yield _error(key, f"“{month}”不是月份，要写成 2026-12")
        elif not _collects_in(pack, date.fromisoformat(f"{month}-01")):
            yield _error(key, f"{month_text(month)}不在收费的日子里，永远用不到；请核对年份和月份")


def _collects_in(pack: Pack, first: date) -> bool:
    """Whether any stretch of collecting, or anybody's own dates, touch the month."""
    period, last = pack.collection, add_months(first, 1) - ONE_DAY
    own, further = period.cohorts.values(), period.further.values()
    begins = [period.opens.known, *(one.opens.known for one in own), *(one.opens.known for one in further)]
    ends = [period.closes.known, *(one.closes.known for one in own), *(one.closes.known for one in further)]
    opens = min((day for day in begins if day), default=first)
    endless = period.closes.known is None
    return opens <= last and (endless or first <= max(day for day in ends if day))


def _price_holes(pack: Pack) -> Iterator[Fault]:
    """Ages for which no class has a price, though the classes are by age."""
    whos = [entry.who for entry in pack.prices.values()]
    if not any(who.ages or who.born_first_date or who.born_last_date for who in whos):
        return
    on = pack.collection.opens.known or date(pack.collection_year, 10, 1)
    for person in _samples(pack, whos):
        missing = [age for age in range(111) if not _priced(pack, person, age, on)]
        if missing:
            word = f"{missing[0]}到{missing[-1]}周岁" if len(missing) > 1 else f"{missing[0]}周岁"
            yield _error("prices", f"{word}没有缴费标准；补上这一档，或者写一档 individual: not_stated")
            return


def _samples(pack: Pack, whos: list[Who]) -> Iterator[Situation]:
    """One person of every combination of the other facts the classes look at."""
    classes = {word for who in whos for word in who.person_classes} | {"adult"}
    declared = {who.declared for who in whos} | {()}
    groups = {who.groups for who in whos if not who.groups}
    sexes = ("male", "female") if any(who.sex for who in whos) else (None,)
    tiers: list[str | None] = [*sorted({who.tier for who in whos if who.tier})] or [None]
    opened = pack.collection.open_classes.known
    for name in sorted(classes if opened is None else classes & set(opened)):
        for sex in sexes:
            for tier in tiers:
                for words in sorted(declared) if groups else [()]:
                    yield Situation(name, sex=sex, tier=tier, declarations=words)


def _priced(pack: Pack, person: Situation, age: int, on: date) -> bool:
    born = date(on.year - age, on.month, min(on.day, 28))
    aged = Situation(
        person.person_class,
        birth_date=born,
        sex=person.sex,
        tier=person.tier,
        declarations=person.declarations,
    )
    return any(fits(entry.who, aged, on) for entry in pack.prices.values())


def _price_overlaps(pack: Pack) -> Iterator[Fault]:
    """Two classes for the same people whose ages cross: the first would silently win."""
    entries = list(pack.prices.items())
    for place, (name, entry) in enumerate(entries):
        for _, other in entries[:place]:
            crossed = _crossing(entry, other)
            if crossed:
                text = f"{crossed.first}到{crossed.last}周岁和“{other.label}”重叠；改开始的年龄"
                yield _error(f"prices.{name}.who.ages", text)


def _crossing(one: PriceClass, other: PriceClass) -> AgeRange | None:
    if not one.who.ages or not other.who.ages or _rest(one.who) != _rest(other.who):
        return None
    first, last = max(one.who.ages.first, other.who.ages.first), min(one.who.ages.last, other.who.ages.last)
    return AgeRange(first, last) if first <= last else None


def _rest(who: Who) -> tuple[object, ...]:
    return (
        who.person_classes,
        who.groups,
        who.sex,
        who.tier,
        who.declared,
        who.born_first_date,
        who.born_last_date,
    )


def _newborn_bands(pack: Pack) -> Iterator[Fault]:
    """Each band reaches further than the one before it; what follows the rest of the year is never reached."""
    birth = date(pack.benefit_year, 1, 1)
    reached, closed = birth, False
    for name, band in pack.newborn.bands.items():
        key = f"newborn.bands.{name}"
        if closed:
            yield _error(key, "前一段已经到年底，这一段永远用不到；调换先后，或者去掉")
        within = band.within.known
        if within is None and band.to_year_end.known is None and name != [*pack.newborn.bands][-1]:
            text = f"{band.label}多长没有写：这一段不用，由后面的段回答；请核对后面的段"
            yield replace(_error(key, text), grade="note")
        end = within.after(birth) if within else None
        if end and end < reached:
            yield _error(key, f"{within}比前一段短，永远用不到；短的写在前面")
        reached, closed = end or reached, closed or band.to_year_end.known is True


def _group_faults(pack: Pack) -> Iterator[Fault]:
    groups = pack.assistance.groups
    for name, group in groups.items():
        base = group.base.known
        if base is not None and base not in pack.prices:
            text = f"没有“{base}”这一档；可以写：{'、'.join(pack.prices)}"
            yield _error(f"assistance.groups.{name}.base", text, nearest_of(base, tuple(pack.prices)))
        for part in group.includes:
            if part in groups:
                text = f"{group_text(part)}又单独列了一类；从 includes 里去掉，或者去掉单独的一类"
                yield _error(f"assistance.groups.{name}.includes", text)


def _unknown_words(pack: Pack) -> Iterator[Fault]:
    """Declared words that no vocabulary and no pack explains: nobody could ever fit."""
    known = (*DECLARATIONS, *pack.declarations)
    for key, word in _declared(pack.document):
        if word not in known:
            text = f"不认识的申报词“{word}”；写进 declarations，或者用：{'、'.join(known)}"
            yield _error(key, text, nearest_of(word, known))


def _declared(document: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every declared word of every condition, with its key."""
    if not isinstance(document, Mapping) or is_value(document):
        return
    for name, child in document.items():
        here = f"{key}.{name}".lstrip(".")
        if name == "who" and isinstance(child, Mapping):
            yield from ((f"{here}.declared", word) for word in child.get("declared", ()))
        else:
            yield from _declared(child, here)


def _wrong_units(pack: Pack) -> Iterator[Fault]:
    for name, entry in pack.prices.items():
        fen = entry.individual.known
        if fen and fen > DEAREST_FEN:
            text = f"{money_text(fen)}太大，像是写成了分；yuan 里写元"
            yield _error(f"prices.{name}.individual", text)
    fixed, floor = pack.waiting.fixed.known, pack.waiting.floor.known
    if fixed and floor and fixed.unit == floor.unit and floor.count < fixed.count:
        yield _error("waiting.floor", f"修复后最少{floor}，比固定等待期{fixed}还短，请核对")
