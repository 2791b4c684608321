"""Columns of values reach the database as they were given, on either engine."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canbao.records import sets
from canbao.records.sets import Column

pytestmark = pytest.mark.django_db
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | TEXTS
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
# The database is the same for every example: only reading is done.
few = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def through_the_database(kind: sets.Kind, values: list) -> list:
    columns = {"n": Column("int", list(range(len(values)))), "v": Column(kind, values)}
    source, params = sets.relation(columns)
    return [row["v"] for row in sets.fetch(f"SELECT t.n, t.v FROM {source} ORDER BY 1", params)]


@few
@given(st.lists(st.none() | TEXTS, min_size=1, max_size=8))
def test_texts_arrive_as_they_were_given(values: list) -> None:
    """Quotes, backslashes, braces, the word NULL, rare characters."""
    assert through_the_database("text", values) == values


@pytest.mark.parametrize("text", ['"', "\\", '\\"', "{}", "NULL", "null", ",", "a,b", "", " ", "𠅤·\n"])
def test_a_text_that_looks_like_syntax_is_a_text(text: str) -> None:
    assert through_the_database("text", [text, None, text]) == [text, None, text]


@few
@given(st.lists(DOCUMENTS, min_size=1, max_size=5))
def test_documents_arrive_as_they_were_given(values: list) -> None:
    arrived = through_the_database("json", values)

    assert [None if text is None else json.loads(text) for text in arrived] == values


def test_numbers_days_and_instants_arrive_as_they_were_given() -> None:
    instant = datetime(2024, 10, 16, 2, 3, 4, 567, UTC)
    assert through_the_database("int", [0, None, 2**53 - 1]) == [0, None, 2**53 - 1]
    assert [sets.as_date(day) for day in through_the_database("date", [date(2021, 1, 1), None])] == [
        date(2021, 1, 1),
        None,
    ]
    assert [sets.as_instant(at) for at in through_the_database("instant", [instant])] == [instant]
