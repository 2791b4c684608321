"""One kind of person, one day, one decision. The order of the questions is the order of this file."""

from datetime import date

from canbao.basics.refusals import ClassMismatch, OutsideWindow, RegisteredByDepartment
from canbao.policy.format.values import TimeOfDay, Value
from canbao.policy.pack import NO_MOMENT, Moment, Pack
from canbao.policy.rules.answer import Answer
from canbao.policy.rules.case import Case, Stop
from canbao.policy.rules.charge import Bearing, Until, charge
from canbao.policy.rules.cover import ordinary_cover
from canbao.policy.rules.help import help_of
from canbao.policy.rules.late import NOT_SAID, late
from canbao.policy.rules.newborn import birth_year, still_newborn
from canbao.policy.rules.price import Price, price_of
from canbao.policy.rules.student import lump_fen, student_cover, term_of
from canbao.policy.rules.subsidy import Help, group_entry
from canbao.policy.rules.window import Window, doubtful, unsaid_date, window
from canbao.policy.rules.wording import class_text, day_text
from canbao.policy.situation import Situation


def decide(pack: Pack, person: Situation, on: date, moment: Moment = NO_MOMENT) -> Answer:
    """The answer for one person, from scratch."""
    try:
        return _decide(Case(pack, person, on, moment.calendar, moment.at))
    except Stop as stop:
        return stop.answer


def _decide(case: Case) -> Answer:
    _must_be_open_class(case)
    _must_be_registered_by_department(case)
    birth = case.person.birth_date
    if birth and birth.year == case.pack.benefit_year:
        return birth_year(case, birth)
    _must_be_registered_in_time(case)
    price = price_of(case)
    case.individual_fen = price.individual_fen
    help_ = help_of(case, price)
    now = window(case.pack, case.person, case.on, case.calendar)
    if now.state != "open" and (needs := doubtful(case.pack, case.person, case.on, case.calendar)):
        raise case.needs(needs)
    if now.state == "after" or _too_late_today(case, now):
        return still_newborn(case) or late(case, price, help_, now)
    return _in_period(case, price, help_, now)


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
        if entry and mark.acquired_date <= case.on and entry.is_departments:
            case.note(entry.registered_by, f"{entry.name}由主管部门办理参保登记。")
            raise case.stop(RegisteredByDepartment(department=case.pack.registrar), "special", mark.group)


def _must_be_registered_in_time(case: Case) -> None:
    """A deadline of its own for registering, earlier than the one for paying."""
    said = case.pack.collection.registration_closes
    if said.known is None or case.on <= said.known:
        return
    if case.person.registered_date is None:
        raise case.needs(["registered_date"])
    if case.person.registered_date > said.known:
        text = f"参保登记到{day_text(said.known)}为止。"
        case.note(said, text)
        raise case.stop(OutsideWindow(window=text, next_opening="这一年度不再登记。"))


def _closing_time(case: Case, now: Window) -> TimeOfDay | None:
    """The time at which the common last day ends; `24:00`, or a last day of one's own, is the whole day."""
    end = case.pack.collection.closes_at.known
    cohort = case.pack.collection.cohorts.get(now.cohort) if now.cohort else None
    if end is None or end.is_end_of_day or (cohort and cohort.closes.known):
        return None
    return end


def _too_late_today(case: Case, now: Window) -> bool:
    """On the last day, after the time at which it ends."""
    end = _closing_time(case, now)
    if end is None or now.state != "open" or now.closes != case.on:
        return False
    if case.at is None:
        raise case.needs(["at"])
    late_today = (case.at.hour, case.at.minute) >= (end.hour, end.minute)
    if late_today:
        case.note(case.pack.collection.closes_at, f"最后一天到{end}为止。")
    return late_today


def _in_period(case: Case, price: Price, help_: Help, now: Window) -> Answer:
    """Inside the collection period, or not yet, or not on this day of the month."""
    is_zero = help_.outcome == "subsidy" and help_.amount_fen == price.total_fen
    if now.state == "open" or (now.state == "masked" and is_zero):  # the days of the month bind payments only
        return _charged(case, price, help_, now)
    if now.state == "year_over":
        raise case.outside(now, f"{case.pack.benefit_year}年度已经过去，不再收费。")
    if now.state == "unknown":
        _must_have_dates(case, now)
        word = "这个月哪几天能缴" if now.mask and now.mask.leaves_open(case.on) else "开始的日子"
        raise case.outside(now, f"{word}没有写，请先打电话问。")
    raise case.outside(now, f"{day_text(now.next_opening)}起可以缴。" if now.next_opening else NOT_SAID)


def _must_have_dates(case: Case, now: Window) -> None:
    """A date of the person's own that is not stated: the late price, or anybody else's date, is not theirs."""
    cohort = case.pack.collection.cohorts.get(now.cohort or "")
    said = unsaid_date(cohort) if cohort else None
    if cohort and said:
        word = "可以缴到哪天" if said is cohort.closes else "从哪天起可以缴"
        case.note(said, f"{cohort.label}{word}，通告没有写。")
        raise case.unknown()


def _charged(case: Case, price: Price, help_: Help, now: Window) -> Answer:
    _note_window(case, now)
    term = term_of(case, help_)
    cover = student_cover(case, term, ordinary_cover(case))
    bearing = Bearing.of(price, help_).plus(lump_fen(case, term, price.total_fen))
    end = _closing_time(case, now)
    until = Until(now.closes, now.payable_until, str(end) if end else None)
    return charge(case, bearing, help_, cover, until, term.years)


def _closing_value(case: Case, now: Window) -> Value[date]:
    """What the pack says about the end of the present stretch of collecting."""
    period = case.pack.collection
    further = [one.closes for one in period.further.values() if one.opens.known == now.opens]
    return next(iter(further), period.closes)


def _note_window(case: Case, now: Window) -> None:
    period = case.pack.collection
    cohort = next((entry for key, entry in period.cohorts.items() if key == now.cohort), None)
    if cohort and cohort.closes.known and now.closes:
        case.note(cohort.closes, f"{cohort.label}可以缴到{day_text(now.closes)}。")
    elif now.closes:
        said = _closing_value(case, now)
        moved = case.pack.needs_calendar and now.closes != said.known
        guessed = case.calendar is not None and case.calendar.is_estimate(now.closes)
        word = ("（遇放假顺延）" if moved else "") + ("（放假安排还没有公布，是估计）" if guessed else "")
        text = f"集中缴费期到{day_text(now.closes)}{word}。"
        case.note(period.moves_for_holidays if moved else said, text)
    else:
        case.note(period.closes, "集中缴费期的截止日期，通告没有写。")
