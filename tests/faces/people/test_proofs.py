"""LZ-20: 缴费证明, 缴费回单 and 代他人缴费记录 are three things; each wants the login the notice asks for, and tells only its own."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core import signing
from django.test import Client
from pypdf import PdfReader

from canbao.faces import wiring
from canbao.records.models import Attempt, Certificate, ContributionRecord, OrderPayer
from canbao.services.exchange.take_over import PastYear, take_over
from canbao.services.money.pay import pay
from canbao.services.money.settle import Arrival, settle
from canbao.services.people.identity.proofs import PREFIX
from tests.faces.people.test_identity import Holder
from tests.support.people.fake_identity import FakeIdentity
from tests.support.world import BACK, id_number, make_world

LIUZHOU, CHANGZHI = "450202", "140403"
NAME, BORN = "韦大山", date(1980, 1, 1)
CHILD, CHILD_BORN = "韦小山", date(2012, 4, 16)


@pytest.fixture
def phone(db, monkeypatch) -> Holder:
    """柳州 on 10 October 2022, where proofs want a face (LZ-20)."""
    holder = Holder(make_world(datetime(2022, 10, 10, 2, 0, tzinfo=UTC)), Client(enforce_csrf_checks=True))
    holder.identity = FakeIdentity()
    monkeypatch.setattr(
        wiring, "env", lambda actor: replace(holder.world.env, actor=actor, identity=holder.identity)
    )
    return holder


def paid(phone: Holder, name: str = NAME, born: date = BORN, class_: str = "adult", **way: str) -> int:
    world = phone.world
    person = world.person(LIUZHOU, class_, born, name)
    opening = world.opening(world.bill(person, 2023))
    env = replace(world.env, identity=phone.identity)
    pay(env, opening, replace(BACK, **way))
    settle(env, [Arrival(world.channel.take_money(Attempt.objects.latest("id").out_trade_no))])
    return person


def log_in(phone: Holder, level: str = "face", name: str = NAME, number: str = "") -> str:
    phone.open(f"/a/{LIUZHOU}/mine/")
    phone.prove(
        phone.send(f"/a/{LIUZHOU}/login/{level}/", to="mine"), name, number or id_number(LIUZHOU, BORN, 1)
    )
    return phone.client.cookies["login"].value


def read(answer) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)


def mine(phone: Holder, path: str):
    return phone.open(f"/a/{LIUZHOU}/mine/{path}")


PATHS = ("certificate/", "certificate.pdf", "slips/", "paid-for/")


def test_paying_wants_a_real_name_and_proofs_want_a_face(phone):
    paid(phone)
    record = ContributionRecord.objects.get().id
    everything = (*PATHS, f"slips/{record}/", f"slips/{record}.pdf")
    assert {mine(phone, path).status_code for path in everything} == {302}
    log_in(phone, "real_name")
    assert {mine(phone, path).status_code for path in everything} == {302}
    log_in(phone)
    assert {mine(phone, path).status_code for path in everything} == {200}


def test_the_three_say_different_things_of_one_payment(phone):
    person = paid(phone)
    take_over(phone.world.env, [PastYear(person, 2022, LIUZHOU, "adult", None)])
    log_in(phone)
    record = ContributionRecord.objects.get(origin="paid")

    certificate, slip = read(mine(phone, "certificate.pdf")), read(mine(phone, f"slips/{record.id}.pdf"))

    assert "2022 年度" in certificate
    assert "2023 年度" in certificate
    assert "还没有入库" in certificate
    assert record.channel_txn_no not in certificate
    assert record.channel_txn_no in slip
    assert "2022 年度" not in slip
    others = mine(phone, "paid-for/").content.decode()
    assert "没有记录" in others
    assert id_number(LIUZHOU, BORN, 1) not in certificate + slip


def test_a_certificate_is_verified_by_anybody_and_says_when_something_of_it_was_given_back(phone):
    paid(phone)
    log_in(phone)
    for _ in range(2):
        mine(phone, "certificate/")
    made = Certificate.objects.get()
    assert made.certificate_no.startswith(PREFIX)
    code = phone.world.env.sealer.receipt_code(made.certificate_no)
    anybody = Client()

    page = anybody.get(f"/v/{made.certificate_no}/{code}/").content.decode()

    assert "这份缴费证明是真的" in page
    assert NAME not in page
    assert "韦*山" in page
    assert "2023 年度" in page
    assert anybody.get(f"/v/{made.certificate_no}/0000000000/").status_code == 404
    assert anybody.get(f"/v/?no={made.certificate_no}&code={code}").status_code == 200
    ContributionRecord.objects.update(refunded_at=phone.world.env.now)
    assert "开出以后有退费" in anybody.get(f"/v/{made.certificate_no}/{code}/").content.decode()
    assert "没有记录" in mine(phone, "certificate/").content.decode(), "what was given back is not certified"
    assert mine(phone, "certificate.pdf").status_code == 404


def test_who_paid_while_logged_in_sees_for_whom_and_has_the_slip_but_no_certificate_of_them(phone):
    login = log_in(phone, "real_name")
    child = paid(phone, CHILD, CHILD_BORN, "student", login=_plain(login))
    assert OrderPayer.objects.count() == 1
    log_in(phone)

    listed = mine(phone, "paid-for/").content.decode()

    assert "韦*山" in listed
    assert CHILD not in listed
    record = ContributionRecord.objects.get(person=child)
    assert "韦*山" in read(mine(phone, f"slips/{record.id}.pdf"))
    assert "没有记录" in mine(phone, "certificate/").content.decode()
    assert "没有记录" in mine(phone, "slips/").content.decode()


def test_a_slip_of_a_payment_for_two_says_what_was_paid_in_all_and_what_of_it_for_this_person(phone):
    world = phone.world
    people = [world.person(LIUZHOU, "adult", BORN, NAME), world.person(LIUZHOU, "student", CHILD_BORN, CHILD)]
    mine_first, other = (world.opening(world.bill(id_, 2023)) for id_ in people)
    pay(world.env, replace(mine_first, more_bill_ids=(other.bill_id,)), BACK)
    settle(world.env, [Arrival(world.channel.take_money(Attempt.objects.get().out_trade_no))])
    log_in(phone)
    record = ContributionRecord.objects.get(person=people[0])

    told = read(mine(phone, f"slips/{record.id}.pdf"))

    assert "一起付了 2 人" in told
    assert CHILD not in told
    assert "一起付了 2 人" in mine(phone, f"slips/{record.id}/").content.decode()


def test_nobody_else_opens_a_slip(phone):
    paid(phone, CHILD, CHILD_BORN, "student")
    record = ContributionRecord.objects.get()
    log_in(phone, name=NAME, number=id_number(LIUZHOU, BORN, 501))
    assert mine(phone, f"slips/{record.id}/").status_code == 404
    assert mine(phone, f"slips/{record.id + 10_000}/").status_code == 404
    assert not OrderPayer.objects.exists(), "nobody was logged in, so nobody is known to have paid"


def _plain(cookie: str) -> str:
    return str(signing.loads(cookie, salt="login"))
