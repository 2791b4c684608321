"""The tax client against its twin: the true bytes both ways, and every way in which an answer goes wrong."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from canbao.channels.authority import AssessmentRow, Batch, CollectionRow
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


def detail(**changed: object) -> CollectionRow:
    """A payment of the bill of `ROW`."""
    said = {
        name: getattr(ROW, name) for name in ROW.__dataclass_fields__ if name not in ("group_code", "rid")
    }
    row = CollectionRow(
        **said, rid=220001, detail_no="70001", origin_no="", channel="unionpay", posted_date=None, tax_receipt_no="",
        at=datetime(2024, 11, 4, 16, 30, tzinfo=UTC),
    )  # fmt: skip
    return replace(row, **changed)


def held(bench: Bench) -> list[tuple[str, str, int]]:
    details = bench.send("GET", "/sandbox/tax/details").json()["details"]
    return [(one["rsdt_clct_detl_id"], one["init_rsdt_clct_detl_id"], one["fen"]) for one in details]


def details(*rows: CollectionRow, no: str = "7") -> Batch:
    return Batch(no, rows, "collection")


def accepted(words) -> list[tuple[bool, str]]:
    return [(one.is_accepted, one.words) for one in words]


REVERSAL = detail(
    rid=230001, is_cancel=True, amount_fen=1_000, detail_no="TF1", origin_no="70001", parts={}
)  # fmt: skip


def test_details_and_reversals_are_taken_once_and_no_more_goes_back_than_came(bench, tax):
    batch = details(detail(), REVERSAL)
    assert batch.sum_fen == 3_050
    assert accepted(tax.push(batch, NOW)) == [(True, ""), (True, "")]
    assert tax.push(details(detail(), no="8"), NOW)[0].is_accepted
    unfit = [
        (detail(rid=240001), "缴费明细重复"),
        (replace(REVERSAL, rid=250001, detail_no="TF2", amount_fen=3_051), "退回金额大于缴费金额"),
        (replace(REVERSAL, rid=260001, detail_no="TF3", origin_no="1"), "没有原缴费明细"),
    ]
    said = tax.push(details(*(row for row, _ in unfit), no="9"), NOW)
    assert accepted(said) == [(False, words) for _, words in unfit]
    assert held(bench) == [("70001", "", 4_050), ("TF1", "70001", 1_000)]


def test_who_paid_elsewhere_is_not_asked_at_tax_and_whoever_collected_may_cancel_the_figure(bench, tax):
    tax.push(Batch("1", [ROW]), NOW)
    tax.push(details(detail()), NOW)
    (bill,) = bench.send("GET", "/sandbox/tax/bills").json()["bills"]
    assert bill["state"] == "paid"
    (answer,) = tax.push(Batch("2", [replace(ROW, rid=150001, is_cancel=True)]), NOW)
    assert answer.is_accepted


def test_details_too_may_be_lost_unsaid_repeated_refused_or_not_fit_their_sum(bench, tax, monkeypatch):
    rows = [detail(rid=n * 10_000, detail_no=str(n), number=f"{n:018d}") for n in range(1, 5)]
    for row, fate in zip(rows, ("lost", "unsaid", "repeated", "refuse:人员不存在"), strict=True):
        tell(bench, row=fate, certno=row.number)
    said = tax.push(details(*rows), NOW)
    assert [(one.rid, one.is_accepted) for one in said] == [(30_000, True), (30_000, False), (40_000, False)]
    assert [one.is_accepted for one in tax.push(details(*rows[:2], no="8"), NOW)] == [True, True]
    monkeypatch.setattr(Batch, "sum_fen", 1)
    with pytest.raises(ChannelRefused, match="总金额不符"):
        tax.push(details(detail(rid=50_000)), NOW)
    assert len(held(bench)) == 3


def test_cover_is_nothing_that_tax_hears_of(tax):
    with pytest.raises(ChannelRefused, match="assessment, collection"):
        tax.push(Batch("1", [], "coverage"), NOW)
    with pytest.raises(ChannelRefused):
        tax.push(details(ROW), NOW)
