"""The payer's page: a form, four buttons, no script; each button ends as it says."""

import pytest

from tests.sandbox.bench import RETURN_URL, Form


@pytest.fixture
def link(bench):
    return bench.order().json()["h5_url"]


def test_the_page_shows_what_is_paid_and_needs_no_script(bench, link):
    page = bench.page(link)
    form = Form(page.text)

    assert "¥380.00" in page.text
    assert "ORDER001" in page.text
    assert form.buttons == ["success", "fail", "cancel", "timeout"]
    assert (form.scripts, page.headers["Cache-Control"]) == (0, "no-store")


@pytest.mark.parametrize(
    ("outcome", "state", "letters"),
    [
        ("success", "SUCCESS", 1),
        ("fail", "NOTPAY", 0),
        ("cancel", "NOTPAY", 0),
        ("payerror", "PAYERROR", 0),
    ],
)
def test_a_button_ends_as_it_says_and_sends_the_payer_back(bench, link, outcome, state, letters):
    answer = bench.press(bench.page(link), outcome)

    assert (answer.status_code, answer.headers["Location"]) == (303, RETURN_URL)
    assert bench.query().json()["trade_state"] == state
    assert bench.step() == letters == len(bench.mail)


def test_a_timeout_takes_the_money_and_tells_nobody(bench, link):
    answer = bench.press(bench.page(link), "timeout")

    assert answer.status_code == 504
    assert "支付成功" not in answer.text
    assert RETURN_URL.replace("&", "&amp;") in answer.text
    assert bench.query().json()["trade_state"] == "SUCCESS"
    assert bench.step(86400) == 0
    assert [each["state"] for each in bench.deliveries()] == ["held"]


@pytest.mark.parametrize("outcome", ["fail", "cancel"])
def test_who_did_not_pay_may_try_again(bench, link, outcome):
    bench.press(bench.page(link), outcome)
    bench.press(bench.page(link), "success")

    assert bench.query().json()["trade_state"] == "SUCCESS"


def test_who_presses_twice_pays_once(bench, link):
    page = bench.page(link)
    bench.press(page, "success")
    number = bench.query().json()["transaction_id"]

    again = bench.press(page, "success")

    assert "不用再付" in again.text
    assert bench.query().json()["transaction_id"] == number
    assert bench.step() == 1


def test_a_closed_order_cannot_be_paid_on_a_page_still_open(bench, link):
    page = bench.page(link)
    bench.close_order()

    assert "不能付款" in bench.press(page, "success").text
    assert "不能付款" in bench.page(link).text
    assert bench.query().json()["trade_state"] == "CLOSED"


def test_the_payer_chooses_how_the_notice_goes(bench, link):
    bench.press(bench.page(link), "success", notify="lost")

    assert [each["state"] for each in bench.deliveries()] == ["lost"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"package": "1"}, 404),
        ({"prepay_id": "wx0"}, 404),
        ({"outcome": "free"}, 400),
        ({"notify": "never"}, 400),
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(bench, link, changed, status):
    assert bench.press(bench.page(link), "success", **changed).status_code == status
    assert bench.query().json()["trade_state"] == "NOTPAY"


def test_a_link_of_nobody_is_not_found(bench, link):
    assert bench.send("GET", link.partition("&package")[0]).status_code == 404
    assert bench.send("GET", link.replace("prepay_id=wx", "prepay_id=wy")).status_code == 404


@pytest.mark.parametrize(
    "back", ["javascript:alert(1)", "data:text/html,x", "//canbao.example", "https:x", ""]
)
def test_only_an_address_of_the_web_is_a_way_back(bench, link, back):
    page = bench.page(link, back)
    answer = bench.press(page, "success")

    assert Form(page.text).fields["redirect_url"] == ""
    assert answer.status_code == 200
    assert "href" not in answer.text.partition("<main>")[2]
