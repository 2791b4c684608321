"""医保“户”: may this head's number be entered by this person? (FY-18, FY-23 … FY-26, E11)"""

from dataclasses import dataclass
from typing import Literal

from canbao.basics.areas import level_of
from canbao.basics.refusals import HouseholdMismatch
from canbao.policy.format.around import HouseholdRule
from canbao.policy.pack import Pack

_DIGITS = {"nation": 0, "province": 2, "prefecture": 4, "county": 6}


@dataclass(frozen=True)
class HeadFacts:
    """What the records know of the head whose number was entered.

    `is_own`: the person entered the own number. `is_known`: the number belongs to somebody on record.
    `scheme`: the head's insurance now. `has_paid`: the head has paid for this benefit year as own head.
    Areas: six-digit codes of the two addresses.
    """

    is_own: bool
    is_known: bool = False
    scheme: Literal["resident", "employee", "none"] = "none"
    has_paid: bool = False
    enters_own_number: bool = True
    head_area_code: str | None = None
    member_area_code: str | None = None


def check_household(pack: Pack, facts: HeadFacts) -> HouseholdMismatch | None:
    """None if the head's number may stand; else E-1013 with the one reason that applies first."""
    if facts.is_own:
        return None
    cause = next((cause for applies, cause in _causes(pack, facts) if applies), None)
    return HouseholdMismatch(cause=cause) if cause else None


def _causes(pack: Pack, facts: HeadFacts) -> tuple[tuple[bool, str], ...]:
    """What may be wrong, in the order in which it is told."""
    rule = pack.household or HouseholdRule()
    waits = rule.head_pays_first.known is True and not facts.has_paid
    apart = rule.same_place_as_head.known is True and not _same_place(rule.same_place_level.known, facts)
    return (
        (pack.household is None, f"{pack.name}没有合成一户的规定，户主号码填自己的。"),
        (not facts.is_known, "没有查到这个户主号码，请核对。"),
        (facts.scheme == "employee", "填的户主参加的是职工医保，不能当居民医保的户主。"),
        (facts.scheme == "none", "填的户主没有参加居民医保。"),
        (waits, "户主还没有缴费，要户主先缴。"),
        (not facts.enters_own_number, "填的户主自己用的是别人的号码，不能当户主。"),
        (apart, "地址和户主不在同一个地方，不能合成一户。"),
    )


def _same_place(level: str | None, facts: HeadFacts) -> bool:
    """Equal down to the stated level; as no level is stated, equal as given. Unknown addresses are not equal."""
    head, member = facts.head_area_code, facts.member_area_code
    if head is None or member is None:
        return False
    digits = _DIGITS[level or "county"]
    level_of(head), level_of(member)  # both must be area codes
    return head[:digits] == member[:digits]
