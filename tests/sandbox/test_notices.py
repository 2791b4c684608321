"""Notices: what stands in them, and every manner in which one can go wrong."""

from datetime import datetime

import httpx
import pytest

from tests.sandbox.bench import NOTIFY_URL


def opened(bench):
    return [bench.merchant.opens(letter.content)[1] for letter in bench.mail]


def ids(bench):
    return [bench.merchant.opens(letter.content)[0]["id"] for letter in bench.mail]


def believed(bench):
    return [bench.merchant.believes(letter.headers, letter.content) for letter in bench.mail]


def test_a_notice_is_of_the_documented_shape_and_holds_what_a_query_tells(bench):
    bench.paid()
    bench.step()

    (letter,) = bench.mail
    notice, resource = bench.merchant.opens(letter.content)
    assert (str(letter.url), letter.method) == (NOTIFY_URL, "POST")
    assert letter.headers["Content-Type"] == "application/json"
    assert set(notice) == {"id", "create_time", "resource_type", "event_type", "summary", "resource"}
    assert (notice["event_type"], notice["resource_type"]) == ("TRANSACTION.SUCCESS", "encrypt-resource")
    assert datetime.fromisoformat(notice["create_time"]).timestamp() == bench.now
    sealed = notice["resource"]
    assert (sealed["algorithm"], sealed["original_type"]) == ("AEAD_AES_256_GCM", "transaction")
    assert len(sealed["nonce"]) == 12
    assert len(sealed["associated_data"]) < 16
    assert resource == bench.query().json()
    assert bench.merchant.believes(letter.headers, letter.content)


@pytest.mark.parametrize(("manner", "wait_s"), [("twice", 1), ("together", 0)])
def test_one_notice_may_come_two_times(bench, manner, wait_s):
    bench.paid(notify=manner)

    left = bench.step() + (bench.step(wait_s) if wait_s else 0)

    assert left == 2
    assert len(set(ids(bench))) == 1
    assert believed(bench) == [True, True]


@pytest.mark.parametrize("manner", ["lost", "held"])
def test_a_notice_that_is_kept_back_leaves_only_by_hand(bench, manner):
    bench.paid(notify=manner)
    assert bench.step(2 * 86400) == 0

    bench.tell("deliver", out_trade_no="ORDER001")

    assert believed(bench) == [True]
    assert [each["state"] for each in bench.deliveries()] == ["delivered"]


@pytest.mark.parametrize(("asked", "wait_s"), [({}, 180), ({"delay_seconds": 7}, 7)])
def test_a_delayed_notice_leaves_later(bench, asked, wait_s):
    if asked:
        bench.tell("behaviour", **asked)
    bench.paid(notify="delayed")

    assert [bench.step(wait_s - 1), bench.step(1)] == [0, 1]


def test_a_reordered_notice_lets_the_next_one_overtake(bench):
    bench.paid("ORDER001", "reordered")
    assert bench.step() == 0
    bench.paid("ORDER002")

    assert [bench.step(), bench.step()] == [1, 1]
    assert [each["out_trade_no"] for each in opened(bench)] == ["ORDER002", "ORDER001"]


def test_a_reordered_notice_that_nobody_overtakes_leaves_after_five_minutes(bench):
    bench.paid(notify="reordered")

    assert [bench.step(299), bench.step(1)] == [0, 1]


def test_a_stale_notice_is_signed_an_hour_ago(bench):
    bench.paid(notify="stale")
    bench.step()

    assert believed(bench) == [True]
    assert int(bench.mail[0].headers["Wechatpay-Timestamp"]) == int(bench.now) - 3600


def test_a_forged_notice_is_signed_by_nobody(bench):
    bench.paid(notify="forged")
    bench.step()

    assert believed(bench) == [False]


def test_a_probe_comes_before_the_true_notice(bench):
    bench.paid(notify="signtest")
    bench.step()

    assert sorted(believed(bench)) == [False, True]
    probe = bench.mail[believed(bench).index(False)]
    assert probe.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")


def test_a_wrong_amount_is_signed_truly(bench):
    bench.paid(notify="wrong_amount")
    bench.step()

    assert believed(bench) == [True]
    assert opened(bench)[0]["amount"]["total"] == 38100
    assert bench.query().json()["amount"]["total"] == 38000


@pytest.mark.parametrize("manner", ["stale", "forged", "wrong_amount"])
def test_a_spoilt_notice_comes_once(bench, manner):
    bench.answer = lambda _: httpx.Response(401)
    bench.paid(notify=manner)

    assert bench.step() == 1
    assert bench.step(86400) == 0
    assert [each["state"] for each in bench.deliveries()] == ["given_up"]
