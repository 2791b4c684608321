"""Finding somebody: forms that forgive, answers that give nothing away, limits that hold."""

from datetime import date

import pytest

from canbao.records.models import Bill, Consent, Order
from canbao.services.system import limits
from tests.faces.conftest import Phone
from tests.support.world import CHIPING, id_number

NAME, BORN = "张小满", date(2012, 4, 16)


@pytest.fixture
def number(phone: Phone) -> str:
    """The ID number of a registered student."""
    phone.world.person(name=NAME, birth=BORN)
    return id_number(CHIPING, BORN, 1)


def text(response) -> str:
    return response.content.decode()


def test_name_and_number_lead_to_the_answer(phone, number):
    page = phone.ask(NAME, number)

    assert page.status_code == 200
    assert "¥280.00" in text(page)
    assert number not in text(page)


@pytest.mark.parametrize(
    "typed",
    [
        "  {}  ",
        "{0[0]} {0[1]}",
        "{full}",
        "{0[0]}{0[1]}\u200b",
    ],
)
def test_a_number_is_understood_however_it_was_typed(phone, number, typed):
    """Spaces, full-width digits, characters that a chat app slips in."""
    full = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    written = typed.format((number[:6], number[6:]) if "0[" in typed else number, full=full)

    assert phone.ask(NAME, written).status_code == 200


def test_without_consent_nothing_is_asked(phone, number):
    page = phone.ask(NAME, number, consent="")

    assert page.status_code == 422
    assert "请先勾选同意" in text(page)
    assert NAME in text(page)
    assert not Consent.objects.exists()
    assert not Bill.objects.exists()


def test_what_was_agreed_to_is_kept_with_version_and_time(phone, number):
    """FY-16."""
    phone.ask(NAME, number)

    kept = Consent.objects.get()
    assert kept.text_version
    assert kept.given_at == phone.world.env.now
    assert kept.given_by == "self"


def test_a_wrong_name_and_an_unknown_number_read_the_same(phone, number):
    """A stranger does not learn whether somebody is on record."""
    wrong_name = text(phone.ask("张大满", number))
    nobody = text(phone.ask(NAME, id_number(CHIPING, BORN, 9)))

    assert "E-1001" in wrong_name
    assert without_tokens(wrong_name) == without_tokens(nobody)


def without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "nonce" not in line and "csrf" not in line)


def test_one_number_is_asked_about_so_often_and_no_more(phone, number):
    for _ in range(limits.PER_NUMBER.times):
        assert phone.ask("张大满", number).status_code == 422

    page = phone.ask("张大满", number)

    assert page.status_code == 429
    assert "E-1101" in text(page)


def test_the_limit_does_not_lock_out_a_village_behind_one_address(phone):
    for order in range(1, 60, 2):
        assert phone.ask(NAME, id_number(CHIPING, BORN, order)).status_code == 422


def test_an_unknown_area_is_a_page_with_a_way_out(phone):
    page = phone.open("/a/999999/")

    assert page.status_code == 404
    assert "E-1104" in text(page)
    assert "12393" in text(page)


def test_an_address_nobody_has_is_a_page_with_a_way_out(phone):
    assert "怎么办" in text(phone.open("/nowhere/"))


def test_a_form_from_elsewhere_is_refused(phone, number):
    phone.open(f"/a/{CHIPING}/pay/self/")
    page = phone.client.post(f"/a/{CHIPING}/pay/self/", {"name": NAME, "number": number, "consent": "yes"})

    assert "E-1102" in text(page)
    assert not Bill.objects.exists()


def test_the_enquiry_says_enrolled_and_unpaid_and_no_more(phone, number):
    path = f"/a/{CHIPING}/enquiry/"
    phone.open(path)
    page = text(phone.send(path, name=NAME, number=number, consent="yes"))

    assert "还没有缴费" in page
    assert "280" not in page
    assert number not in page
    assert not Order.objects.exists()
