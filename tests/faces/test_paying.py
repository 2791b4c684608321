"""From the answer to the order, over HTTP: tickets, tokens, a silent channel, a page that is not ours."""

from datetime import date

import pytest

from canbao.faces.citizen import tickets
from canbao.records.models import Attempt, Bill, Entry, Order
from canbao.services.money.settle import Arrival, settle
from tests.faces.conftest import Phone
from tests.support.world import CHIPING, id_number

NAME, BORN = "张小满", date(2012, 4, 16)


@pytest.fixture
def check_path(phone: Phone) -> str:
    """Where the answer of a student stands."""
    phone.world.person(name=NAME, birth=BORN)
    return phone.ask(NAME, id_number(CHIPING, BORN, 1)).wsgi_request.path


def text(response) -> str:
    return response.content.decode()


def paid_order(phone: Phone, check_path: str) -> Order:
    """Press pay; the channel takes the money and says so."""
    phone.send(check_path)
    number = Attempt.objects.get().out_trade_no
    settle(phone.world.env, [Arrival(phone.world.channel.take_money(number))])
    return Order.objects.get()


def test_pressing_twice_leads_to_the_same_payment(phone, check_path):
    first, second = phone.send(check_path), phone.send(check_path)

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Attempt.objects.count() == Order.objects.count() == 1


def test_a_silent_channel_keeps_the_order_and_says_so(phone, check_path):
    phone.world.channel.is_down = True

    page = phone.send(check_path)

    assert "E-1103" in text(page)
    assert Order.objects.get().state == "open"
    assert not Entry.objects.exists()


def test_the_done_page_may_be_bookmarked_and_shows_the_receipt(phone, check_path):
    order = paid_order(phone, check_path)

    for _ in range(2):
        assert "已收到 280.00 元" in text(phone.open(f"/o/{order.token}/"))
    assert "PJ" in text(phone.open(f"/o/{order.token}/receipt/"))
    paper = phone.open(f"/o/{order.token}/receipt.pdf")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_receipt_is_on_the_phone_that_paid_and_on_no_other(phone, check_path):
    order = paid_order(phone, check_path)
    path = f"/a/{CHIPING}/enquiry/"
    asked = {"name": NAME, "number": id_number(CHIPING, BORN, 1), "consent": "yes"}
    phone.open(path)
    assert order.token in text(phone.send(path, **asked))

    phone.client.cookies.clear()
    phone.open(path)
    elsewhere = text(phone.send(path, **asked))

    assert "已缴费" in elsewhere
    assert order.token not in elsewhere


def test_a_changed_cookie_opens_nothing(phone, check_path):
    paid_order(phone, check_path)
    phone.client.cookies["orders"] = phone.client.cookies["orders"].value[:-2] + "xx"

    assert "有一笔没付完" not in text(phone.open(f"/a/{CHIPING}/"))


@pytest.mark.parametrize("page", ["", "receipt/", "receipt.pdf"])
def test_a_token_nobody_was_given_opens_nothing(phone, check_path, page):
    order = paid_order(phone, check_path)
    guessed = order.token[:-1] + ("A" if order.token[-1] != "A" else "B")

    assert phone.open(f"/o/{guessed}/{page}").status_code == 404
    assert phone.open(f"/o/{order.order_no}/{page}").status_code == 404


def test_a_changed_ticket_is_refused(phone, check_path):
    *front, ticket, _ = check_path.split("/")
    changed = ticket[:20] + ("A" if ticket[20] != "A" else "B") + ticket[21:]

    page = phone.open("/".join([*front, changed, ""]))

    assert page.status_code == 410
    assert "E-1102" in text(page)


def test_a_ticket_of_one_page_does_not_open_another(phone, check_path):
    ticket = tickets.make(phone.world.env, page="details", name=NAME, number="1", person=None, payer="self")

    assert phone.open(f"/a/{CHIPING}/check/{ticket}/").status_code == 410


def test_a_ticket_ends_after_half_an_hour(phone, check_path, monkeypatch):
    later = phone.world.later(minutes=31)
    monkeypatch.setattr("canbao.faces.wiring.env", lambda _: later.env)

    assert phone.open(check_path).status_code == 410


def test_a_price_that_changed_meanwhile_is_not_charged(phone, check_path):
    Bill.objects.update(state="superseded", current_slot=None)

    page = phone.send(check_path)

    assert "E-1102" in text(page)
    assert not Order.objects.exists()


def test_anybody_may_verify_a_receipt_and_sees_a_masked_name(phone, check_path):
    order = paid_order(phone, check_path)
    shown = text(phone.open(f"/o/{order.token}/receipt/"))
    number = shown.split('<dd class="nowrap">PJ')[1].split("<")[0]
    code = shown.split('验真码</dt><dd class="nowrap">')[1].split("<")[0]

    genuine = phone.open(f"/v/PJ{number}/{code}/")
    assert "这张票据是真的" in text(genuine)
    assert NAME not in text(genuine)
    assert phone.open(f"/v/PJ{number}/0000000000/").status_code == 404
    assert phone.open("/v/", no=f" pj{number} ", code=code.lower()).status_code == 200
