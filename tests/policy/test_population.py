"""Two speeds, one truth: people by the million get what each would get alone."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from canbao.policy import population
from canbao.policy.assess import assess
from canbao.policy.population import Population, assess_many
from canbao.policy.rules.decide import decide
from canbao.policy.situation import Situation
from tests.policy.made_packs import made_packs
from tests.policy.shelf import FIXTURES, a_pack
from tests.policy.test_assess import ALL, NOON, days, people


@settings(max_examples=250, deadline=None)
@given(pack=st.sampled_from(ALL), crowd=st.lists(people, min_size=1, max_size=30), on=days)
def test_a_million_at_once_and_one_by_one_are_equal(pack, crowd, on):
    """From scratch, through the sieve, and through the columns."""
    many = assess_many(pack, Population.of(crowd), on, NOON)

    assert list(many) == assess(pack, crowd, on, NOON) == [decide(pack, person, on, NOON) for person in crowd]


@settings(max_examples=400, deadline=None)
@given(pack=made_packs, crowd=st.lists(people, min_size=1, max_size=6), on=days)
def test_they_are_equal_under_rules_that_nobody_wrote(pack, crowd, on):
    """Packs drawn at random: whatever a city may come to say, there is one truth, and it is whole."""
    many = [*assess_many(pack, Population.of(crowd), on, NOON)]

    assert many == assess(pack, crowd, on, NOON) == [decide(pack, person, on, NOON) for person in crowd]
    for answer in many:
        assert answer.reasons
        assert (answer.amount_fen is None) == (answer.outcome in ("blocked", "deferred"))
        assert answer.amount_fen is None or answer.amount_fen == answer.shares["person"] + answer.shares.get(
            "fiscal", 0
        )


@settings(max_examples=60, deadline=None)
@given(pack=st.sampled_from(ALL), crowd=st.lists(people, min_size=1, max_size=30), on=days)
def test_it_is_so_too_where_the_kinds_are_too_many_for_a_table(pack, crowd, on):
    widest, chunk = population.WIDEST_TABLE, population.CHUNK
    population.WIDEST_TABLE, population.CHUNK = 0, 7
    try:
        many = assess_many(pack, Population.of(crowd), on, NOON)
    finally:
        population.WIDEST_TABLE, population.CHUNK = widest, chunk

    assert list(many) == [decide(pack, person, on, NOON) for person in crowd]


def test_sums_need_no_loop_and_never_count_unknown_as_zero():
    crowd = [Situation("student"), Situation("student"), Situation("adult")]

    many = assess_many(a_pack("371503", 2022), Population.of(crowd), date(2021, 11, 1))

    assert sorted(many.counts()) == [1, 2]
    assert many.amounts_fen().tolist() == [28000, 28000, -1]


def test_people_are_few_kinds_and_each_is_decided_once(monkeypatch):
    births = np.arange(date(1930, 1, 1).toordinal(), date(2020, 1, 1).toordinal(), dtype=np.int32)
    calls = []
    monkeypatch.setattr(
        "canbao.policy.assess.decide", lambda *question: calls.append(question) or decide(*question)
    )

    many = assess_many(a_pack("990200", 2027, FIXTURES), Population(births, {}), date(2026, 10, 9))

    assert len(many.index) == len(births)
    assert len(calls) < 20


def test_nobody_is_nobody():
    assert list(assess_many(a_pack("371503", 2022), Population.of([]), date(2021, 11, 1))) == []


def test_progress_is_told_as_it_goes():
    heard: list[int] = []

    assess_many(
        a_pack("371503", 2022),
        Population.of([Situation("student")] * 3),
        date(2021, 11, 1),
        progress=heard.append,
    )

    assert heard == [3]
