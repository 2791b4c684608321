"""Assessing: sums, sets, and never a price from what may not be charged."""

from datetime import date, time
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canbao.basics.days import WorkCalendar
from canbao.policy.assess import assess
from canbao.policy.format.vocabulary import EventKind, GroupName, PersonClass
from canbao.policy.pack import Moment
from canbao.policy.rules.decide import decide
from canbao.policy.situation import Event, Mark, Situation
from tests.policy.shelf import FIXTURES, HEAD, PACKS, a_pack, from_text, keys_in

ALL = [a_pack(*key, folder) for folder in (PACKS, FIXTURES) for key in keys_in(folder)]

marks = st.builds(
    Mark,
    group=st.sampled_from(get_args(GroupName)),
    acquired_date=st.dates(date(2019, 1, 1), date(2026, 1, 1)),
    push_accepted_date=st.none() | st.dates(date(2020, 1, 1), date(2026, 1, 1)),
)
years = st.none() | st.lists(st.integers(2019, 2027), max_size=4).map(tuple)
events = st.builds(
    Event, kind=st.sampled_from(get_args(EventKind)), on_date=st.dates(date(2024, 1, 1), date(2027, 12, 31))
)
school_years = st.none() | st.integers(2024, 2030)
people = st.builds(
    Situation,
    person_class=st.sampled_from(get_args(PersonClass)),
    birth_date=st.none()
    | st.dates(date(1930, 1, 1), date(2027, 12, 31))
    | st.dates(date(2025, 10, 1), date(2027, 12, 31)),
    marks=st.lists(marks, max_size=2).map(tuple),
    covered_years=years,
    declarations=st.sampled_from(
        [(), ("returning_worker",), ("residence_permit", "returning_worker"), ("island_resident",)]
    ),
    sex=st.sampled_from([None, "male", "female"]),
    tier=st.sampled_from([None, "1", "2"]),
    registered_by=st.sampled_from([None, "agency", "department"]),
    registered_date=st.none() | st.dates(date(2026, 9, 1), date(2027, 12, 31)),
    events=st.lists(events, max_size=2).map(tuple),
    entry_year=school_years,
    graduation_year=school_years,
    lump_sum_years=st.integers(1, 5),
    wanted_years=st.sampled_from([None, (2027,), (2027, 2028)]),
    repair_years=st.integers(0, 4),
)
days = st.dates(date(2020, 8, 1), date(2028, 1, 2)) | st.dates(date(2026, 9, 1), date(2027, 12, 31))
NOON = Moment(WorkCalendar(frozenset(), frozenset()), time(12))


@settings(max_examples=400, deadline=None)
@given(pack=st.sampled_from(ALL), person=people, on=days)
def test_an_answer_is_whole(pack, person, on):
    """Shares sum to the price, the payer's shares to the amount; only an amount above zero is payable."""
    (answer,) = assess(pack, [person], on, NOON)

    if answer.outcome in ("blocked", "deferred"):
        assert answer.amount_fen is None
        assert answer.shares == {}
        assert answer.refusal is not None
    else:
        assert answer.amount_fen == answer.shares["person"] + answer.shares.get("fiscal", 0)
        assert answer.price_fen == sum(answer.shares.values())
        assert min(answer.shares.values()) >= 0
        assert (answer.outcome == "payable") == (answer.amount_fen > 0)
    assert answer.reasons


@settings(max_examples=400, deadline=None)
@given(pack=st.sampled_from(ALL), group=st.lists(people, min_size=1, max_size=6), on=days)
def test_a_set_gets_the_answers_that_each_would_get_alone(pack, group, on):
    """The sieve tells apart everybody whom the rules tell apart."""
    assert assess(pack, group, on, NOON) == [decide(pack, person, on, NOON) for person in group]


CITY = HEAD + (
    "prices:\n  resident:\n    label: 居民\n    individual: {price}\n"
    "collection:\n"
    "  opens: {{value: 2021-10-08, status: stated, rule: T}}\n"
    "assistance:\n  list_is_open: {{value: false, status: stated, rule: T}}\n"
    "  groups:\n    orphan: {{name: 孤儿, subsidy: {subsidy}}}\n"
)
STATED = "{yuan: 280, status: stated, rule: T}"
ORPHAN = Situation("student", marks=(Mark("orphan", date(2020, 1, 1)),))


def answer_of(price: str, subsidy: str, person: Situation):
    pack = from_text(c371500=CITY.format(price=price, subsidy=subsidy))
    (answer,) = assess(pack, [person], date(2021, 11, 1))
    return answer


@pytest.mark.parametrize("price", ["{yuan: 280, status: unverified, rule: T}", "not_stated", "null"])
def test_a_price_that_may_not_be_charged_blocks(price: str):
    answer = answer_of(price, "not_stated", Situation("adult"))

    assert (answer.outcome, answer.amount_fen, answer.refusal.code) == ("blocked", None, "E-1021")


@pytest.mark.parametrize("subsidy", ["{fixed_yuan: 100, status: unverified, rule: T}", "not_stated", "null"])
def test_a_subsidy_that_may_not_be_relied_on_blocks_the_marked_person_alone(subsidy: str):
    marked = answer_of(STATED, subsidy, ORPHAN)
    ordinary = answer_of(STATED, subsidy, Situation("student"))

    assert (marked.outcome, marked.amount_fen, marked.refusal.code) == ("blocked", None, "E-1021")
    assert ordinary.amount_fen == 28000


@pytest.mark.parametrize(
    ("subsidy", "person_fen", "helped_fen"),
    [
        ("{value: full, status: stated, rule: T}", 0, 28000),
        ("{fixed_yuan: '0.01', status: stated, rule: T}", 27999, 1),
        ("{percent: '33.33', status: stated, rule: T}", 18668, 9332),
        ("{percent: 100, status: stated, rule: T}", 0, 28000),
        ("{fixed_yuan: 999, status: stated, rule: T}", 0, 28000),
        ("{value: none, status: stated, rule: T}", 28000, 0),
    ],
)
def test_a_formula_gives_its_fen(subsidy: str, person_fen: int, helped_fen: int):
    """E1: half up to the fen, never more than the price."""
    answer = answer_of(STATED, subsidy, ORPHAN)

    assert (answer.amount_fen, answer.shares.get("medical_assistance", 0)) == (person_fen, helped_fen)


def test_surcharges_are_part_of_the_price_and_an_unknown_one_blocks():
    price = (
        STATED + "\n    surcharges:\n      long_term_care: {yuan: 20, status: stated, rule: T, note: 长护险}"
    )

    assert answer_of(price, "not_stated", Situation("adult")).amount_fen == 30000
    unknown = answer_of(
        price.replace("yuan: 20, status: stated", "status: not_stated"), "not_stated", Situation("adult")
    )
    assert unknown.refusal.code == "E-1021"


def test_where_the_pack_makes_it_a_must_payment_waits_until_the_day_after_the_push():
    """SX-10 is advice; a pack may make it a must."""
    push = (
        "  push_required: {value: true, status: stated, rule: T}\n"
        "  pay_after_push: {value: next_day, status: stated, rule: T%s}\n"
    )
    text = CITY.format(price=STATED, subsidy="{fixed_yuan: 100, status: stated, rule: T}")
    person = Situation("student", marks=(Mark("orphan", date(2020, 1, 1), date(2021, 11, 1)),))

    def on(day: int, force: str):
        pack = from_text(c371500=text.replace("  groups:", push % force + "  groups:"))
        return assess(pack, [person], date(2021, 11, day))[0]

    assert on(1, ", force: must").refusal.code == "E-1022"
    assert on(2, ", force: must").refusal is None
    assert on(1, ", force: advice").refusal is None
    assert on(1, ", force: advice").reasons[-1].force == "advice"


def test_ages_change_class_on_the_birthday_itself():
    text = HEAD + (
        "prices:\n  child: {label: 儿童, who: {ages: 0-17}, individual: {yuan: 100, status: stated, rule: T}}\n"
        "  grown: {label: 成人, individual: {yuan: 300, status: stated, rule: T}}\n"
        "collection:\n  opens: {value: 2021-10-08, status: stated, rule: T}\n"
    )
    pack = from_text(c371500=text)
    eve, birthday = Situation("adult", date(2003, 11, 2)), Situation("adult", date(2003, 11, 1))

    young, grown, unknown = assess(pack, [eve, birthday, Situation("adult")], date(2021, 11, 1))

    assert (young.amount_fen, grown.amount_fen) == (10000, 30000)
    assert (unknown.amount_fen, unknown.refusal.code, unknown.needs) == (None, "E-1024", ("birth_date",))


def test_a_deadline_that_falls_on_a_day_off_is_not_moved_unless_a_notice_says_so():
    """E6, 晋城. 2021-12-26 is a Sunday; the date is made up."""
    closes = "  closes: {value: 2021-12-26, status: stated, rule: T}\n"
    text = CITY.format(price=STATED, subsidy="not_stated").replace("assistance:", closes + "assistance:")
    pack = from_text(c371500=text)

    sunday, monday = (assess(pack, [Situation("adult")], date(2021, 12, day))[0] for day in (26, 27))

    assert (sunday.outcome, monday.outcome) == ("payable", "blocked")
