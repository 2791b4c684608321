"""Why a file is no roster, in the words its department reads. Every reason of `channels.roster` has its sentence."""

from canbao.basics.refusals import RosterRefused

PROBLEMS = {
    "empty": "文件里没有内容。",
    "too_large": "文件太大，请分成几份。",
    "unpacks_too_large": "文件展开以后大得不正常，没有打开。",
    "old_excel": "这是旧版的 xls 文件（或者改了后缀），请另存为 xlsx。",
    "encrypted": "文件有密码，请去掉密码再上传。",
    "macros": "文件带有宏，没有打开，请另存为不带宏的 xlsx。",
    "not_xlsx": "这不是 xlsx 文件，请另存为 xlsx 或 CSV。",
    "not_a_table": "这是网页或文档，不是表格，请另存为 xlsx 或 CSV。",
    "broken": "文件不完整，可能没有传完，请重新上传。",
    "cut_off": "文件在一个字的中间断了，没有传完，请重新上传。",
    "not_text": "文字编码看不懂，请另存为 UTF-8 的 CSV，或者 xlsx。",
    "broken_csv": "CSV 的格式有问题。",
    "several_sheets": "有几张工作表都有内容，请只留一张。",
    "merged_too_much": "合并的单元格太多，请取消合并。",
    "too_many_columns": "列太多，请只留需要的列。",
    "too_many_rows": "行太多，或者很远的地方还有内容，请分成几份。",
    "cells_without_address": "这个 xlsx 不是常用软件写的，请用表格软件打开，另存一次。",
    "no_header": "前20行里没有找到“姓名”和“身份证号”的表头。",
    "column_twice": "表头里同一列出现了两次。",
    "no_group_column": "表头里没有“对象类别”。",
    "no_begin_column": "表头里没有“认定日期”。",
}


def refused(reason: str, row: int | None = None) -> RosterRefused:
    """The refusal of a whole file, with the row that is to blame where there is one."""
    return RosterRefused(problem=PROBLEMS[reason] + (f"第{row}行。" if row else ""))
