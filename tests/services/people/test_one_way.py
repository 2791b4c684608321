"""先问一句: where a normal payment cannot be turned back, nobody pays before saying what they are (CZ-09, SX-09)."""

from datetime import UTC, date, datetime

import pytest

from canbao.basics.refusals import BadInput, MaybeAssisted, NotFound
from canbao.records.models import Bill, GroupAnswer, Order
from canbao.services.money.check import check
from canbao.services.money.collect import collect
from canbao.services.money.pay import pay
from canbao.services.people.one_way import answer
from tests.support.world import BACK, IN_SEASON, World, make_world

CHANGZHI = "140430"


@pytest.fixture
def world(db: None) -> World:
    """长治 on 8 October 2024 (E3)."""
    return make_world(datetime(2024, 10, 8, 2, 0, tzinfo=UTC))


@pytest.fixture
def bill(world: World) -> Bill:
    return world.bill(world.person(CHANGZHI, "adult", date(1988, 3, 15), "吴晓峰"), 2025)


def test_the_check_page_asks_by_the_groups_the_notice_names(world, bill):
    asked = check(world.env, bill.id).question
    assert {"特困人员", "低保人员"} <= set(asked.groups)
    assert asked.rules == ("CZ-09",)


def test_nothing_is_paid_before_it_is_answered(world, bill):
    with pytest.raises(MaybeAssisted):
        pay(world.env, world.opening(bill), BACK)
    assert not Order.objects.exists()
    assert world.channel.starts == 0


@pytest.mark.parametrize("given", ["yes", "unsure"])
def test_yes_and_not_sure_lead_to_the_agency_and_are_kept(world, bill, given):
    with pytest.raises(MaybeAssisted):
        answer(world.env, bill.id, given, "self")
    assert (GroupAnswer.objects.get().answer, GroupAnswer.objects.get().rules) == (given, ["CZ-09"])
    assert check(world.env, bill.id).question is not None
    with pytest.raises(MaybeAssisted):
        pay(world.env, world.opening(bill), BACK)


def test_a_plain_no_is_kept_and_asked_for_once(world, bill):
    answer(world.env, bill.id, "no", "proxy")
    kept = GroupAnswer.objects.get()
    assert (kept.answer, kept.given_by, kept.benefit_year, kept.given_at) == (
        "no",
        "proxy",
        2025,
        world.env.now,
    )
    assert check(world.env, bill.id).question is None
    assert pay(world.env, world.opening(bill), BACK).startswith("https://pay.example/")


def test_who_asked_the_agency_after_all_may_answer_again(world, bill):
    with pytest.raises(MaybeAssisted):
        answer(world.env, bill.id, "unsure", "self")
    answer(world.env, bill.id, "no", "self")
    assert check(world.env, bill.id).question is None
    assert GroupAnswer.objects.count() == 2


def test_the_answer_of_one_says_nothing_of_another(world, bill):
    answer(world.env, bill.id, "no", "self")
    other = world.bill(world.person(CHANGZHI, "adult", date(1990, 3, 15), "李明"), 2025)
    assert check(world.env, other.id).question is not None


@pytest.mark.parametrize("given", ["", "maybe", "NO"])
def test_what_is_no_answer_is_not_kept(world, bill, given):
    with pytest.raises(BadInput):
        answer(world.env, bill.id, given, "self")
    assert not GroupAnswer.objects.exists()


def test_nobody_is_asked_about_a_bill_that_is_not_there(world):
    with pytest.raises(NotFound):
        answer(world.env, 10_001, "no", "self")


def test_who_is_marked_is_not_asked(db):
    """山西: a marked person pays the special price; the question is for those without a mark (SX-09)."""
    world = make_world(datetime(2021, 12, 20, 2, 0, tzinfo=UTC))
    person = world.person("140802", "senior", date(1950, 1, 5), "闫春生")
    assert check(world.env, world.bill(person, 2022).id).question is not None
    marked = world.marked(
        world.person("140802", "senior", date(1951, 1, 5), "薛满仓"), "stable_exit", date(2019, 1, 1)
    )
    assert check(world.env, world.bill(marked, 2022).id).question is None


def test_where_the_notice_does_not_ask_nobody_is_asked(db):
    world = make_world(IN_SEASON)
    assert check(world.env, world.bill(world.person()).id).question is None


def test_at_the_window_it_is_the_clerk_who_asks(world, bill):
    assert collect(world.env, [world.opening(bill)], "cash", "窗口一") == ["settled"]
