"""The tax client against its twin: the true bytes both ways, and every way in which an answer goes wrong."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from canbao.channels.authority import AssessmentRow, Batch
from canbao.channels.port import ChannelDown, ChannelRefused
from canbao.channels.signed import SharedKey, read_keys
from canbao.channels.tax import TaxAuthority
from tests.sandbox.bench import Bench

NOW = datetime(2024, 11, 5, 2, 0, tzinfo=UTC)
ROW = AssessmentRow(
    rid=120001, is_cancel=False, bill_id=70001, person_id=90001, name="郭䶮", id_type="01", number="140802198803150012",
    area_code="140802", pooling_area="140800", benefit_year=2022, psn_type="1501", group_code="minimum_living_allowance",
    amount_fen=4_050, parts={"person": 4_050, "medical_assistance": 28_000},
)  # fmt: skip


@pytest.fixture
def tax(bench: Bench, bench_home: Path) -> TaxAuthority:
    def carry(request: httpx.Request) -> httpx.Response:
        named = {
            name.replace("-", "_"): value for name, value in request.headers.items() if name.startswith("x-")
        }
        answer = bench.send(request.method, request.url.path, request.content, **named)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return TaxAuthority(read_keys(bench_home / "tax.json"), transport=httpx.MockTransport(carry))


def tell(bench: Bench, **asked: object) -> None:
    assert bench.send("POST", "/sandbox/tax/behaviour", json.dumps(asked).encode()).status_code == 200


def test_a_batch_is_taken_row_by_row_and_said_again_it_is_the_same_word(bench, tax):
    other = replace(ROW, rid=130001, bill_id=80001, number="140802198803150039")
    batch = Batch("2024110500000001", [ROW, other])
    assert batch.sum_fen == 8_100
    assert [(one.rid, one.is_accepted) for one in tax.push(batch, NOW)] == [(120001, True), (130001, True)]
    again = Batch("2024110500000002", [ROW])
    assert [one.is_accepted for one in tax.push(again, NOW)] == [True]
    held = bench.send("GET", "/sandbox/tax/bills").json()["bills"]
    assert {(one["psn_clct_amt"], one["year"], one["psn_name"]) for one in held} == {
        ("40.50", "2022", "郭䶮")
    }


def test_a_second_bill_of_one_year_is_refused_until_the_first_is_cancelled(tax):
    second = replace(ROW, rid=140001, bill_id=80001, amount_fen=3_200)
    tax.push(Batch("1", [ROW]), NOW)
    (answer,) = tax.push(Batch("2", [second]), NOW)
    assert (answer.is_accepted, answer.words) == (False, "该人员该年度已有待缴的应征信息")
    cancel = replace(ROW, rid=150001, is_cancel=True)
    assert Batch("3", [cancel]).sum_fen == -4_050
    assert tax.push(Batch("3", [cancel, replace(second, rid=160001)]), NOW)[1].is_accepted


def test_what_was_paid_at_the_tax_side_cannot_be_cancelled(bench, tax):
    tax.push(Batch("1", [ROW]), NOW)
    bench.send("POST", "/sandbox/tax/pay", b'{"clct_bill_id": "70001"}')
    (answer,) = tax.push(Batch("2", [replace(ROW, rid=150001, is_cancel=True)]), NOW)
    assert answer.words == "已经缴费，不能作废"


def test_a_row_may_be_lost_unsaid_repeated_foreign_or_refused(bench, tax):
    rows = [replace(ROW, rid=n * 10_000, bill_id=n, number=f"{n:018d}") for n in range(1, 6)]
    for row, fate in zip(rows, ("lost", "unsaid", "repeated", "foreign", "refuse:人员不存在"), strict=True):
        tell(bench, row=fate, certno=row.number)
    said = tax.push(Batch("1", rows), NOW)
    assert [(one.rid, one.is_accepted) for one in said] == [
        (30_000, True), (30_000, False), (40_000, True), (1, True), (50_000, False)
    ]  # fmt: skip
    assert said[-1].words == "人员不存在"
    assert [one.is_accepted for one in tax.push(Batch("2", rows[:2]), NOW)] == [True, True]


@pytest.mark.parametrize("fault", ["down", "forged"])
def test_without_a_signed_answer_nothing_is_known(bench, tax, fault):
    tell(bench, fault=fault)
    with pytest.raises(ChannelDown):
        tax.push(Batch("1", [ROW]), NOW)


def test_a_batch_whose_count_or_sum_differs_is_refused_as_a_whole(bench, tax, monkeypatch):
    monkeypatch.setattr(Batch, "sum_fen", 1)
    with pytest.raises(ChannelRefused, match="总金额不符"):
        tax.push(Batch("1", [ROW]), NOW)
    assert bench.send("GET", "/sandbox/tax/bills").json()["bills"] == []


def test_who_is_not_known_or_speaks_from_another_hour_is_not_heard(bench, tax, bench_home):
    with pytest.raises(ChannelDown):
        tax.push(Batch("1", [ROW]), datetime(2024, 11, 5, 3, 0, tzinfo=UTC))
    tax._door._keys = replace(tax._door._keys, key="0" * 64)
    with pytest.raises(ChannelDown):
        tax.push(Batch("1", [ROW]), NOW)


def test_nobody_there_is_no_answer():
    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("lost")

    keys = SharedKey("YB1", "0" * 64, "http://tax.example")
    with pytest.raises(ChannelDown):
        TaxAuthority(keys, transport=httpx.MockTransport(lost)).push(Batch("1", [ROW]), NOW)
