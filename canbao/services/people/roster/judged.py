"""What a row of a roster comes to: the outcomes, each with the words its department reads, and one judged row."""

from dataclasses import dataclass
from typing import Literal

from canbao.records.exchange.roster_lines import LineRow
from canbao.services.people.mark import Marking
from canbao.services.people.register import Registration

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
    "registered": Outcome("ok", "由主管部门登记，已登记并标识。"),  # LZ-05
    "handed_over": Outcome("ok", "以前已经标识，改为由主管部门登记。"),
    # E3: the mark is a fact; what was paid, or promised to an open order, stays as it is
    "normal_before": Outcome("ok", "已标识。本人已按普通标准缴费或下单，账没有动，请按当地规定处理。"),
    "number_unknown": Outcome("doubtful", "参保登记里没有这个证件号码，请核对号码，或先办参保登记。"),
    "candidates": Outcome("doubtful", "证件号码找不到人，有同名同生日的人，等工作人员核对。"),
    "name_differs": Outcome("doubtful", "证件号码对得上，姓名对不上，请核对。"),
    "not_enrolled_here": Outcome("doubtful", "这个人现在不在本地参保，请核对参保地。"),
    "not_enrolled": Outcome("doubtful", "这个人现在没有参保，请先办参保登记。"),
    "class_missing": Outcome(
        "doubtful", "参保登记里没有这个人。由主管部门登记的，请加一列“参保类别”，写明类别。"
    ),
    "place_missing": Outcome(
        "doubtful", "参保登记里没有这个人。由主管部门登记的，请加一列“参保地”，写县区编码或者学校编码。"
    ),
    "died": Outcome("doubtful", "登记册上写着这个人已经去世，请核对。"),
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
    "class_age": Outcome("bad", "年龄和人员类别对不上。"),
    "nobody": Outcome("bad", "工作人员查过，参保登记里没有这个人。"),
}


@dataclass(frozen=True)
class Judged:
    """One row, what it comes to, and the mark that it asks for.

    `is_departments`: its people are a department's to register (LZ-05). `registration`: the row puts its person on the
    register. `enrolment_to_hand_over`: the enrolment that becomes the department's, and who had registered it.
    """

    line: LineRow
    outcome: str
    person_id: int | None = None
    marking: Marking | None = None
    group: str | None = None
    is_departments: bool = False
    registration: Registration | None = None
    enrolment_to_hand_over: tuple[int, str | None] | None = None

    @property
    def changes(self) -> bool:
        """Whether the row, applied, changes what its person is asked."""
        return bool(self.marking or self.registration or self.enrolment_to_hand_over)
