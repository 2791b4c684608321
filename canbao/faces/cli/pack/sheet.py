"""A simulation as an xlsx workbook: the table, the cover, the changes, each with its chart."""

from pathlib import Path
from typing import Any

import xlsxwriter

from canbao.basics.money import yuan_text
from canbao.policy.desk.simulate import KINDS, OUTCOMES, Outcome
from canbao.policy.rules.wording import group_text

HEADS = (
    "结果",
    "种类",
    "群体",
    "每人应缴（元）",
    "人数",
    "个人合计（元）",
    "资助合计（元）",
    "财政合计（元）",
    "提示",
)


def write(path: Path, title: str, found: Outcome) -> None:
    """Write the workbook. Money is shown in yuan, computed from fen; an unknown amount is an empty cell."""
    with xlsxwriter.Workbook(str(path)) as book:
        money, bold = book.add_format({"num_format": "#,##0.00"}), book.add_format({"bold": True})
        _lines(book.add_worksheet("谁缴多少"), title, found, money, bold)
        _pairs(book, "从哪天享受", ("待遇第一天", "人数"), list(found.covers), bold)
        if found.shifts:
            shifts = [
                ("没法比" if one.difference_fen is None else yuan_text(one.difference_fen), one.people)
                for one in found.shifts
            ]
            _pairs(book, "谁多缴谁少缴", ("比原来（元）", "人数"), shifts, bold)


def _lines(sheet: Any, title: str, found: Outcome, money: Any, bold: Any) -> None:
    sheet.write_string(0, 0, title, bold)
    for column, head in enumerate(HEADS):
        sheet.write_string(2, column, head, bold)
    for row, line in enumerate(found.lines, 3):
        for column, text in enumerate((OUTCOMES[line.outcome], KINDS[line.kind], _group(line.group))):
            sheet.write_string(row, column, text)
        figures = (line.amount_fen, None, line.person_fen, line.helped_fen, line.fiscal_fen)
        for column, fen in enumerate(figures, 3):
            if fen is not None:
                sheet.write_number(row, column, fen / 100, money)
        sheet.write_number(row, 4, line.people)
        sheet.write_string(row, 8, line.code or "")
    sheet.set_column(0, 2, 14)
    sheet.set_column(3, 8, 16)


def _group(group: str | None) -> str:
    return group_text(group) if group else ""


def _pairs(book: Any, name: str, heads: tuple[str, str], rows: list[tuple[str, int]], bold: Any) -> None:
    """Two columns and a column chart of them."""
    sheet = book.add_worksheet(name)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for row, (text, people) in enumerate(rows, 1):
        sheet.write_string(row, 0, text)
        sheet.write_number(row, 1, people)
    sheet.set_column(0, 0, 22)
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {"name": heads[1], "categories": [name, 1, 0, len(rows), 0], "values": [name, 1, 1, len(rows), 1]}
    )
    chart.set_title({"name": name})
    sheet.insert_chart(1, 3, chart)
