"""停保, 异地就医备案 and 信息变更 as a phone meets them: consequences first, both ways, and nothing done by a stranger."""

import pytest

from canbao.records.models import ChangeRequest, Enrolment, Person
from canbao.records.people.changes.told import Ground
from canbao.services.people.changes.request import grant, refuse
from tests.faces.conftest import Phone
from tests.support.people.asked import number_of
from tests.support.world import CHIPING

WHY = Ground("看过证件", "卷-0007")


def to_choices(phone: Phone, what: str = "suspend") -> str:
    person_id = phone.world.person()
    path = f"/a/{CHIPING}/change/{what}/"
    phone.open(path)
    number = number_of(phone.world, person_id)
    return phone.send(path, name="张小满", number=number, consent="yes")["Location"]


def text(answer) -> str:
    return answer.content.decode()


def test_the_consequences_and_the_second_way_stand_on_one_page(phone):
    """LZ-07."""
    page = text(phone.open(to_choices(phone)))
    assert page.index("停保以后会怎样") < page.index("办法一") < page.index("办法二：不停保，办异地就医备案")


def test_suspending_is_asked_for_and_a_clerk_does_it(phone):
    place = to_choices(phone)
    phone.open(place)
    refused = phone.send(place, kind="suspension", reason="other_area")
    assert refused.status_code == 422
    assert "请先看清后果" in text(refused)
    status = phone.send(place, kind="suspension", reason="other_area", understood="yes")["Location"]
    assert "等经办机构办理" in text(phone.open(status))
    assert Enrolment.objects.get().state == "active", "name and number alone change nothing"

    grant(phone.world.env, ChangeRequest.objects.get().id, WHY)

    assert "已办好" in text(phone.open(status))
    assert Enrolment.objects.get().state == "suspended"


def test_a_care_filing_has_a_place_a_reason_days_and_a_state(phone):
    """LZ-07, LZ-10."""
    place = to_choices(phone)
    phone.open(place)
    filing = {"kind": "care_filing", "place": "北京市", "reason": "study", "from_date": "2021-12-01"}
    assert "2022-09-01" in text(phone.send(place, **filing | {"from_date": "明天"}))
    assert "晚于" in text(phone.send(place, **filing | {"until_date": "2021-11-30"}))
    status = phone.send(place, **filing | {"until_date": "2022-06-30"})["Location"]
    page = text(phone.open(status))
    assert "北京市" in page
    assert "2022年6月30日" in page
    assert phone.send(place, **filing).status_code == 422  # one of a kind at a time

    refuse(phone.world.env, ChangeRequest.objects.get().id, "没有带在校证明")
    assert "没有带在校证明" in text(phone.open(status))


def test_a_request_can_be_taken_back_until_it_is_decided(phone):
    place = to_choices(phone, "correct")
    phone.open(place)
    status = phone.send(place, kind="correction", name="张满")["Location"]
    phone.send(f"{status}withdraw/")
    assert "已撤回" in text(phone.open(status))
    assert phone.send(f"{status}withdraw/").status_code == 422
    assert Person.objects.get().name == "张小满"


@pytest.mark.parametrize("what", ["suspend", "correct"])
def test_a_stranger_with_one_wrong_word_learns_nothing(phone, what):
    number = number_of(phone.world, phone.world.person())
    path = f"/a/{CHIPING}/change/{what}/"
    phone.open(path)
    assert "E-1001" in text(phone.send(path, name="李四", number=number, consent="yes"))
    assert phone.send(path, name="张小满", number=number).status_code == 422
