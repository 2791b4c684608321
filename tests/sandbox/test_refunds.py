"""Refunds: accepted at once, settled later, told to the merchant, never more than was paid."""

import pytest


@pytest.fixture
def bench(bench):
    bench.paid()
    bench.step()
    bench.mail.clear()
    return bench


def look(bench, number="REFUND01"):
    return bench.call("GET", f"/v3/refund/domestic/refunds/{number}").json()


def test_a_refund_is_on_its_way_for_half_a_minute(bench):
    asked = bench.refund()

    assert (asked.status_code, asked.json()["status"]) == (200, "PROCESSING")
    assert bench.query().json()["trade_state"] == "REFUND"
    bench.step(29)
    assert look(bench)["status"] == "PROCESSING"
    bench.step(1)
    assert (look(bench)["status"], look(bench)["success_time"]) == ("SUCCESS", "2024-11-05T10:00:30+08:00")
    assert look(bench)["amount"]["refund"] == 38000


@pytest.mark.parametrize("outcome", ["SUCCESS", "ABNORMAL", "CLOSED"])
def test_how_it_ended_is_told_when_it_ends(bench, outcome):
    bench.tell("behaviour", refund=outcome, out_trade_no="ORDER001")
    bench.refund(notify_url="https://canbao.example/refunds")

    assert [bench.step(29), bench.step(1)] == [0, 1]
    (letter,) = bench.mail
    notice, resource = bench.merchant.opens(letter.content)
    assert bench.merchant.believes(letter.headers, letter.content)
    assert (notice["event_type"], resource["refund_status"]) == (f"REFUND.{outcome}", outcome)
    assert (resource["out_refund_no"], resource["mchid"]) == ("REFUND01", bench.merchant.mchid)
    assert set(resource["amount"]) == {"total", "refund", "payer_total", "payer_refund"}
    assert not {"appid", "trade_state"} & set(resource)
    assert ("success_time" in resource) == (outcome == "SUCCESS")


def test_a_refund_without_an_address_is_told_to_nobody(bench):
    bench.refund()

    assert bench.step(60) == 0


def test_the_same_refund_again_is_the_same_refund(bench):
    first = bench.refund(fen=100).json()

    assert bench.refund(fen=100).json() == first
    assert bench.refund(fen=200).json()["code"] == "INVALID_REQUEST"


def test_parts_together_are_never_more_than_was_paid(bench):
    asked = [bench.refund(f"REFUND0{n}", 15000).status_code for n in (1, 2, 3)]

    assert asked == [200, 200, 400]
    assert bench.refund("REFUND04", 8000).status_code == 200
    assert bench.refund("REFUND05", 1).status_code == 400


def test_a_refund_that_was_closed_leaves_the_money_to_be_refunded(bench):
    bench.tell("behaviour", refund="CLOSED")
    bench.refund("REFUND01")

    assert bench.refund("REFUND02").status_code == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"out_trade_no": "UNKNOWN1"}, "RESOURCE_NOT_EXISTS"),
        ({"out_refund_no": "a b"}, "PARAM_ERROR"),
        ({"amount": {"refund": True, "total": 38000, "currency": "CNY"}}, "PARAM_ERROR"),
        ({"amount": {"refund": 0, "total": 38000, "currency": "CNY"}}, "PARAM_ERROR"),
        ({"amount": {"refund": 1, "total": 38000, "currency": "USD"}}, "PARAM_ERROR"),
        ({"amount": {"refund": 1, "total": 1, "currency": "CNY"}}, "INVALID_REQUEST"),
    ],
)
def test_a_refund_that_cannot_be_is_refused(bench, changes, code):
    assert bench.refund(**changes).json()["code"] == code
    assert bench.query().json()["trade_state"] == "SUCCESS"


def test_what_was_not_paid_is_not_refunded(bench):
    bench.order("ORDER002")

    assert bench.refund(out_trade_no="ORDER002").json()["code"] == "INVALID_REQUEST"
    assert look(bench)["code"] == "RESOURCE_NOT_EXISTS"
