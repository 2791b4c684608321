"""A year paid for twice: the national rule names the one to keep, a clerk decides, an assisted one is given up in writing."""

from datetime import date

import pytest

from canbao.basics.refusals import BadInput, NotFound, StatementNeeded, StepNotDue
from canbao.records.models import Coverage, Duplicate, ElsewhereCover, Enrolment
from canbao.records.people.changes.told import Ground
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.people.changes.duplicate import Decision, Elsewhere, decide, hear, open_duplicates, wish
from canbao.services.system.audit import audit
from tests.support.world import CHIPING, World

WHY = Ground("本人到窗口确认")
YEAR = 2022
FUYANG = "341202"


def a_paid_person(world: World, class_: str = "student", **more: date) -> int:
    person_id = world.person(class_=class_, **more)
    take_over(world.env, [PastYear(person_id, YEAR, CHIPING, class_, None)])
    return person_id


def elsewhere(person_id: int, **more: object) -> Elsewhere:
    days = {"cover_from_date": date(YEAR, 1, 1), "cover_until_date": date(YEAR + 1, 1, 1)}
    return Elsewhere(
        person_id, more.pop("scheme", "resident"), FUYANG, YEAR, **days | {"source": "platform"} | more
    )


@pytest.mark.parametrize(
    ("class_", "more", "kept"),
    [
        ("adult", {"is_habitual_residence": True}, "theirs"),
        ("adult", {"is_habitual_residence": False}, "ours"),
        ("adult", {}, None),
        ("student", {"is_school_place": True}, "theirs"),
        ("adult", {"scheme": "employee", "continuous_years": 1}, "theirs"),
        ("adult", {"scheme": "employee", "continuous_years": 0}, None),
    ],
)
def test_the_national_rule_names_the_one_to_keep(world, class_, more, kept):
    """医保发〔2020〕33号: two residents' covers keep the habitual residence, students the school, a year's work the work."""
    person_id = a_paid_person(
        world, class_, birth=date(1990, 1, 1) if class_ == "adult" else date(2012, 4, 16)
    )
    (id_,) = hear(world.env, [elsewhere(person_id, **more)])
    assert Duplicate.objects.get(id=id_).default_keep == kept


def test_cover_on_other_days_and_an_unpaid_year_are_no_duplicate(world):
    """E14: coverage overlap, not registration overlap, defines a duplicate."""
    unpaid, paid = world.person(), a_paid_person(world)
    later = {"cover_from_date": date(2023, 1, 1), "cover_until_date": date(2024, 1, 1)}
    assert hear(world.env, [elsewhere(unpaid), elsewhere(paid, **later)]) == []
    assert hear(world.env, [elsewhere(paid)]) == []  # the same place and year, heard already


def test_deciding_for_the_other_place_ends_ours_and_leaves_the_money_to_the_refund(world):
    person_id = a_paid_person(world)
    (id_,) = hear(world.env, [elsewhere(person_id, is_school_place=True)])
    wish(world.env, id_, "ours")
    with pytest.raises(BadInput):
        wish(world.env, id_, "both")

    found = decide(world.env, Decision(id_, "theirs", WHY))

    assert (found.state, found.keep, found.wished, found.decided_by) == ("decided", "theirs", "ours", "test")
    assert Enrolment.objects.get(person=person_id).state == "terminated"
    assert Coverage.objects.get(person=person_id).state == "active"
    with pytest.raises(StepNotDue):
        decide(world.env, Decision(id_, "ours", WHY))
    with pytest.raises(NotFound):
        wish(world.env, id_, "ours")
    assert open_duplicates() == []
    assert audit(world.env.now, at_rest=True) == []


def test_deciding_for_ours_ends_theirs(world):
    (id_,) = hear(world.env, [elsewhere(a_paid_person(world))])
    decide(world.env, Decision(id_, "ours", WHY))
    assert ElsewhereCover.objects.get().ended_at == world.env.now


def test_an_assisted_record_is_given_up_in_writing_alone(world):
    person_id = a_paid_person(world)
    world.marked(person_id, "orphan", date(2020, 3, 1))
    (id_,) = hear(world.env, [elsewhere(person_id, is_school_place=True)])
    assert Duplicate.objects.get(id=id_).needs_statement
    with pytest.raises(StatementNeeded):
        decide(world.env, Decision(id_, "theirs", WHY))
    assert decide(world.env, Decision(id_, "theirs", WHY, "声明-0007")).statement == "声明-0007"


def test_a_year_without_a_policy_is_queued_for_the_staff_to_decide(world):
    person_id = world.person()
    take_over(world.env, [PastYear(person_id, 2012, CHIPING, "student", None)])
    days = {"cover_from_date": date(2012, 1, 1), "cover_until_date": date(2013, 1, 1)}
    (id_,) = hear(world.env, [Elsewhere(person_id, "resident", FUYANG, 2012, **days, source="platform")])
    assert Duplicate.objects.get(id=id_).default_keep is None
