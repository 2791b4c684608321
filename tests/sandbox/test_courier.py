"""The courier: the plan of retries as WeChat prints it, and what an answer means."""

import asyncio

import httpx
import pytest

# 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h, in all 24 h 4 min.
PAUSES_S = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600]
A_MOMENT_S = 0.001


def state(bench):
    return [(each["state"], each["attempts"]) for each in bench.deliveries()]


@pytest.mark.parametrize("speed", [1, 60])
def test_a_notice_that_nobody_takes_comes_fifteen_times_more(open_bench, speed):
    bench = open_bench(speed=speed)
    bench.answer = lambda _: httpx.Response(500)
    bench.paid()

    assert bench.step() == 1
    for pause in PAUSES_S:
        assert bench.step(pause / speed - A_MOMENT_S) == 0
        assert bench.step(2 * A_MOMENT_S) == 1
    assert bench.step(30 * 86400) == 0
    assert sum(PAUSES_S) == 24 * 3600 + 4 * 60
    assert state(bench) == [("given_up", 16)]


@pytest.mark.parametrize("status", [200, 204])
def test_a_good_status_ends_the_retries(bench, status):
    bench.answer = lambda _: httpx.Response(status)
    bench.paid()

    assert bench.step() == 1
    assert bench.step(86400) == 0
    assert state(bench) == [("delivered", 1)]


@pytest.mark.parametrize("status", [201, 302, 400, 401, 404, 500, 503])
def test_any_other_status_keeps_them_coming(bench, status):
    bench.answer = lambda _: httpx.Response(status, headers={"Location": "https://canbao.example/"})
    bench.paid()

    assert [bench.step(), bench.step(15), bench.step(15)] == [1, 1, 1]
    assert state(bench) == [("waiting", 3)]


def test_the_status_outranks_the_body(bench):
    bench.paid()
    bench.answer = lambda _: httpx.Response(500, json={"code": "SUCCESS"})
    bench.step()
    assert state(bench) == [("waiting", 1)]

    bench.answer = lambda _: httpx.Response(200, json={"code": "FAIL", "message": "失败"})
    bench.step(15)
    assert state(bench) == [("delivered", 2)]


def test_a_merchant_who_recovers_is_told_at_the_next_attempt(bench):
    def refuse(_):
        raise httpx.ConnectError("nobody there")

    bench.answer = refuse
    bench.paid()
    bench.step()
    assert bench.deliveries()[0]["answers"][0]["status"] is None
    assert "ConnectError" in bench.deliveries()[0]["answers"][0]["text"]

    bench.answer = lambda _: httpx.Response(200)
    assert bench.step(15) == 1
    assert state(bench) == [("delivered", 2)]


def test_an_answer_that_takes_too_long_is_none(open_bench):
    bench = open_bench()
    courier = bench.app.state.twin.courier
    assert courier.answer_limit_s == 5
    courier.answer_limit_s = 0.05

    async def dawdle(_):
        await asyncio.sleep(10)

    bench.answer = dawdle
    bench.paid()
    bench.step()

    (answer,) = bench.deliveries()[0]["answers"]
    assert (answer["status"], answer["text"]) == (None, "no answer within 0.05 s")
    assert state(bench) == [("waiting", 1)]


def test_every_attempt_carries_the_same_notice_signed_anew(bench):
    bench.answer = lambda _: httpx.Response(500)
    bench.paid()
    bench.step()
    bench.step(15)

    first, second = bench.mail

    assert first.content == second.content
    assert first.headers["Wechatpay-Signature"] != second.headers["Wechatpay-Signature"]
    assert int(second.headers["Wechatpay-Timestamp"]) - int(first.headers["Wechatpay-Timestamp"]) == 15
    assert all(bench.merchant.believes(letter.headers, letter.content) for letter in bench.mail)


def test_a_restart_loses_no_notice(open_bench):
    before = open_bench()
    before.answer = lambda _: httpx.Response(500)
    before.paid()
    before.step()

    after = open_bench()

    assert after.step(15) == 1
    assert state(after) == [("delivered", 2)]
