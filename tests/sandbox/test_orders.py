"""Orders: found again, closed by word or by time, never placed wrongly."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.bench import MORNING


def code(answer):
    return answer.status_code, answer.json().get("code")


def test_an_h5_order_gives_a_link_with_its_two_keys(bench):
    url = urlsplit(bench.order().json()["h5_url"])

    assert f"{url.scheme}://{url.netloc}" == "http://sandbox.example"
    assert set(parse_qs(url.query)) == {"prepay_id", "package"}


def test_the_link_leads_where_the_payer_finds_the_sandbox(open_bench):
    bench = open_bench(public_url="https://pay.example/sandbox")

    assert bench.order().json()["h5_url"].startswith("https://pay.example/sandbox/cgi-bin/")


@pytest.mark.parametrize(
    ("kind", "given", "changes"),
    [("jsapi", "prepay_id", {"payer": {"openid": "oABC"}}), ("native", "code_url", {})],
)
def test_an_order_of_another_kind_gives_another_key(bench, kind, given, changes):
    asked = {
        "appid": bench.merchant.appid,
        "mchid": bench.merchant.mchid,
        "description": "x",
        "out_trade_no": "ORDER001",
        "notify_url": "https://canbao.example/notify",
        "amount": {"total": 1},
    }

    assert list(bench.call("POST", f"/v3/pay/transactions/{kind}", asked | changes).json()) == [given]


def test_the_same_order_again_is_the_same_order_wherever_the_payer_sits(bench):
    first = bench.order().json()
    elsewhere = {"payer_client_ip": "203.0.113.8", "h5_info": {"type": "iOS"}}

    assert bench.order().json() == first
    assert bench.order(scene_info=elsewhere).json() == first


@pytest.mark.parametrize("changes", [{"fen": 100}, {"description": "another"}, {"attach": "x"}])
def test_a_number_that_another_order_has_used_is_refused(bench, changes):
    bench.order()

    assert code(bench.order(**changes)) == (403, "OUT_TRADE_NO_USED")


def test_an_unpaid_order_says_nothing_of_a_payment(bench):
    bench.order()

    told = bench.query().json()

    assert (told["trade_state"], told["amount"]) == ("NOTPAY", {"total": 38000, "currency": "CNY"})
    assert not {"transaction_id", "success_time", "trade_type", "bank_type"} & set(told)


def test_a_paid_order_says_all_of_it_and_is_found_by_both_numbers(bench):
    bench.paid()

    told = bench.query().json()

    assert (told["trade_state"], told["trade_type"]) == ("SUCCESS", "MWEB")
    assert (told["appid"], told["mchid"]) == (bench.merchant.appid, bench.merchant.mchid)
    assert told["success_time"] == "2024-11-05T10:00:00+08:00"
    assert told["amount"] == {
        "total": 38000,
        "payer_total": 38000,
        "currency": "CNY",
        "payer_currency": "CNY",
    }
    by_id = f"/v3/pay/transactions/id/{told['transaction_id']}?mchid={bench.merchant.mchid}"
    assert bench.call("GET", by_id).json() == told


@pytest.mark.parametrize("mchid", ["", "?mchid=1900000000"])
def test_a_query_names_its_merchant(bench, mchid):
    bench.order()

    assert code(bench.call("GET", f"/v3/pay/transactions/out-trade-no/ORDER001{mchid}")) == (
        400,
        "PARAM_ERROR",
    )


def test_closing_ends_an_unpaid_order_once(bench):
    bench.order()

    assert bench.close_order().status_code == 204
    assert bench.query().json()["trade_state"] == "CLOSED"
    assert code(bench.close_order()) == (400, "ORDER_CLOSED")
    assert code(bench.order()) == (400, "ORDER_CLOSED")


def test_a_paid_order_can_neither_be_closed_nor_placed_again(bench):
    bench.paid()

    assert code(bench.close_order()) == (400, "ORDERPAID")
    assert code(bench.order()) == (400, "ORDERPAID")
    assert code(bench.close_order("UNKNOWN1")) == (404, "ORDER_NOT_EXIST")


def test_an_order_closes_by_itself_when_its_time_is_over(bench):
    bench.order(time_expire=(MORNING + timedelta(minutes=30)).isoformat())

    bench.step(1799)
    assert bench.query().json()["trade_state"] == "NOTPAY"
    bench.step(1)
    assert bench.query().json()["trade_state"] == "CLOSED"
    assert bench.tell("pay", out_trade_no="ORDER001").status_code == 409


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("description", {"description": ""}),
        ("description", {"description": "长" * 128}),
        ("out_trade_no", {"out_trade_no": "SHORT"}),
        ("out_trade_no", {"out_trade_no": "X" * 33}),
        ("out_trade_no", {"out_trade_no": "ORDER 001"}),
        ("notify_url", {"notify_url": "https://canbao.example/notify?x=1"}),
        ("notify_url", {"notify_url": "canbao.example"}),
        ("amount/total", {"amount": {"total": True}}),
        ("amount/total", {"amount": {"total": 0}}),
        ("amount/total", {"amount": {"total": "100"}}),
        ("amount/total", {"amount": {"total": 1.0}}),
        ("amount/total", {"amount": None}),
        ("amount/currency", {"amount": {"total": 1, "currency": "USD"}}),
        ("scene_info/payer_client_ip", {"scene_info": {"h5_info": {"type": "Wap"}}}),
        ("scene_info/h5_info/type", {"scene_info": {"payer_client_ip": "203.0.113.7"}}),
        ("time_expire", {"time_expire": "2024-11-05T11:00:00"}),
        ("time_expire", {"time_expire": "tomorrow"}),
    ],
)
def test_a_wrong_field_is_named(bench, field, changes):
    answer = bench.order(**changes)

    assert code(answer) == (400, "PARAM_ERROR")
    assert answer.json()["detail"]["field"] == f"/body/{field}"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"mchid": "1900000000"}, "MCH_NOT_EXISTS"),
        ({"appid": "wx0000"}, "APPID_MCHID_NOT_MATCH"),
        ({"time_expire": MORNING.isoformat()}, "INVALID_REQUEST"),
    ],
)
def test_an_order_that_cannot_be_is_refused(bench, changes, word):
    assert code(bench.order(**changes)) == (400, word)
    assert code(bench.query()) == (404, "ORDER_NOT_EXIST")


def test_orders_outlive_a_restart(open_bench):
    open_bench().paid()

    assert open_bench().query().json()["trade_state"] == "SUCCESS"
