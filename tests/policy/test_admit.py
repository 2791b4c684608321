"""Who may pay through what: capabilities of channels."""

from datetime import date

import pytest

from canbao.basics.refusals import ChannelNotSuited
from canbao.policy.admit import admit
from canbao.policy.assess import Answer
from canbao.policy.situation import Mark, Situation
from tests.policy.shelf import HEAD, a_pack, from_text

SPECIAL = Answer("payable", "special", 4000, {"person": 4000})
NORMAL = Answer("payable", "normal", 40000, {"person": 40000})
MARKED = Situation("adult", date(1980, 1, 1), (Mark("minimum_living_allowance", date(2020, 1, 1)),))
ON = date(2024, 10, 8)


@pytest.mark.parametrize(
    ("channel", "admitted"),
    [("wechat", True), ("alipay", True), ("e_tax", False), ("cash", True), ("pos", True)],
)
def test_online_a_special_payment_needs_a_stated_yes(channel: str, admitted: bool):
    """CZ-08, CZ-17."""
    refusal = admit(a_pack("140400", 2025), MARKED, SPECIAL, "self", channel, ON)

    assert (refusal is None) == admitted
    assert admit(a_pack("140400", 2025), MARKED, NORMAL, "self", channel, ON) is None


def test_an_unsuited_channel_names_those_that_would_do():
    refusal = admit(a_pack("140400", 2025), MARKED, SPECIAL, "self", "e_tax", ON)

    assert isinstance(refusal, ChannelNotSuited)
    assert "微信" in refusal.facts["channels"]
    assert "电子税务局" not in refusal.facts["channels"]


def test_a_channel_that_in_principle_takes_no_special_payment_says_in_principle():
    pack = from_text(
        c371500=HEAD
        + "channels:\n  e_tax: {label: 电子税务局, special: {value: false, status: stated, rule: T, force: principle}}\n"
    )

    refusal = admit(pack, MARKED, SPECIAL, "self", "e_tax", ON)

    assert isinstance(refusal, ChannelNotSuited)
    assert refusal.facts["reason"] == "电子税务局原则上不能办资助缴费。"


def test_an_assisted_person_of_fuyang_may_pay_at_a_window():
    """FY-11 speaks of online payment alone."""
    fuyang, on = a_pack("341200", 2021), date(2020, 10, 5)

    assert admit(fuyang, MARKED, NORMAL, "self", "wechat", on).code == "E-1018"
    assert admit(fuyang, MARKED, NORMAL, "self", "tax_window", on) is None


def test_an_unknown_birthday_is_not_taken_for_an_age_that_may_be_paid_for():
    assert (
        admit(a_pack("341200", 2021), Situation("adult"), NORMAL, "proxy", "wechat", date(2020, 10, 5)).code
        == "E-1016"
    )
