"""Rows of a roster: forgiven what can be forgiven, told plainly what cannot."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.channels.roster import open_roster
from canbao.channels.roster.columns import day_of, plain
from tests.support.rosters import as_csv, as_xlsx

NUMBER = "14043019880315002X"
LI = ("李明", NUMBER, "低保对象", "2024-10-10", "")


def only(body: bytes):
    (row,) = open_roster(body).rows
    return row


@pytest.mark.parametrize(
    "body", [as_xlsx([LI]), as_csv([LI]), as_csv([LI], "utf-8"), as_csv([LI], "gb18030")]
)
def test_both_forms_and_each_encoding_give_the_same_row(body):
    row = only(body)
    assert (row.row_no, row.name, row.number, row.group) == (2, "李明", NUMBER, "低保对象")
    assert (row.begin, row.end, row.fault) == (date(2024, 10, 10), None, None)


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_tabs_and_semicolons_separate_too(separator):
    assert only(as_csv([LI]).replace(b",", separator.encode())).number == NUMBER


def test_row_numbers_are_those_of_the_file_whatever_is_blank_or_stands_above():
    body = as_xlsx([("",) * 5, LI, (" ", "　"), LI], above=3)
    assert [row.row_no for row in open_roster(body).rows] == [6, 8]
    assert [row.row_no for row in open_roster(as_csv([LI, ("",) * 5, ("",), LI])).rows] == [2, 5]


def test_columns_are_found_by_any_of_their_names_in_any_order():
    header = ("序号", "终止时间", "身份类别", "认定时间", "证件号码 *", "姓 名", "备注")
    row = only(as_xlsx([("1", "2025-01-01", "特困", "2024/1/2", NUMBER, "李明", "=1")], header))
    assert (row.name, row.number, row.group, row.end) == ("李明", NUMBER, "特困", date(2025, 1, 1))
    assert row.cells[-1] == "=1"


def test_a_number_that_a_spreadsheet_rounded_is_seen_in_either_form():
    rounded = only(as_xlsx([("李明", 341202199001011234, "低保对象", "2024-10-10")]))
    assert rounded.fault == "number_as_float"
    assert only(as_csv([("李明", "3.41202E+17", "低保对象", "2024-10-10", "")])).fault == "number_as_float"


def test_marks_that_nobody_sees_are_taken_out():
    row = only(as_csv([("李\u200b明\ufeff", f"'{NUMBER}\u200e", "低保\x00对象", "2024年10月10日", "")]))
    assert (row.name, row.number, row.group, row.fault) == ("李明", NUMBER, "低保 对象", None)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (("", NUMBER, "低保", "2024-10-10"), "name_missing"),
        (("李明", "", "低保", "2024-10-10"), "number_missing"),
        (("李明", NUMBER, "", "2024-10-10"), "group_missing"),
        (("李明", NUMBER, "低保", ""), "begin_missing"),
        (("李明", NUMBER, "低保", "去年"), "bad_date"),
        (("李明", NUMBER, "低保", "2024-10-10", "以后"), "bad_date"),
        (("李明", NUMBER, "低保", "2024-10-10", "2024-10-09"), "end_before_begin"),
        (("李" * 121, NUMBER, "低保", "2024-10-10"), "too_long"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_the_next_is_read(cells, fault):
    first, second = open_roster(as_xlsx([cells, LI])).rows
    assert (first.fault, second.fault) == (fault, None)


def test_a_merged_range_counts_for_its_first_row_and_hides_what_stands_under_it():
    body = as_xlsx([LI, LI, LI], merged=(1, 2, 2, 2))
    assert [row.fault for row in open_roster(body).rows] == [None, "merged_cells", None]


def test_a_formula_counts_with_the_value_it_last_had():
    first, second = open_roster(as_xlsx([LI, LI], formulas={1: NUMBER, 2: ""})).rows
    assert (first.number, first.fault, second.fault) == (NUMBER, None, "number_missing")


@pytest.mark.parametrize(
    "text",
    ["2024-10-10", "2024/10/10", "2024.10.10", "２０２４年10月10日", "20241010", "2024-10-10 00:00:00"],
)
def test_days_are_read_as_departments_write_them(text):
    assert day_of(text) == date(2024, 10, 10)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader_of_days_or_cells(text):
    day_of(text)
    assert plain(plain(text)).isprintable()


def test_a_day_typed_as_a_day_is_read_whatever_its_form():
    assert only(as_xlsx([(*LI[:3], "20241010")])).begin == date(2024, 10, 10)
    assert only(as_xlsx([(*LI[:3], 20241010)])).begin == date(2024, 10, 10)
