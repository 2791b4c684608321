"""What a row of a roster comes to: by number, then by name, then by what the person is marked with already.

Nothing is written here: a dry run and the real one ask the same question.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from canbao.basics.areas import lineage, pooling_area_of
from canbao.basics.documents import RESIDENT_ID, normal_name
from canbao.policy.rules.subsidy import group_entry, group_named
from canbao.records.exchange.roster_lines import Holder, LineRow, holder_of, holders, same_numbers
from canbao.records.models import Roster
from canbao.records.money.bills import current_bills
from canbao.records.people.facts import MarkRow, marks_of
from canbao.records.people.namesakes import Namesake, namesakes
from canbao.services.people.mark import Marking
from canbao.services.people.one_way import ONE_WAY_KINDS
from canbao.services.people.roster.enrol import DEPARTMENT, with_registrations
from canbao.services.people.roster.file import FileRows
from canbao.services.people.roster.judged import Judged
from canbao.services.system.env import Env

# The number leads to nobody: whom the name and the birthday may mean is for a person to say.
NUMBER_IN_DOUBT = (
    "number_unknown", "number_missing", "number_length", "number_digits", "number_check", "number_date", "number_as_float",
)  # fmt: skip


def judge(env: Env, roster: Roster, lines: Sequence[LineRow], file: FileRows) -> list[Judged]:
    """Judge rows of one roster, in the order given: a handful of statements for any number of them."""
    group_of = _groups(env, roster)
    by_department = _departments_groups(env, roster)
    people = holders(RESIDENT_ID, [line for line in lines if not line.fault])
    first = _first_rows(roster.id, lines, group_of)
    marks = marks_of(list({holder.person_id for holder in people.values()}))
    judged = []
    for line in lines:
        group = group_of(line.group_text)
        departments = group is not None and by_department(group)
        row = _judge_one(roster, line, group, people, first, marks, departments)
        judged.append(replace(row, group=group, is_departments=departments))
    judged = with_registrations(env, roster, _with_candidates(roster, judged), file)
    return _paid_before(judged, roster.benefit_year)


def _with_candidates(roster: Roster, judged: list[Judged]) -> list[Judged]:
    """Rows whose number leads to nobody, while somebody enrolled here has the name and the birthday."""
    asked = [row.line for row in judged if row.outcome in NUMBER_IN_DOUBT]
    known = {(one.name, one.birth_date) for one in candidates(roster, asked)}
    if not known:
        return judged
    return [
        replace(row, outcome="candidates")
        if row.outcome in NUMBER_IN_DOUBT and (normal_name(row.line.name), row.line.birth_date) in known
        else row
        for row in judged
    ]


def candidates(roster: Roster, lines: Sequence[LineRow]) -> list[Namesake]:
    """Whom these rows may mean, of those enrolled where the roster is about."""
    wanted = [(normal_name(line.name), line.birth_date) for line in lines if line.name and line.birth_date]
    return [one for one in namesakes(wanted) if one.area_code and roster.area_code in lineage(one.area_code)]


def _judge_one(
    roster: Roster,
    line: LineRow,
    group: str | None,
    people: dict[str, Holder],
    first: dict[tuple[str, str], int],
    marks: dict[int, list[MarkRow]],
    departments: bool,
) -> Judged:
    index = line.blind_index
    if line.fault or index is None or line.begin_date is None:
        return Judged(line, line.fault or "number_missing")
    if group is None:
        return Judged(line, "group_unknown")
    if first.get((index, group), line.row_no) < line.row_no:
        return Judged(line, "twice")
    holder = people.get(index)
    if holder is None:
        return Judged(line, "number_unknown")
    if normal_name(holder.name) != normal_name(line.name):
        return Judged(line, "name_differs")
    if holder.has_died:
        return Judged(line, "died")
    if holder.area_code is None:
        return Judged(line, "not_enrolled")
    if not _is_about(roster, holder.area_code, departments):
        return Judged(line, "not_enrolled_here")
    row = _marking(roster, line, group, line.begin_date, holder.person_id, marks.get(holder.person_id, ()))
    return _handing_over(row, holder) if departments else row


def _is_about(roster: Roster, area_code: str, departments: bool) -> bool:
    """A roster is about its area; a department's own people may go to school elsewhere in the pooling area (LZ-05)."""
    if departments:
        return pooling_area_of(area_code) == pooling_area_of(roster.area_code)
    return roster.area_code in lineage(area_code)


def _handing_over(row: Judged, holder: Holder) -> Judged:
    """Whoever enrolled in some other way is the department's from now on, or E-1020 would stand in their way for good."""
    if (
        row.outcome not in ("new_mark", "known")
        or holder.registered_by == DEPARTMENT
        or not holder.enrolment_id
    ):
        return row
    outcome = "handed_over" if row.outcome == "known" else row.outcome
    handed = (holder.enrolment_id, holder.registered_by)
    return replace(row, outcome=outcome, person_id=holder.person_id, enrolment_to_hand_over=handed)


def judge_as(env: Env, roster: Roster, line: LineRow, person_id: int) -> Judged:
    """What a row comes to, now that a person has said whom it means."""
    group = _groups(env, roster)(line.group_text)
    if group is None or line.begin_date is None:
        return Judged(line, "group_unknown" if group is None else "begin_missing")
    marks = marks_of([person_id]).get(person_id, ())
    judged = _marking(roster, line, group, line.begin_date, person_id, marks)
    if _departments_groups(env, roster)(group) and (holder := holder_of(person_id)):
        judged = _handing_over(judged, holder)
    return _paid_before([judged], roster.benefit_year)[0]


def as_new(env: Env, roster: Roster, line: LineRow) -> Judged:
    """What a row comes to, now that a person has said that it means nobody on the register."""
    nobody = Judged(line, "nobody")
    group = _groups(env, roster)(line.group_text)
    if line.fault or group is None or not _departments_groups(env, roster)(group):
        return nobody
    if holders(RESIDENT_ID, [line]):
        return nobody
    unknown = Judged(line, "number_unknown", group=group, is_departments=True)
    return with_registrations(env, roster, [unknown], FileRows(env, roster))[0]


def _marking(
    roster: Roster, line: LineRow, group: str, begin: date, person_id: int, marks: Sequence[MarkRow]
) -> Judged:
    held = [mark for mark in marks if mark.group == group]
    outcome = _against(held, begin, line.end_date)
    if outcome not in ("new_mark", "ended"):
        return Judged(line, outcome, person_id if outcome == "known" else None)
    marking = Marking(person_id, group, begin, roster.source_department, ended_date=line.end_date)
    return Judged(line, outcome, person_id, marking)


def _against(marks: Sequence[MarkRow], begin: date, end: date | None) -> str:
    """A row against the marks of the same person and group."""
    same = next((mark for mark in marks if mark.acquired_date == begin), None)
    if same is None:
        # a mark that is over is history; one still open, or one that begins while another lasts, is a question
        over = all(mark.ended_date is not None and mark.ended_date <= begin for mark in marks)
        return "new_mark" if over else "dates_differ"
    if end is None or same.ended_date == end:
        return "known"
    return "ended" if same.ended_date is None else "dates_differ"


def _groups(env: Env, roster: Roster) -> Callable[[str], str | None]:
    """The pack's groups by a department's words, each looked up once."""
    pack = env.packs.get(roster.area_code, roster.benefit_year, env.now)
    return cache(lambda words: group_named(pack, words))


def _departments_groups(env: Env, roster: Roster) -> Callable[[str], bool]:
    """Whether the pack leaves it to a department to register a group's people (LZ-05)."""
    pack = env.packs.get(roster.area_code, roster.benefit_year, env.now)
    return cache(lambda group: (entry := group_entry(pack, group)) is not None and entry.is_departments)


def _first_rows(
    roster_id: int, lines: Sequence[LineRow], group_of: Callable[[str], str | None]
) -> dict[tuple[str, str], int]:
    """The first row of the file for each number and group; names of one group are one."""
    first: dict[tuple[str, str], int] = {}
    usable = [line for line in lines if not line.fault]
    for row_no, index, words in same_numbers(roster_id, usable):
        group = group_of(words)
        if group is not None:
            first[index, group] = min(row_no, first.get((index, group), row_no))
    return first


def _paid_before(judged: list[Judged], benefit_year: int) -> list[Judged]:
    """E3: whoever paid the normal price, or was promised it by an open order, is listed."""
    new = [row.person_id for row in judged if row.outcome == "new_mark" and row.person_id is not None]
    bills = current_bills(new, benefit_year)
    fixed = {
        person_id for person_id, bill in bills.items() if bill.is_fixed and bill.content.kind in ONE_WAY_KINDS
    }
    return [
        replace(row, outcome="normal_before") if row.outcome == "new_mark" and row.person_id in fixed else row
        for row in judged
    ]
