"""Logging in, activating, and paying for linked family: who may act for whom, and what they see of each other."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from canbao.faces import wiring
from canbao.records.models import Consent, Coverage, LinkedPerson, Login
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.people.identity.login import forget_logins
from tests.faces.conftest import Phone
from tests.support.people.fake_identity import FakeIdentity
from tests.support.world import id_number, make_world

FUNAN = "341225"
NAME, BORN = "李小兰", date(1960, 1, 1)
PAYER = ("王大山", id_number(FUNAN, date(1970, 1, 1), 301))


class Holder(Phone):
    """A phone, and the provider to which it is sent."""

    identity: FakeIdentity

    def prove(self, sent, name: str = PAYER[0], number: str = PAYER[1]):
        """Go to the provider, prove it, come back."""
        assert sent.status_code == 302
        assert sent["Location"].startswith("https://identity.example/ask")
        return self.open("/identity/back/", **self.identity.come_back(sent["Location"], name, number))

    def log_in(self, **who: str):
        self.open(f"/a/{FUNAN}/family/")
        return self.prove(self.send(f"/a/{FUNAN}/login/real_name/", to="family"), **who)

    def add(self, name: str, number: str, **more: str):
        path = f"/a/{FUNAN}/family/"
        self.open(path)
        return self.send(
            path, **{"name": name, "number": number, "relation": "child", "consent": "yes"} | more
        )


@pytest.fixture
def phone(db, monkeypatch) -> Holder:
    """阜阳 on 9 October 2020, with an identity provider."""
    world = make_world(datetime(2020, 10, 9, 2, 0, tzinfo=UTC))
    identity = FakeIdentity()
    holder = Holder(world, Client(enforce_csrf_checks=True))
    holder.identity = identity
    monkeypatch.setattr(
        wiring, "env", lambda actor: replace(holder.world.env, actor=actor, identity=identity)
    )
    return holder


def text(response) -> str:
    return response.content.decode()


def insured_before(phone: Holder) -> str:
    """李小兰, insured in 2020, whose e-credential is not active; her number."""
    person_id = phone.world.person(FUNAN, "senior", BORN, NAME)
    take_over(phone.world.env, [PastYear(person_id, 2020, FUNAN, "senior", None)])
    assert Coverage.objects.exists()
    number = id_number(FUNAN, BORN, 1)
    phone.identity.inactive.add(number)
    return number


# ── 激活 (FY-07)


def test_an_inactive_credential_is_activated_and_the_payment_goes_on(phone):
    """Nothing is typed a second time."""
    number = insured_before(phone)
    refused = phone.ask(NAME, number, area=FUNAN)
    assert refused.status_code == 422
    assert "E-1017" in text(refused)
    assert number not in text(refused)
    link = text(refused).partition(f'action="/a/{FUNAN}/activate/')[2].partition('"')[0]
    back = phone.prove(phone.send(f"/a/{FUNAN}/activate/{link}"), NAME, number)
    assert back["Location"].startswith(f"/a/{FUNAN}/activated/")
    onward = phone.open(back["Location"])
    assert "/details/" in onward["Location"]
    paying = phone.send(onward["Location"], head="own")
    assert "¥280.00" in text(phone.open(paying["Location"]))


def test_who_comes_back_without_activating_is_told_the_same_again(phone):
    number = insured_before(phone)
    refused = phone.ask(NAME, number, area=FUNAN)
    link = text(refused).partition(f'action="/a/{FUNAN}/activate/')[2].partition('"')[0]
    page = phone.open(f"/a/{FUNAN}/activated/{link}")
    assert "E-1017" in text(page)
    assert "去激活" in text(page)


def test_no_answer_from_the_provider_is_no_no(phone):
    number = insured_before(phone)
    phone.identity.down = True
    assert phone.ask(NAME, number, area=FUNAN).status_code == 200


def test_a_proxy_and_a_newcomer_are_not_asked_to_activate(phone):
    """FY-17 lists no activation for the proxy's flow; FY-07 is about people insured before (E13)."""
    number = insured_before(phone)
    path = f"/a/{FUNAN}/pay/proxy/"
    phone.open(path)
    assert phone.send(path, name=NAME, number=number, consent="yes").status_code == 302
    phone.world.person(FUNAN, "senior", BORN, "朱新月")
    never = id_number(FUNAN, BORN, 3)
    phone.identity.inactive.add(never)
    assert phone.ask("朱新月", never, area=FUNAN).status_code == 200


# ── 登录


def test_only_the_browser_that_asked_may_come_back(phone):
    phone.open(f"/a/{FUNAN}/family/")
    sent = phone.send(f"/a/{FUNAN}/login/real_name/", to="family")
    query = phone.identity.come_back(sent["Location"], *PAYER)
    stranger = Client()
    assert stranger.get("/identity/back/", query).status_code == 410
    assert not Login.objects.exists()


def test_who_turns_back_at_the_provider_is_not_logged_in(phone):
    phone.open(f"/a/{FUNAN}/family/")
    sent = phone.send(f"/a/{FUNAN}/login/real_name/", to="family")
    query = phone.identity.come_back(sent["Location"], *PAYER) | {"code": ""}
    page = phone.open("/identity/back/", **query)
    assert "E-1043" in text(page)
    assert "再试一次" in text(page)
    assert not Login.objects.exists()


def test_a_login_lasts_half_an_hour_and_ends_when_told(phone):
    phone.log_in()
    path = f"/a/{FUNAN}/family/"
    assert "王*山，您好" in text(phone.open(path))
    assert PAYER[0].encode() not in bytes(Login.objects.get().holder_sealed)
    token = phone.client.cookies["login"].value
    phone.send(f"/a/{FUNAN}/logout/")
    phone.client.cookies["login"] = token  # a copied cookie opens nothing any more
    assert "先实名登录" in text(phone.open(path))
    phone.log_in()
    phone.world = phone.world.later(minutes=31)
    assert "先实名登录" in text(phone.open(path))
    assert forget_logins(phone.world.env) == 1


def test_a_cookie_made_up_opens_nothing(phone):
    phone.client.cookies["login"] = "0000made-up"
    assert "先实名登录" in text(phone.open(f"/a/{FUNAN}/family/"))


def test_nowhere_else_does_a_login_lead(phone):
    phone.open(f"/a/{FUNAN}/family/")
    assert phone.send(f"/a/{FUNAN}/login/real_name/", to="https://evil.example/").status_code == 404
    assert phone.send(f"/a/{FUNAN}/login/name_and_number/", to="family").status_code == 404


# ── 关联人


def test_a_child_is_linked_once_and_paid_for_without_typing(phone):
    """CP-18, FY-06; ux: members' IDs are masked to the payer."""
    phone.world.person(FUNAN, "student", date(2010, 10, 10), "高小雨")
    number = id_number(FUNAN, date(2010, 10, 10), 1)
    phone.log_in()
    assert phone.add("高小雨", number).status_code == 302
    assert phone.add("高小雨", number).status_code == 302
    row = LinkedPerson.objects.get()
    consent = Consent.objects.get(purpose="linked_family")
    assert (consent.text_version, consent.given_at) == (row.consent_version, row.linked_at)
    page = text(phone.open(f"/a/{FUNAN}/family/"))
    assert "高*雨" in page
    assert "高小雨" not in page
    assert number not in page
    paying = phone.send(f"/a/{FUNAN}/family/{row.id}/pay/")
    assert "/details/" in paying["Location"]
    phone.send(f"/a/{FUNAN}/family/{row.id}/remove/")
    assert "还没有关联的家人" in text(phone.open(f"/a/{FUNAN}/family/"))
    assert LinkedPerson.objects.get().ended_at is not None
    assert phone.add("高小雨", number).status_code == 302
    assert LinkedPerson.objects.count() == 2


@pytest.mark.parametrize(
    ("born", "links"),
    [
        (date(2002, 10, 10), True),  # 17, the day before the 18th birthday
        (date(2002, 10, 9), False),  # 18 today
        (date(1969, 10, 10), False),  # 50, the last day
        (date(1969, 10, 9), True),  # 51 today
    ],
)
def test_from_18_through_50_nobody_is_linked(phone, born, links):
    """FY-08, E13."""
    phone.world.person(FUNAN, "student", born, "高小雨")
    phone.log_in()
    page = phone.add("高小雨", id_number(FUNAN, born, 1))
    assert (page.status_code == 302) == links
    assert links or "E-1016" in text(page)
    assert LinkedPerson.objects.count() == links


def test_who_grows_up_is_shown_with_the_reason_and_no_button(phone):
    phone.world.person(FUNAN, "student", date(2002, 10, 10), "高小雨")
    phone.log_in()
    phone.add("高小雨", id_number(FUNAN, date(2002, 10, 10), 1))
    phone.world = replace(phone.world, env=phone.world.env.at(phone.world.env.now + timedelta(days=1)))
    phone.log_in()
    page = text(phone.open(f"/a/{FUNAN}/family/"))
    assert "这个年龄要本人缴费" in page
    assert "给高*雨缴费" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"consent": ""}, "他本人或监护人同意"),
        ({"relation": ""}, "什么人"),
        ({"number": "12"}, "请数一数"),
        ({"number": PAYER[1]}, "本人缴费"),
        ({"name": "高大雨"}, "E-1001"),
    ],
)
def test_each_wrong_field_is_named_and_nobody_is_linked(phone, typed, said):
    phone.world.person(FUNAN, "student", date(2010, 10, 10), "高小雨")
    phone.log_in()
    fields = {"name": "高小雨", "number": id_number(FUNAN, date(2010, 10, 10), 1)} | typed
    assert said in text(phone.add(**fields))
    assert not LinkedPerson.objects.exists()


def test_nobody_pays_or_removes_through_another_payers_link(phone):
    phone.world.person(FUNAN, "student", date(2010, 10, 10), "高小雨")
    phone.log_in()
    phone.add("高小雨", id_number(FUNAN, date(2010, 10, 10), 1))
    link_id = LinkedPerson.objects.get().id
    phone.log_in(name="马二", number=id_number(FUNAN, date(1971, 1, 1), 303))
    for what in ("pay", "remove"):
        assert phone.send(f"/a/{FUNAN}/family/{link_id}/{what}/").status_code == 404
    phone.send(f"/a/{FUNAN}/logout/")
    assert "E-1043" in text(phone.send(f"/a/{FUNAN}/family/{link_id}/pay/"))
    assert LinkedPerson.objects.get().active_slot == 1


# ── 我的缴费


def test_ones_own_years_are_shown_by_real_name_and_nobody_elses(phone):
    insured_before(phone)
    path = f"/a/{FUNAN}/mine/"
    assert "先实名登录" in text(phone.open(path))
    back = phone.prove(phone.send(f"/a/{FUNAN}/login/real_name/", to="mine"), NAME, id_number(FUNAN, BORN, 1))
    assert back["Location"] == path
    page = text(phone.open(path))
    assert "2020 年度" in page
    assert "以前的系统没有移交" in page
    phone.log_in()
    assert "这里还没有记录" in text(phone.open(path))


def test_where_the_notice_wants_a_face_a_real_name_is_not_enough(phone):
    """LZ-20."""
    liuzhou = "/a/450202/mine/"
    phone.log_in()
    assert "先人脸实名登录" in text(phone.open(liuzhou))
    phone.prove(phone.send("/a/450202/login/face/", to="mine"))
    assert "王*山，您好" in text(phone.open(liuzhou))
    assert "王*山，您好" in text(phone.open(f"/a/{FUNAN}/family/")), "a face is a real name too"
