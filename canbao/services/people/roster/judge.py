"""What a row of a roster comes to: by number, then by name, then by what the person is marked with already.

Nothing is written here: a dry run and the real one ask the same question.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from canbao.basics.areas import lineage
from canbao.basics.documents import RESIDENT_ID, normal_name
from canbao.policy.rules.subsidy import group_named
from canbao.records.exchange.roster_lines import Holder, LineRow, holders, same_numbers
from canbao.records.models import Roster
from canbao.records.money.bills import current_bills
from canbao.records.people.facts import MarkRow, marks_of
from canbao.records.people.namesakes import Namesake, namesakes
from canbao.services.people.mark import Marking
from canbao.services.people.one_way import ONE_WAY_KINDS
from canbao.services.system.env import Env

Kind = Literal["ok", "doubtful", "bad"]


@dataclass(frozen=True)
class Outcome:
    """How a row counts, and what its department reads in 错误说明."""

    kind: Kind
    words: str


OUTCOMES: dict[str, Outcome] = {
    "new_mark": Outcome("ok", "新增标识。"),
    "known": Outcome("ok", "以前已经标识，没有变化。"),
    "ended": Outcome("ok", "标识已终止。"),
    # E3: the mark is a fact; what was paid, or promised to an open order, stays as it is
    "normal_before": Outcome("ok", "已标识。本人已按普通标准缴费或下单，账没有动，请按当地规定处理。"),
    "number_unknown": Outcome("doubtful", "参保登记里没有这个证件号码，请核对号码，或先办参保登记。"),
    "candidates": Outcome("doubtful", "证件号码找不到人，有同名同生日的人，等工作人员核对。"),
    "name_differs": Outcome("doubtful", "证件号码对得上，姓名对不上，请核对。"),
    "not_enrolled_here": Outcome("doubtful", "这个人现在不在本地参保，请核对参保地。"),
    "dates_differ": Outcome("doubtful", "这个人已有同一类别的标识，日期不一样，请核对。"),
    "group_unknown": Outcome("bad", "当地政策里没有这个对象类别，请改成政策里的名称。"),
    "twice": Outcome("bad", "同一个人、同一类别在前面已经有一行，前面那行算数。"),
    "number_as_float": Outcome(
        "bad", "证件号码被表格当成数字，末几位已经丢失。请把这一列设为文本，重新填写。"
    ),
    "number_length": Outcome("bad", "身份证号码不是18位，请核对。"),
    "number_digits": Outcome("bad", "身份证号码里有不该有的字，请核对。"),
    "number_check": Outcome("bad", "身份证号码校验不对，请核对每一位。"),
    "number_date": Outcome("bad", "身份证号码里的出生日期不对，请核对。"),
    "name_missing": Outcome("bad", "没有姓名。"),
    "number_missing": Outcome("bad", "没有证件号码。"),
    "group_missing": Outcome("bad", "没有对象类别。"),
    "begin_missing": Outcome("bad", "没有认定日期。"),
    "merged_cells": Outcome("bad", "合并的单元格只算第一格，请取消合并，每行都填写。"),
    "bad_date": Outcome("bad", "日期看不懂，请写成 2024-10-10 这样。"),
    "end_before_begin": Outcome("bad", "终止日期比认定日期早。"),
    "too_long": Outcome("bad", "有一格太长。"),
    "nobody": Outcome("bad", "工作人员查过，参保登记里没有这个人。"),
}
# The number leads to nobody: whom the name and the birthday may mean is for a person to say.
NUMBER_IN_DOUBT = (
    "number_unknown", "number_missing", "number_length", "number_digits", "number_check", "number_date", "number_as_float",
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """One row, what it comes to, and the mark that it asks for; `changes`: the mark is to be put."""

    line: LineRow
    outcome: str
    person_id: int | None = None
    marking: Marking | None = None

    @property
    def changes(self) -> bool:
        """Whether the row, applied, puts or ends a mark."""
        return self.marking is not None


def judge(env: Env, roster: Roster, lines: Sequence[LineRow]) -> list[Judged]:
    """Judge rows of one roster, in the order given: a handful of statements for any number of them."""
    group_of = _groups(env, roster)
    people = holders(RESIDENT_ID, [line for line in lines if not line.fault])
    first = _first_rows(roster.id, lines, group_of)
    marks = marks_of(list({holder.person_id for holder in people.values()}))
    judged = [_judge_one(roster, line, group_of(line.group_text), people, first, marks) for line in lines]
    return _paid_before(_with_candidates(roster, judged), roster.benefit_year)


def _with_candidates(roster: Roster, judged: list[Judged]) -> list[Judged]:
    """Rows whose number leads to nobody, while somebody enrolled here has the name and the birthday."""
    asked = [row.line for row in judged if row.outcome in NUMBER_IN_DOUBT]
    known = {(one.name, one.birth_date) for one in candidates(roster, asked)}
    if not known:
        return judged
    return [
        Judged(row.line, "candidates")
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
    if holder.area_code is None or roster.area_code not in lineage(holder.area_code):
        return Judged(line, "not_enrolled_here")
    return _marking(roster, line, group, line.begin_date, holder.person_id, marks.get(holder.person_id, ()))


def judge_as(env: Env, roster: Roster, line: LineRow, person_id: int) -> Judged:
    """What a row comes to, now that a person has said whom it means."""
    group = _groups(env, roster)(line.group_text)
    if group is None or line.begin_date is None:
        return Judged(line, "group_unknown" if group is None else "begin_missing")
    judged = _marking(
        roster, line, group, line.begin_date, person_id, marks_of([person_id]).get(person_id, ())
    )
    return _paid_before([judged], roster.benefit_year)[0]


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
    known: dict[str, str | None] = {}

    def group_of(words: str) -> str | None:
        if words not in known:
            known[words] = group_named(pack, words)
        return known[words]

    return group_of


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
        Judged(row.line, "normal_before", row.person_id, row.marking)
        if row.outcome == "new_mark" and row.person_id in fixed
        else row
        for row in judged
    ]
