"""谁能替谁办: the pack's limits by age and by number."""

from datetime import date

import pytest

from canbao.basics.refusals import MustPaySelf, TooManyLinked
from canbao.policy.registration.acting import may_link
from canbao.policy.situation import Situation
from tests.policy.shelf import FIXTURES, a_pack

FUYANG, LIUZHOU, STONEBRIDGE = (
    a_pack("341200", 2021),
    a_pack("450200", 2023),
    a_pack("990300", 2027, FIXTURES),
)
ON = date(2020, 10, 9)


def born(day: date) -> Situation:
    return Situation(person_class="adult", birth_date=day)


@pytest.mark.parametrize(
    ("birth", "links"),
    [
        (date(2002, 10, 10), True),
        (date(2002, 10, 9), False),
        (date(1969, 10, 10), False),
        (date(1969, 10, 9), True),
    ],
)
def test_fuyang_lets_nobody_act_for_those_of_18_through_50(birth: date, links: bool) -> None:
    """FY-08 wins over FY-06."""
    refusal = may_link(FUYANG, born(birth), 0, ON)

    assert (refusal is None) == links
    assert links or isinstance(refusal, MustPaySelf)


def test_where_no_notice_says_how_many_nobody_is_one_too_many() -> None:
    """LZ-15 knows 他人缴费 and no limit; not stated is no zero."""
    assert may_link(LIUZHOU, born(date(1980, 1, 1)), 99, date(2022, 10, 9)) is None


def test_a_stated_number_is_the_most() -> None:
    child = born(date(2020, 1, 1))

    assert may_link(STONEBRIDGE, child, 4, date(2027, 1, 1)) is None
    assert may_link(STONEBRIDGE, child, 5, date(2027, 1, 1)) == TooManyLinked(area="石桥市", most="5")
