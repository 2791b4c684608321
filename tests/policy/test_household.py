"""The household head: one reason at a time, in the order in which it helps."""

import pytest

from canbao.policy.household import HeadFacts, check_household
from tests.policy.shelf import a_pack

GOOD = {
    "is_own": False, "is_known": True, "scheme": "resident", "has_paid": True,
    "head_area_code": "341221", "member_area_code": "341221",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_known": False}, "没有查到"),
        ({"scheme": "employee"}, "职工医保"),
        ({"scheme": "none"}, "没有参加居民医保"),
        ({"has_paid": False}, "户主先缴"),
        ({"enters_own_number": False}, "别人的号码"),
        ({"member_area_code": "341222"}, "不在同一个地方"),
        ({"member_area_code": None}, "不在同一个地方"),
    ],
)
def test_a_head_that_cannot_be_is_refused_with_the_reason(change, words):
    """FY-18, FY-23, FY-25, E11."""
    refusal = check_household(a_pack("341200", 2021), HeadFacts(**(GOOD | change)))

    assert words in refusal.facts["cause"]


def test_a_head_who_has_paid_at_the_same_place_may_be_entered():
    assert check_household(a_pack("341200", 2021), HeadFacts(**GOOD)) is None


def test_where_no_notice_knows_households_everybody_is_their_own_head():
    assert check_household(a_pack("371503", 2022), HeadFacts(is_own=True)) is None
    assert check_household(a_pack("371503", 2022), HeadFacts(**GOOD)).code == "E-1013"
