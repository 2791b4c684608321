"""The gate: only the merchant is heard, only for five minutes, and every answer is signed."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.bench import Bench

TARGET = "/v3/pay/transactions/out-trade-no/ORDER001"


@pytest.fixture(scope="module")
def gate(keys_home: Path) -> Iterator[Bench]:
    """A sandbox that nobody pays at, shared by the tests of this file."""
    bench = Bench(keys_home)
    yield bench
    bench.close()


def code_of(gate: Bench, authorization: str, target: str, body: bytes = b"", method: str = "GET") -> str:
    answer = gate.send(method, target, body, Authorization=authorization)
    assert (answer.status_code == 401) == (answer.json()["code"] == "SIGN_ERROR")
    return answer.json()["code"]


def signed(
    gate: Bench, target: str, body: bytes = b"", method: str = "GET", late: int = 0, **other: str
) -> str:
    return gate.merchant.authorization(method, target, body, int(gate.now) - late, **other)


def test_the_merchant_is_heard(gate):
    target = f"{TARGET}?mchid={gate.merchant.mchid}"

    assert code_of(gate, signed(gate, target), target) == "ORDER_NOT_EXIST"


@pytest.mark.parametrize(
    "header", ["", "Bearer abc", "WECHATPAY2-SHA256-RSA2048", 'WECHATPAY2-SHA256-RSA2048 mchid="1"']
)
def test_who_does_not_sign_is_refused(gate, header):
    assert code_of(gate, header, TARGET) == "SIGN_ERROR"


@pytest.mark.parametrize(
    "other",
    [
        {"signature": ""},
        {"signature": "no base64"},
        {"nonce_str": "ANOTHER"},
        {"mchid": "1900000000"},
        {"serial_no": "00"},
        {"timestamp": ""},
        {"timestamp": "²"},
        {"timestamp": "-1"},
        {"timestamp": "1e9"},
    ],
)
def test_a_field_that_was_not_signed_so_is_refused(gate, other):
    target = f"{TARGET}?mchid={gate.merchant.mchid}"
    header = signed(gate, target, **other)

    answer = gate.send("GET", target, Authorization=header.encode("latin-1"))

    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")


@pytest.mark.parametrize(
    ("late", "code"),
    [(300, "ORDER_NOT_EXIST"), (-300, "ORDER_NOT_EXIST"), (301, "SIGN_ERROR"), (-301, "SIGN_ERROR")],
)
def test_a_signature_lives_five_minutes(gate, late, code):
    target = f"{TARGET}?mchid={gate.merchant.mchid}"

    assert code_of(gate, signed(gate, target, late=late), target) == code


def test_a_signature_has_one_spelling(gate):
    target = f"{TARGET}?mchid={gate.merchant.mchid}"
    header = signed(gate, target)

    assert code_of(gate, header.replace('signature="', 'signature="!'), target) == "SIGN_ERROR"


def test_method_path_and_query_are_signed(gate):
    target = f"{TARGET}?mchid={gate.merchant.mchid}"
    header = signed(gate, target)

    assert code_of(gate, header, target.replace("ORDER001", "ORDER002")) == "SIGN_ERROR"
    assert code_of(gate, header, target + "&x=1") == "SIGN_ERROR"
    assert code_of(gate, signed(gate, target, method="POST"), target) == "SIGN_ERROR"


@given(data=st.data())
def test_no_byte_of_a_signed_body_can_be_changed(gate, data):
    body = json.dumps({"mchid": gate.merchant.mchid}).encode()
    target = TARGET + "/close"
    header = signed(gate, target, body, "POST")
    place = data.draw(st.integers(0, len(body) - 1))
    changed = bytearray(body)
    changed[place] ^= data.draw(st.integers(1, 255))

    assert code_of(gate, header, target, body, "POST") == "ORDER_NOT_EXIST"
    assert code_of(gate, header, target, bytes(changed), "POST") == "SIGN_ERROR"


@pytest.mark.parametrize("body", [b"not json", b"[]", b'"text"'])
def test_a_signed_body_that_is_no_object_is_refused_in_words(gate, body):
    target = "/v3/pay/transactions/h5"

    assert code_of(gate, signed(gate, target, body, "POST"), target, body, "POST") == "PARAM_ERROR"


def test_an_answer_is_signed_whether_yes_or_no(bench):
    told = [
        bench.order(),
        bench.query(),
        bench.query("UNKNOWN1"),
        bench.send("GET", TARGET),
        bench.close_order(),
    ]

    assert [answer.status_code for answer in told] == [200, 200, 404, 401, 204]
    assert told[-1].content == b""
    for answer in told:
        assert bench.merchant.believes(answer.headers, answer.content)
        assert not bench.merchant.believes(answer.headers, answer.content + b" ")
        assert int(answer.headers["Wechatpay-Timestamp"]) == int(bench.now)


@pytest.mark.parametrize(
    ("fault", "status", "is_signed"),
    [("down", 500, True), ("gateway", 502, False), ("forged_answer", 200, False)],
)
def test_a_planned_fault_happens_once(bench, fault, status, is_signed):
    bench.order()
    bench.tell("behaviour", fault=fault)

    answer = bench.query()

    assert (answer.status_code, is_believed(bench, answer)) == (status, is_signed)
    assert is_believed(bench, bench.query())


def test_a_fault_may_be_planned_for_one_order(bench):
    bench.order("ORDER001")
    bench.order("ORDER002")
    bench.tell("behaviour", fault="down", out_trade_no="ORDER002")

    assert [bench.query(number).status_code for number in ("ORDER001", "ORDER002", "ORDER002")] == [
        200,
        500,
        200,
    ]


def is_believed(bench: Bench, answer: httpx.Response) -> bool:
    return "Wechatpay-Signature" in answer.headers and bench.merchant.believes(answer.headers, answer.content)
