"""The tree of refusals: every code once, every reason drawn, nobody left without a way out."""

import re
from collections import defaultdict

import pytest

from canbao.basics import refusals
from canbao.basics.refusals import (
    DeathMarked,
    DocumentMismatch,
    EnrolmentEnded,
    NoMatch,
    NotRegistered,
    Refusal,
)

ALL = [
    thing
    for thing in vars(refusals).values()
    if isinstance(thing, type) and issubclass(thing, Refusal) and thing is not Refusal
]


def test_a_code_means_one_thing_except_where_a_stranger_must_not_be_told() -> None:
    """A stranger reads NoMatch for both causes, and is not told which mark stops somebody: codes that are in use already."""
    names = defaultdict(set)
    for refusal in ALL:
        names[refusal.code].add(refusal.__name__)

    shared = {code: owners for code, owners in names.items() if len(owners) > 1}

    assert shared == {
        "E-1001": {NotRegistered.__name__, NoMatch.__name__},
        "E-1012": {EnrolmentEnded.__name__, DeathMarked.__name__},
    }
    assert NoMatch.code != DocumentMismatch.code


def test_the_drawing_names_every_refusal_with_its_code() -> None:
    drawing = re.findall(r"── (\w+) +(E-\d{4})", refusals.__doc__ or "")

    assert sorted(drawing) == sorted((refusal.__name__, refusal.code) for refusal in ALL)


@pytest.mark.parametrize("refusal", ALL, ids=lambda refusal: refusal.__name__)
def test_a_refusal_says_what_why_and_what_next(refusal: type[Refusal]) -> None:
    assert re.fullmatch(r"E-1\d{3}", refusal.code)
    assert 0 < len(refusal.heading) <= 25
    assert refusal.why
    assert refusal.steps
    assert all(refusal.steps)
    assert refusal.charged


def test_a_fact_that_nobody_supplied_reads_as_not_published() -> None:
    assert NotRegistered().say("到{agency}办理") == "到未公布办理"
    assert NotRegistered(agency="社区").say("到{agency}办理") == "到社区办理"


def test_refusals_are_equal_by_reason_and_facts() -> None:
    assert NotRegistered(agency="社区") == NotRegistered(agency="社区")
    assert NotRegistered(agency="社区") != NotRegistered(agency="乡镇")
    assert NotRegistered() != NoMatch()
