"""参保登记 on a phone without scripts: from the first word to the payment, with every wrong turn explained."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from canbao.channels.evidence import LARGEST_FILE
from canbao.faces import wiring
from canbao.records.models import Application, Consent, Enrolment, Evidence, Identifier, Person
from canbao.services.people.registration.apply import forget_drafts
from canbao.services.people.registration.review import approve, give_back
from canbao.services.system.places import Unit, put_units
from tests.faces.conftest import Phone
from tests.support.people.evidence import PDF, a_photo
from tests.support.world import CHIPING, id_number, make_world

FUNAN, LIUZHOU = "341225", "450202"
NAME, BORN = "朱新月", date(2012, 4, 4)


@pytest.fixture
def fuyang(db, monkeypatch) -> Phone:
    """阜阳 on 9 October 2020, where registering is part of paying."""
    return phone_at(monkeypatch, datetime(2020, 10, 9, 2, 0, tzinfo=UTC))


@pytest.fixture
def liuzhou(db, monkeypatch) -> Phone:
    """柳州 on 10 October 2022, where somebody looks first."""
    return phone_at(monkeypatch, datetime(2022, 10, 10, 2, 0, tzinfo=UTC))


def phone_at(monkeypatch, now: datetime) -> Phone:
    world = make_world(now)
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return Phone(world, Client(enforce_csrf_checks=True))


def text(response) -> str:
    return response.content.decode()


def begin(phone: Phone, area: str, **typed: str):
    path = f"/a/{area}/register/"
    phone.open(path)
    number = id_number(area, BORN, 2)
    fields = {"given_by": "proxy", "guardian": "朱大山", "name": NAME, "number": number, "consent": "yes"}
    return phone.send(path, **fields | typed)


def fill(phone: Phone, link: str, *, ground: str, class_: str, **more: str) -> None:
    for page, fields in (("place", {"ground": ground}), ("class", {"person_class": class_, **more})):
        phone.open(f"{link}{page}/")
        done = phone.send(f"{link}{page}/", area=link_area(phone, link), **fields)
        assert done.status_code == 302, text(done)


def link_area(phone: Phone, link: str) -> str:
    token = link.split("/")[2]
    return Application.objects.get(token=token).area_code


def hand_in(phone: Phone, link: str):
    phone.open(f"{link}check/")
    return phone.send(f"{link}check/")


def test_where_nobody_needs_to_look_one_is_registered_at_once_and_goes_on_to_pay(fuyang):
    """FY-30: an application is approved by the machine; E-1001 leads here, and here leads back to the payment."""
    link = begin(fuyang, FUNAN)["Location"]
    assert "② 住在哪里" in text(fuyang.open(link))
    fill(fuyang, link, ground="hukou", class_="student")
    check = text(fuyang.open(f"{link}check/"))
    assert "阜阳市阜南县" in check
    assert NAME not in check
    hand_in(fuyang, link)
    person = Person.objects.get()
    enrolled = Enrolment.objects.get(person=person.id)
    assert (enrolled.area_code, enrolled.person_class, enrolled.registered_by) == (FUNAN, "student", "self")
    assert Consent.objects.get(purpose="registration").given_by == "proxy"
    assert "登记通过了" in text(fuyang.open(link))
    paying = fuyang.send(f"{link}pay/")
    assert "/details/" in paying["Location"]  # the household head is still to be asked (FY-16)
    details = fuyang.send(paying["Location"], head="own")
    assert "¥280.00" in text(fuyang.open(details["Location"]))


def test_where_the_notice_does_not_say_somebody_looks_and_gives_back_and_approves(liuzhou):
    """LZ-02: nothing says that a machine may approve, so nobody is registered before a person has looked."""
    put_units([Unit("450202S01", "城中实验小学", "school", LIUZHOU)])
    link = begin(liuzhou, LIUZHOU)["Location"]
    liuzhou.open(f"{link}place/")
    assert "城中实验小学" in text(liuzhou.open(f"{link}place/"))
    liuzhou.send(f"{link}place/", area=LIUZHOU, ground="students", unit="450202S01", home="幸福路1号")
    fill(liuzhou, link, ground="students", class_="student", of_department="no")
    hand_in(liuzhou, link)
    application = Application.objects.get()
    assert application.state == "review"
    assert "当地没有写可以自动通过。" in application.reasons
    assert "审核中" in text(liuzhou.open(link))
    assert not Person.objects.exists()
    give_back(liuzhou.world.env, application.id, "照片看不清，请重拍。")
    page = text(liuzhou.open(link))
    assert "照片看不清，请重拍。" in page
    assert "幸福路1号" not in text(hand_in(liuzhou, link))
    person_id = approve(liuzhou.world.env, application.id)
    assert Enrolment.objects.get(person=person_id).area_code == LIUZHOU
    assert "/check/" in liuzhou.send(f"{link}pay/")["Location"]


def test_nothing_typed_is_lost_by_a_mistake(liuzhou):
    page = begin(liuzhou, LIUZHOU, number="123", consent="")
    assert page.status_code == 422
    assert "请数一数" in text(page)
    assert f'value="{NAME}"' in text(page)
    assert 'value="123"' in text(page)
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"consent": ""}, "请先勾选同意"),
        ({"guardian": ""}, "请填写您的姓名"),
        ({"number": "L12345678"}, "1 个字母加 9 位数字"),
        ({"number": "L123456789"}, "请填写孩子的出生日期"),
        ({"number": "L123456789", "birth_date": "2020-01-01"}, "请选择孩子的性别"),
        (
            {"number": "L123456789", "birth_date": "2020-01-01", "sex": "male", "given_by": "self"},
            "监护人办",
        ),
        ({"number": "L123456789", "birth_date": "2999-01-01", "sex": "male"}, "请填写孩子的出生日期"),
    ],
)
def test_each_wrong_field_is_named(liuzhou, typed, said):
    assert said in text(begin(liuzhou, LIUZHOU, **typed))


def test_pages_not_filled_in_are_not_handed_in(liuzhou):
    link = begin(liuzhou, LIUZHOU)["Location"]
    liuzhou.open(f"{link}place/")
    assert "请选一项" in text(liuzhou.send(f"{link}place/", area=LIUZHOU))
    assert hand_in(liuzhou, link)["Location"] == link
    assert Application.objects.get().state == "draft"


def test_another_county_has_other_schools(liuzhou):
    put_units([Unit("450202S01", "城中实验小学", "school", LIUZHOU)])
    link = begin(liuzhou, LIUZHOU)["Location"]
    place = f"{link}place/"
    liuzhou.open(place)
    moved = liuzhou.send(place, area="450225", ground="students", unit="450202S01")
    assert moved["Location"] == place
    assert "城中实验小学" not in text(liuzhou.open(place))
    wrong = liuzhou.send(place, area="450225", ground="students", unit="450202S01")
    assert "请选这个县区的" in text(wrong)
    for elsewhere in ("450200", "999999"):
        assert liuzhou.send(place, area=elsewhere, ground="students").status_code == 404
    assert Application.objects.get().area_code == "450225"


def test_whoever_is_registered_is_told_to_pay(phone):
    """LZ-04: renewal needs no registration."""
    phone.world.person(name=NAME, birth=BORN)
    page = begin(phone, CHIPING, number=id_number(CHIPING, BORN, 1))
    assert page.status_code == 422
    assert "E-1041" in text(page)
    assert "不用再登记" in text(page)
    assert "去缴费" in text(page)


def test_a_wrong_name_learns_nothing_of_the_one_on_record(phone):
    phone.world.person(name=NAME, birth=BORN)
    assert begin(phone, CHIPING, name="朱旧月", number=id_number(CHIPING, BORN, 1)).status_code == 302


def test_whoever_is_enrolled_in_another_city_is_told_to_end_that_first(liuzhou):
    """LZ-08."""
    liuzhou.world.person("341225", "student", BORN, NAME)
    assert "E-1008" in text(begin(liuzhou, LIUZHOU, number=id_number("341225", BORN, 1)))


def test_hardship_students_are_sent_to_their_department(liuzhou):
    """LZ-05: asked, because nobody else may know of a person who is new here."""
    link = begin(liuzhou, LIUZHOU)["Location"]
    liuzhou.open(f"{link}class/")
    page = liuzhou.send(f"{link}class/", person_class="student", of_department="yes")
    assert "E-1020" in text(page)
    assert "审批待遇的部门" in text(page)


def test_a_newborn_is_registered_by_the_certificate_and_gets_the_number_later(fuyang):
    """FY-09, CZ-04: the same record, found by both numbers."""
    born = date(2020, 9, 20)
    link = begin(fuyang, FUNAN, number="l 341234567", birth_date="2020-09-20", sex="female")["Location"]
    fill(fuyang, link, ground="hukou", class_="newborn")
    hand_in(fuyang, link)
    application = Application.objects.get()
    assert "核对证明" in "".join(application.reasons)
    person_id = approve(fuyang.world.env, application.id)
    found = fuyang.ask(NAME, "L341234567", area=FUNAN)
    assert "朱*月" in text(found)
    assert "补登" in text(fuyang.open(link))
    wrong = id_number(FUNAN, date(2020, 9, 21), 2)
    assert "出生日期" in text(fuyang.send(f"{link}number/", number=wrong))
    assert fuyang.send(f"{link}number/", number=id_number(FUNAN, born, 2)).status_code == 302
    assert {row.person_id for row in Identifier.objects.all()} == {person_id}
    assert Identifier.objects.count() == 2
    for number in ("L341234567", id_number(FUNAN, born, 2)):
        assert fuyang.ask(NAME, number, area=FUNAN).status_code == 200


def upload(phone: Phone, link: str, body: bytes, name: str = "x.jpg"):
    path = f"{link}files/"
    phone.open(path)
    token = phone.client.cookies["csrftoken"].value
    file = SimpleUploadedFile(name, body, "image/jpeg")
    return phone.client.post(path, {"csrfmiddlewaretoken": token, "file": file})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"PK\x03\x04" + b"0" * 100, "只收照片"),
        (b"<html><script>alert(1)</script>", "只收照片"),
        (b"\xff\xd8\xff" + b"0" * LARGEST_FILE, "文件太大"),
        (a_photo()[:-40], "没有传完"),
        (a_photo(60_000, 60_000), "尺寸大得不正常"),
        (PDF.replace(b"/Pages", b"/JavaScript"), "带有程序"),
        (PDF.replace(b"/Pages", b"/Encrypt"), "有密码"),
    ],
    ids=["zip", "page", "too-large", "cut-off", "bomb", "script", "password"],
)
def test_a_paper_that_is_none_is_refused_with_its_reason(liuzhou, body, said):
    link = begin(liuzhou, LIUZHOU)["Location"]
    page = upload(liuzhou, link, body)
    assert page.status_code == 422
    assert said in text(page)
    assert "E-1042" in text(page)
    assert not Evidence.objects.exists()


def test_papers_are_kept_once_each_and_may_be_taken_back(liuzhou):
    link = begin(liuzhou, LIUZHOU)["Location"]
    for body in (a_photo(), a_photo(), PDF):
        assert upload(liuzhou, link, body).status_code == 302
    assert Evidence.objects.count() == 2
    first = re.search(r'name="drop" value="(\d+)"', text(liuzhou.open(f"{link}files/")))
    assert first
    liuzhou.send(f"{link}files/", drop=first[1])
    assert Evidence.objects.count() == 1
    for number in range(5):
        assert upload(liuzhou, link, a_photo(10 + number, 10)).status_code == 302
    assert "最多传 6 个" in text(upload(liuzhou, link, a_photo(99, 10)))


def test_a_token_opens_its_own_application_and_no_other(liuzhou):
    begin(liuzhou, LIUZHOU)
    assert liuzhou.open("/r/0000token-of-nobody/").status_code == 404
    assert liuzhou.open("/r/notoken-of-nobody/").status_code == 404


def test_the_home_page_leads_back_to_what_was_begun(liuzhou):
    link = begin(liuzhou, LIUZHOU)["Location"]
    assert link in text(liuzhou.open(f"/a/{LIUZHOU}/"))


def test_what_was_begun_and_left_is_forgotten_after_thirty_days(liuzhou):
    link = begin(liuzhou, LIUZHOU)["Location"]
    upload(liuzhou, link, a_photo())
    assert forget_drafts(liuzhou.world.later(days=29).env) == 0
    assert forget_drafts(liuzhou.world.later(days=31).env) == 1
    assert not Evidence.objects.exists()
    assert liuzhou.open(link).status_code == 404


def test_papers_and_points_say_what_the_notice_says_and_no_more(phone):
    """CP-13: any one of three; LZ-06: original and one copy; where no address is printed it stays open."""
    page = text(phone.open(f"/a/{CHIPING}/papers/"))
    assert "身份证，或者户口页，或者居民医保卡" in page
    points = text(phone.open(f"/a/{CHIPING}/points/"))
    assert "政务服务中心一楼" in points
    assert "通告没有写" in points
    assert "复印件 1 份" in text(phone.open("/a/450202/papers/"))
    assert "通告没有写服务网点" in text(phone.open("/a/140802/points/"))
