"""What an authentic callback says: a payment is read field by field, or not at all."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.channels.port import PaymentFact
from sandbox.wechat.seal import sealed
from tests.channels.scribe import NOW

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "mchid",
        "appid",
        "out_trade_no",
        "transaction_id",
        "trade_type",
        "trade_state",
        "success_time",
        "amount",
    ]
)


def amount(**changes):
    return {"total": 38000, "payer_total": 38000, "currency": "CNY"} | changes


@pytest.fixture
def said(judge, scribe):
    """What is made of a signed notice: of a transaction with changes, or of a whole body."""

    def said(body=None, **changes):
        judgement = judge(*(scribe.paid(**changes) if body is None else scribe.letter(body)), NOW)
        assert judgement.authentic or judgement.fact is None
        return judgement

    return said


def test_a_payment_is_read_field_by_field(said, keys):
    assert said().fact == PaymentFact(
        channel="wechat",
        out_trade_no="ORDER001",
        channel_txn_no="4200001234202411050123456789",
        amount_fen=38000,
        currency="CNY",
        merchant=keys.mchid,
        paid_at=datetime(2024, 11, 5, 1, 59, 58, tzinfo=UTC),
        notice_id="EV-2018022511223320873",
    )


@given(total=st.integers(1, 10**12), currency=st.sampled_from(["CNY", "USD", "HKD", "cny"]))
def test_amount_and_currency_are_carried_through_as_they_were_written(judge, scribe, total, currency):
    fact = judge(*scribe.paid(amount=amount(total=total, currency=currency)), NOW).fact

    assert (fact.amount_fen, fact.currency) == (total, currency)


def test_what_counts_is_the_orders_total_not_what_a_coupon_left_to_the_payer(said):
    assert said(amount=amount(payer_total=1)).fact.amount_fen == 38000


@pytest.mark.parametrize("total", [True, False, 38000.0, "38000", 0, -1, None, [], {}, 1e30])
def test_an_amount_that_is_no_whole_number_of_fen_is_not_read(said, total):
    assert said(amount=amount(total=total)).reason == "unreadable"


@pytest.mark.parametrize("told", ["NaN", "Infinity", "3.8e4", "38000.0", "0380"])
def test_an_amount_written_in_another_way_is_not_read(judge, scribe, told):
    """Sealed by hand: these are not what a JSON writer of ours would write."""
    plain = json.dumps(scribe.transaction()).replace('"total": 38000', f'"total": {told}').encode()
    body = scribe.notice(None, resource=scribe.seal(plain))

    assert judge(*scribe.letter(body), NOW).reason == "unreadable"


@pytest.mark.parametrize("changes", [{"mchid": "1900000000"}, {"appid": "wx0000000000000000"}])
def test_money_of_somebody_else_is_not_ours(said, changes):
    assert (said(**changes).authentic, said(**changes).reason) == (False, "other_merchant")


@pytest.mark.parametrize(
    "name", ["mchid", "appid", "out_trade_no", "transaction_id", "trade_type", "success_time"]
)
@pytest.mark.parametrize("value", [None, "", 5, ["x"]])
def test_a_field_that_is_absent_or_no_text_is_not_guessed(said, name, value):
    assert said(**{name: value}).reason == "unreadable"


@pytest.mark.parametrize(
    "changes",
    [
        {"trade_state": "NOTPAY"},
        {"trade_state": "REFUND"},
        {"trade_state": None},
        {"trade_type": "BARTER"},
        {"success_time": "2024-11-05T09:59:58"},
        {"success_time": "yesterday"},
        {"amount": None},
        {"amount": [38000]},
        {"amount": {"total": 38000}},
        {"amount": amount(currency=156)},
    ],
)
def test_what_is_not_as_documented_is_not_read(said, changes):
    assert said(**changes).reason == "unreadable"


def test_an_event_that_is_no_payment_is_authentic_and_tells_of_no_money(said, scribe):
    judgement = said(scribe.notice(scribe.transaction(), event_type="SOMETHING.NEW"))

    assert (judgement.authentic, judgement.reason, judgement.fact) == (True, "not_a_payment", None)


def a_refund(scribe, status="SUCCESS", **changes):
    resource = {
        "mchid": scribe.keys.mchid,
        "out_trade_no": "ORDER001",
        "out_refund_no": "TF21000100000000019",
        "refund_id": "50300001",
        "refund_status": status,
        "success_time": "2024-11-05T09:59:58+08:00",
        "amount": {"total": 38000, "refund": 12000, "payer_total": 38000, "payer_refund": 12000},
    } | changes
    resource = {name: value for name, value in resource.items() if value is not None}
    return scribe.notice(resource, event_type=f"REFUND.{status}")


@pytest.mark.parametrize(
    ("status", "state"), [("SUCCESS", "paid"), ("ABNORMAL", "abnormal"), ("CLOSED", "abnormal")]
)
def test_a_refund_notice_tells_how_the_refund_ended(said, scribe, status, state):
    judgement = said(a_refund(scribe, status))

    refund = judgement.refund
    assert (judgement.authentic, judgement.fact) == (True, None)
    assert (refund.refund_no, refund.amount_fen, refund.state, refund.said) == (
        "TF21000100000000019",
        12000,
        state,
        status,
    )
    assert (refund.paid_at is not None) == (status == "SUCCESS")


@pytest.mark.parametrize(
    "changes",
    [
        {"refund_status": "CLOSED"},
        {"amount": {"total": 38000}},
        {"amount": {"refund": True}},
        {"amount": {"refund": "12000"}},
        {"out_refund_no": None},
        {"success_time": None},
    ],
)
def test_a_refund_notice_that_is_not_as_documented_is_not_read(said, scribe, changes):
    judgement = said(a_refund(scribe, **changes))

    assert (judgement.reason, judgement.refund) == ("unreadable", None)


def test_an_event_of_another_merchant_is_not_ours_either(said, scribe):
    body = scribe.notice({"mchid": "1900000000"}, event_type="REFUND.SUCCESS")

    assert said(body).reason == "other_merchant"


def test_a_resource_under_another_key_cannot_be_read(said, scribe):
    stranger = sealed(b"0" * 32, "transaction", scribe.transaction())

    assert said(scribe.notice(None, resource=stranger)).reason == "unreadable"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "000000000000"},
        {"nonce": ""},
        {"nonce": None},
        {"ciphertext": ""},
        {"ciphertext": "no base64"},
        {"ciphertext": None},
        {"associated_data": "refund"},
        {"associated_data": ""},
        {"algorithm": "AEAD_SM4_GCM"},
        {"algorithm": None},
    ],
)
def test_a_resource_that_does_not_open_is_not_read(said, scribe, changes):
    resource = sealed(scribe.keys.apiv3_key, "transaction", scribe.transaction())

    assert said(scribe.notice(None, resource=resource)).reason == "ok"
    assert said(scribe.notice(None, resource=resource | changes)).reason == "unreadable"


@pytest.mark.parametrize("name", ["id", "event_type", "resource_type", "resource"])
@pytest.mark.parametrize("value", [None, 5, ""])
def test_an_envelope_that_is_not_as_documented_is_never_money(said, scribe, name, value):
    judgement = said(scribe.notice(scribe.transaction(), **{name: value}))

    assert judgement.fact is None
    assert judgement.reason == ("not_a_payment" if name == "event_type" else "unreadable")


@given(envelope=JSON)
def test_a_signed_envelope_of_any_shape_is_not_believed(judge, scribe, envelope):
    assert not judge(*scribe.letter(json.dumps(envelope).encode()), NOW).authentic


@given(resource=JSON)
def test_a_sealed_resource_of_any_shape_is_not_believed(judge, scribe, resource):
    assert not judge(*scribe.letter(scribe.notice(resource)), NOW).authentic


@given(name=FIELDS, value=JSON)
def test_a_field_of_any_shape_never_becomes_money_unless_it_is_as_documented(judge, scribe, name, value):
    judgement = judge(*scribe.paid(**{name: value}), NOW)

    assert judgement.authentic is (judgement.fact is not None)
    if judgement.fact:
        assert name in ("out_trade_no", "transaction_id")
        assert isinstance(value, str)
        assert value
