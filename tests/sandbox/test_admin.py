"""The hidden hand: for this machine only, and it does what it says."""

import pytest


def code(answer):
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize("host", ["203.0.113.7", "10.0.0.2", "::ffff:10.0.0.2", "name.example"])
def test_a_stranger_is_not_let_in(bench, host):
    assert code(bench.ask_as(host, "/sandbox/orders")) == (403, "NO_AUTH")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_stranger_behind_a_proxy_on_this_machine_is_not_let_in(bench, header):
    assert bench.ask_as("127.0.0.1", "/sandbox/orders", **{header: "203.0.113.7"}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1"])
def test_this_machine_is_let_in(bench, host):
    assert bench.ask_as(host, "/sandbox/orders").json() == {"orders": []}


def test_an_order_is_paid_without_its_page(bench):
    bench.order()

    told = bench.tell("pay", out_trade_no="ORDER001").json()

    assert (told["happened"], told["order"]["trade_state"]) == ("success", "SUCCESS")
    assert bench.step() == 1
    assert bench.tell("pay", out_trade_no="ORDER001").status_code == 409


def test_a_payment_can_outrun_the_closing(bench):
    bench.order()
    bench.close_order()

    assert bench.tell("pay", out_trade_no="ORDER001").json()["happened"] == "closed"
    assert bench.tell("pay", out_trade_no="ORDER001", even_if_closed=True).json()["happened"] == "success"
    assert bench.tell("pay", out_trade_no="ORDER001", even_if_closed=True).status_code == 409
    assert bench.query().json()["trade_state"] == "SUCCESS"


def test_a_plan_for_one_order_goes_before_the_plan_for_anybody(bench):
    bench.tell("behaviour", notify="lost")
    bench.tell("behaviour", notify="held", out_trade_no="ORDER001")
    bench.order("ORDER001")
    bench.order("ORDER002")
    bench.order("ORDER003")
    for number in ("ORDER001", "ORDER002", "ORDER003"):
        bench.tell("pay", out_trade_no=number)

    assert [each["state"] for each in bench.deliveries()] == ["held", "lost", "waiting"]


def test_a_plan_holds_as_often_as_it_was_asked_for(bench):
    bench.order()
    bench.tell("behaviour", fault="down", times=2)

    assert [bench.query().status_code for _ in range(3)] == [500, 500, 200]


def test_one_more_notice_is_posted_of_a_paid_order(bench):
    bench.paid(notify="lost")

    assert bench.tell("notify", out_trade_no="ORDER001", notify="together").status_code == 200
    assert bench.step() == 2


def test_one_delivery_is_sent_by_its_number_even_again(bench):
    bench.paid()
    bench.step()
    (sent,) = bench.deliveries()

    (told,) = bench.tell("deliver", delivery_id=sent["delivery_id"]).json()["deliveries"]

    assert (told["state"], told["attempts"]) == ("delivered", 2)
    assert len(bench.mail) == 2


def test_deliveries_are_told_newest_first_and_by_order(bench):
    bench.paid("ORDER001")
    bench.paid("ORDER002")

    told = bench.send("GET", "/sandbox/deliveries").json()["deliveries"]
    one = bench.send("GET", "/sandbox/deliveries?out_trade_no=ORDER001").json()["deliveries"]

    assert [each["out_trade_no"] for each in told] == ["ORDER002", "ORDER001"]
    assert [each["out_trade_no"] for each in one] == ["ORDER001"]


@pytest.mark.parametrize(
    ("what", "asked", "status"),
    [
        ("behaviour", {"weather": "fine"}, 400),
        ("behaviour", {"notify": "never"}, 400),
        ("behaviour", {"delay_seconds": -1}, 400),
        ("behaviour", {"notify": "lost", "times": 0}, 400),
        ("behaviour", {"bill": "missing"}, 400),
        ("pay", {"out_trade_no": "ORDER001", "outcome": "free"}, 400),
        ("pay", {"out_trade_no": "UNKNOWN1"}, 404),
        ("notify", {"out_trade_no": "ORDER001"}, 409),
        ("notify", {"out_trade_no": "ORDER001", "notify": "never"}, 400),
    ],
)
def test_a_wish_that_cannot_be_is_refused_and_nothing_is_done(bench, what, asked, status):
    bench.order()

    assert bench.tell(what, **asked).status_code == status
    assert bench.query().json()["trade_state"] == "NOTPAY"
    assert bench.deliveries() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"words"])
def test_a_wish_that_is_no_json_object_is_refused(bench, body):
    assert code(bench.send("POST", "/sandbox/pay", body)) == (400, "PARAM_ERROR")


def test_the_index_shows_orders_and_deliveries_to_people(bench):
    bench.paid(description="<b>医保</b>")
    bench.step()

    page = bench.send("GET", "/").text

    assert "ORDER001" in page
    assert "380.00" in page
    assert "已送到" in page
    assert "&lt;b&gt;医保" in page
