"""One kind of person, one day, one decision. The order of the questions is the order of this file."""

from datetime import date

from canbao.basics.days import year_span
from canbao.basics.money import Fen
from canbao.basics.refusals import ClassMismatch, RegisteredByDepartment
from canbao.policy.format.values import Start, Value
from canbao.policy.pack import Pack
from canbao.policy.rules.answer import Answer
from canbao.policy.rules.case import Case, Stop, Until, charge, help_of, outside, price_of
from canbao.policy.rules.cover import Cover, benefit_span, cover_from, ordinary_cover
from canbao.policy.rules.late import NOT_SAID, late
from canbao.policy.rules.subsidy import Help, group_entry
from canbao.policy.rules.window import Window, window
from canbao.policy.rules.wording import class_text, day_text
from canbao.policy.situation import Situation


def decide(pack: Pack, person: Situation, on: date) -> Answer:
    """The answer for one person, from scratch."""
    case = Case(pack, person, on)
    try:
        return _decide(case)
    except Stop as stop:
        return stop.answer


def _decide(case: Case) -> Answer:
    _must_be_open_class(case)
    _must_be_registered_by_department(case)
    birth = case.person.birth_date
    if birth and birth.year == case.pack.benefit_year:
        return _birth_year(case, birth)
    price_fen = price_of(case)
    help_ = help_of(case, price_fen)
    now = window(case.pack, case.person, case.on)
    if now.state == "after":
        return late(case, price_fen, help_, now)
    return _in_period(case, price_fen, help_, now)


def _must_be_open_class(case: Case) -> None:
    """Only the classes whose port is open may pay (CP-17)."""
    said = case.pack.collection.open_classes
    if said.known is None or case.person.person_class in said.known:
        return
    open_entry = next(
        (e for e in case.pack.prices.values() if set(e.who.person_classes) & set(said.known)), None
    )
    open_text = open_entry.label if open_entry else "、".join(class_text(word) for word in said.known)
    case.note(said, f"现在只开放{open_text}缴费。")
    raise case.stop(ClassMismatch(open_classes=open_text, person_class=class_text(case.person.person_class)))


def _must_be_registered_by_department(case: Case) -> None:
    """Hardship students are registered by a department; until it has done so nothing is charged (LZ-05)."""
    if case.person.registered_by == "department":
        return
    for mark in case.person.marks:
        entry = group_entry(case.pack, mark.group)
        if entry and mark.acquired_date <= case.on and entry.registered_by.known == "department":
            case.note(entry.registered_by, f"{entry.name}由主管部门办理参保登记。")
            raise case.stop(RegisteredByDepartment(), "special", mark.group)


def _birth_year(case: Case, birth: date) -> Answer:
    """Born in the benefit year: the newborn rules answer, not the collection period (CZ-04, FY-09)."""
    rule = case.pack.newborn
    if rule.birth_year_free.known:
        case.note(rule.birth_year_free, "新生儿出生当年不缴费，登记后享受待遇。")
        span, reason = _newborn_cover(case, rule.birth_year_coverage)
        reasons = (*case.reasons, reason)
        fiscal_fen = case.pack.fiscal_subsidy.known
        return Answer("zero", "normal", 0, {"person": 0}, fiscal_fen, span, reasons=reasons)
    for band in rule.bands.values():
        end = band.within.known.after(birth) if band.within.known else date.min
        if case.on < end or (case.on == end and band.last_day_counts.known is True):
            case.note(band.within, f"新生儿出生{band.within.known}内缴费，到{day_text(end)}。")
            price_fen = price_of(case)
            help_ = help_of(case, price_fen)
            return charge(case, price_fen, help_, _newborn_cover(case, band.coverage_start), Until(end, end))
    said: Value[object] = rule.after_bands if rule.bands else rule.birth_year_free
    case.note(said, "这个时候新生儿怎么缴费，通告没有写。")
    raise case.unknown()


def _newborn_cover(case: Case, start: Value[Start]) -> Cover:
    period = benefit_span(case.pack) or year_span(case.pack.benefit_year)
    return cover_from(start, period, case.person, case.on)


def _in_period(case: Case, price_fen: Fen, help_: Help, now: Window) -> Answer:
    """Inside the collection period, or not yet, or not on this day of the month."""
    is_zero = help_.outcome == "subsidy" and help_.amount_fen == price_fen
    if now.state == "open" or (now.state == "masked" and is_zero):  # the days of the month bind payments only
        _note_window(case, now)
        cover = ordinary_cover(case.pack, case.person, case.on)
        return charge(case, price_fen, help_, cover, Until(now.closes, now.payable_until))
    if now.state == "year_over":
        raise outside(case, now, f"{case.pack.benefit_year}年度已经过去，不再收费。")
    if now.state == "unknown":
        raise outside(case, now, "开始的日子没有写，请先打电话问。")
    raise outside(case, now, f"{day_text(now.next_opening)}起可以缴。" if now.next_opening else NOT_SAID)


def _note_window(case: Case, now: Window) -> None:
    period = case.pack.collection
    cohort = next((entry for key, entry in period.cohorts.items() if key == now.cohort), None)
    if cohort and cohort.closes.known and now.closes:
        case.note(cohort.closes, f"{cohort.label}可以缴到{day_text(now.closes)}。")
    elif now.closes:
        case.note(period.closes, f"集中缴费期到{day_text(now.closes)}。")
    else:
        case.note(period.closes, "集中缴费期的截止日期，通告没有写。")
