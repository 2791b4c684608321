"""What a row of a school's or village's list comes to, before anything is written: a dry run asks the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.areas import pooling_area_of
from canbao.basics.days import full_years
from canbao.basics.documents import (
    RESIDENT_ID,
    BadNumber,
    ResidentId,
    id_type_of,
    normal_name,
    parse_resident_id,
)
from canbao.basics.refusals import DeathMarked, EnrolledElsewhere, InEmployeeScheme, Refusal
from canbao.channels.roster import RosterRow
from canbao.policy.format.vocabulary import PERSON_CLASSES, class_named
from canbao.policy.pack import Pack
from canbao.policy.rules.subsidy import group_entry
from canbao.records.people.facts import EMPLOYEE_SCHEME, MarkRow, marks_of
from canbao.records.people.find import Holder, holders_of
from canbao.services.people.others import barred_people
from canbao.services.people.registration.judge import current_pack
from canbao.services.people.roster.judged import OUTCOMES as ROSTER_OUTCOMES
from canbao.services.people.roster.judged import Outcome
from canbao.services.system.env import Env

_SHARED = (
    "name_differs", "number_as_float", "number_length", "number_digits", "number_check", "number_date",
    "name_missing", "number_missing", "merged_cells", "class_age", "bad_date", "end_before_begin", "too_long", "died",
)  # fmt: skip
OUTCOMES: dict[str, Outcome] = {
    "new_person": Outcome("ok", "新登记。"),
    "new_enrolment": Outcome("ok", "以前登记过，已恢复。"),
    "already_enrolled": Outcome("ok", "已经在本地登记，没有变化。"),
    "enrolled_elsewhere": Outcome("doubtful", "这个人在外地参保，要先在那里停保。"),
    "in_employee_scheme": Outcome("doubtful", "这个人正在参加职工医保。"),
    "death_marked": Outcome("doubtful", "别的系统里有停保或者注销的标识，请核对。"),
    "by_department": Outcome("doubtful", "这个人是困难对象，由主管部门登记。"),
    "class_unknown": Outcome("bad", "人员类别看不懂，或者没有写。"),
    "certificate": Outcome("bad", "名单只收身份证号。用出生证登记的，请单独申请。"),
    "twice": Outcome("bad", "同一个号码在前面已经有一行，前面那行算数。"),
    **{name: ROSTER_OUTCOMES[name] for name in _SHARED},
}
_NOBODY = ResidentId("", date.min, "")


@dataclass(frozen=True)
class Class:
    """What holds for every row of a list: the class where a row names none, the area, who registers."""

    person_class: str | None
    area_code: str
    registered_by: str


@dataclass(frozen=True)
class Judged:
    """One row and what it comes to; `registers`: it puts somebody on the register."""

    row: RosterRow
    outcome: str
    number: ResidentId = _NOBODY
    person_class: str = ""

    @property
    def registers(self) -> bool:
        """Whether applying the row changes anything."""
        return self.outcome in ("new_person", "new_enrolment")


def judge(env: Env, given: Class, rows: Sequence[RosterRow], seen: dict[str, int]) -> list[Judged]:
    """Judge rows in the file's order: two statements for any number of them. `seen` remembers numbers across chunks."""
    on = env.local_date(given.area_code)
    read = [_read(row, given, on) for row in rows]
    places = [n for n, row in enumerate(read) if row.registers]
    buckets = [env.sealer.bucket(RESIDENT_ID, read[n].number.number) for n in places]
    indexes = [env.sealer.blind_index(RESIDENT_ID, read[n].number.number) for n in places]
    holders = holders_of(buckets, indexes)
    marks = marks_of([holder.id for holder in holders.values()])
    barred = barred_people(env, [(holder.id, given.area_code) for holder in holders.values()])
    pack = current_pack(env, given.area_code)
    for n, index in zip(places, indexes, strict=True):
        row = read[n]
        if seen.setdefault(index, row.row.row_no) != row.row.row_no:
            outcome = "twice"
        else:
            outcome = _against(row, given, pack, holders.get(index), marks, on)
            outcome = _by_others(outcome, barred.get(holders[index].id) if index in holders else None)
        read[n] = Judged(row.row, outcome, row.number, row.person_class)
    return read


def _read(row: RosterRow, given: Class, on: date) -> Judged:
    """By the row alone; `new_person` where nothing is wrong with it."""
    if row.fault:
        return Judged(row, row.fault)
    if id_type_of(row.number) != RESIDENT_ID:
        return Judged(row, "certificate")
    try:
        number = parse_resident_id(row.number, on)
    except BadNumber as bad:
        return Judged(row, f"number_{bad.reason}")
    person_class = class_named(row.group) if row.group else given.person_class
    if person_class is None:
        return Judged(row, "class_unknown")
    if not PERSON_CLASSES[person_class].fits(full_years(number.birth_date, on)):
        return Judged(row, "class_age")
    return Judged(row, "new_person", number, person_class)


Against = Literal[
    "new_person", "new_enrolment", "already_enrolled", "name_differs", "enrolled_elsewhere",
    "in_employee_scheme", "by_department", "died", "death_marked",
]  # fmt: skip
_BARRED: dict[type[Refusal], Against] = {
    InEmployeeScheme: "in_employee_scheme",
    EnrolledElsewhere: "enrolled_elsewhere",
    DeathMarked: "death_marked",
}


def _against(
    row: Judged,
    given: Class,
    pack: Pack,
    holder: Holder | None,
    marks: dict[int, list[MarkRow]],
    on: date,
) -> Against:
    """By what the register knows of whoever holds the number."""
    if holder is None:
        return "new_person"
    if normal_name(holder.name) != normal_name(row.row.name):
        return "name_differs"
    if holder.has_died:
        return "died"
    if EMPLOYEE_SCHEME in holder.enrolled:
        return "in_employee_scheme"
    area = next(iter(holder.enrolled.values()), None)
    if area:
        here = pooling_area_of(area) == pooling_area_of(given.area_code)
        return "already_enrolled" if here else "enrolled_elsewhere"
    held = [
        m
        for m in marks.get(holder.id, ())
        if m.acquired_date <= on and not (m.ended_date and m.ended_date <= on)
    ]
    if given.registered_by != "department" and any(_is_departments(pack, mark) for mark in held):
        return "by_department"
    return "new_enrolment"


def _by_others(outcome: Against, refusal: Refusal | None) -> Against:
    """What other systems say stands in the way of a row that would register somebody."""
    if outcome != "new_enrolment" or refusal is None:
        return outcome
    return _BARRED[type(refusal)]


def _is_departments(pack: Pack, mark: MarkRow) -> bool:
    entry = group_entry(pack, mark.group)
    return entry is not None and entry.is_departments
