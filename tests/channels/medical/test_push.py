"""Medical insurance against its twin: the true bytes both ways, and every way in which an answer goes wrong."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from canbao.channels.authority import AssessmentRow, Batch, CollectionRow, CoverageRow, PostingRow
from canbao.channels.detail import collection
from canbao.channels.medical import MedicalInsurance
from canbao.channels.medical.wire import coverage
from canbao.channels.port import ChannelDown, ChannelRefused
from canbao.channels.signed import read_keys
from tests.sandbox.bench import Bench

NOW = datetime(2024, 11, 5, 2, 0, tzinfo=UTC)
WHOSE = {
    "bill_id": 70001, "person_id": 90001, "name": "郭䶮", "id_type": "01", "number": "140802198803150012",
    "area_code": "140802", "pooling_area": "140800", "benefit_year": 2025, "psn_type": "1501",
}  # fmt: skip
DETAIL = CollectionRow(
    **WHOSE, rid=120001, is_cancel=False, amount_fen=4_050, detail_no="70001", origin_no="", channel="unionpay",
    at=datetime(2024, 11, 4, 16, 30, tzinfo=UTC), parts={"person": 4_050, "medical_assistance": 28_000}, posted_date=None,
    tax_receipt_no="",
)  # fmt: skip
BACK = replace(
    DETAIL, rid=130001, is_cancel=True, amount_fen=1_000, detail_no="TF1", origin_no="70001", parts={}
)
COVER = CoverageRow(
    **WHOSE, rid=140001, is_cancel=False, amount_fen=0, cover_from_date=date(2025, 1, 1), cover_until_date=date(2026, 1, 1)
)  # fmt: skip


def collections(*rows, no="1"):
    return Batch(no, rows, "collection")


def covers(*rows, no="1"):
    return Batch(no, rows, "coverage")


@pytest.fixture
def medical(bench: Bench, bench_home: Path) -> MedicalInsurance:
    def carry(request: httpx.Request) -> httpx.Response:
        named = {
            name.replace("-", "_"): value for name, value in request.headers.items() if name.startswith("x-")
        }
        answer = bench.send(request.method, request.url.path, request.content, **named)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return MedicalInsurance(read_keys(bench_home / "medical.json"), transport=httpx.MockTransport(carry))


def tell(bench: Bench, **asked: object) -> None:
    assert bench.send("POST", "/sandbox/medical/behaviour", json.dumps(asked).encode()).status_code == 200


def held(bench: Bench):
    return bench.send("GET", "/sandbox/medical/held").json()


def accepted(words):
    return [(one.is_accepted, one.words) for one in words]


def test_rows_are_written_in_the_national_names():
    written = collection(DETAIL)
    assert {name: written[name] for name in ("psn_clct_amt", "oth_clct_amt", "clct_sumamt", "clct_time", "clct_way")} == {
        "psn_clct_amt": "40.50", "oth_clct_amt": "280.00", "clct_sumamt": "320.50",
        "clct_time": "2024-11-05 00:30:00", "clct_way": "02",
    }  # fmt: skip
    assert (written["insutype"], written["accrym_begn"], written["cashym"]) == ("390", "202501", "202411")
    assert collection(replace(DETAIL, channel="bank_batch"))["clct_way"] == "01"
    assert (collection(BACK)["send_flag"], collection(BACK)["init_rsdt_clct_detl_id"]) == ("0", "70001")
    assert (coverage(COVER)["psn_insu_stas"], coverage(COVER)["paus_insu_date"]) == ("1", "2026-01-01")
    assert coverage(replace(COVER, is_cancel=True, cover_from_date=None))["psn_insu_stas"] == "3"


def test_a_payment_its_cover_and_what_goes_back_are_taken_in(bench, medical):
    assert accepted(medical.push(collections(DETAIL, BACK), NOW)) == [(True, ""), (True, "")]
    assert accepted(medical.push(covers(COVER, no="2"), NOW)) == [(True, "")]
    assert [(one["rsdt_clct_detl_id"], one["fen"]) for one in held(bench)["details"]] == [
        ("70001", 4_050),
        ("TF1", 1_000),
    ]
    ended = replace(COVER, rid=150001, is_cancel=True)
    assert accepted(medical.push(covers(ended, no="3"), NOW)) == [(True, "")]
    assert [one["state"] for one in held(bench)["covers"]] == ["void"]


def test_a_posting_names_its_detail_the_day_and_the_tax_receipt(bench, medical):
    """CZ-22."""
    word = PostingRow(
        **WHOSE, rid=180001, is_cancel=False, amount_fen=4_050, detail_no="70001", posted_date=date(2024, 11, 7),
        tax_receipt_no="314086",
    )  # fmt: skip
    assert accepted(medical.push(Batch("0", [word], "posting"), NOW)) == [(False, "没有缴费明细")]
    medical.push(collections(DETAIL), NOW)
    assert accepted(medical.push(Batch("2", [replace(word, rid=190001)], "posting"), NOW)) == [(True, "")]
    assert held(bench)["postings"] == [
        {"rsdt_clct_detl_id": "70001", "intsury_time": "2024-11-07", "elec_taxrpt_no": "314086"}
    ]
    empty = replace(word, rid=200001, posted_date=None)
    assert accepted(medical.push(Batch("3", [empty], "posting"), NOW)) == [(False, "缺少字段：intsury_time")]


def test_a_row_said_again_hears_the_same_word(medical):
    first = medical.push(collections(DETAIL), NOW)
    assert medical.push(collections(DETAIL, no="2"), NOW) == first


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        (collections(replace(DETAIL, rid=2)), "缴费明细重复"),
        (collections(replace(BACK, rid=3, origin_no="1")), "没有原缴费明细"),
        (collections(replace(BACK, rid=4, amount_fen=4_051)), "退回金额大于缴费金额"),
        (covers(replace(COVER, rid=5, bill_id=1)), "没有缴费明细，不能享受待遇"),
        (covers(replace(COVER, rid=6, is_cancel=True)), "没有这条待遇信息"),
        (collections(replace(DETAIL, rid=7, name="")), "缺少字段：psn_name"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_words(medical, batch, words):
    medical.push(collections(DETAIL, no="0"), NOW)
    assert accepted(medical.push(batch, NOW)) == [(False, words)]


def test_two_covers_of_one_year_are_refused(medical):
    other = replace(DETAIL, rid=160001, bill_id=80001, detail_no="80001")
    medical.push(collections(DETAIL, other), NOW)
    words = medical.push(covers(COVER, replace(COVER, rid=170001, bill_id=80001), no="2"), NOW)
    assert accepted(words) == [(True, ""), (False, "该人员该年度已有待遇")]


def test_a_row_may_be_lost_unsaid_repeated_foreign_or_refused(bench, medical):
    rows = [replace(DETAIL, rid=n * 10_000, detail_no=str(n), number=f"{n:018d}") for n in range(1, 6)]
    for row, fate in zip(rows, ("lost", "unsaid", "repeated", "foreign", "refuse:人员不存在"), strict=True):
        tell(bench, row=fate, certno=row.number)
    said = medical.push(collections(*rows), NOW)
    assert [(one.rid, one.is_accepted) for one in said] == [
        (30_000, True), (30_000, False), (40_000, True), (1, True), (50_000, False)
    ]  # fmt: skip


@pytest.mark.parametrize("fault", ["down", "forged"])
def test_without_a_signed_answer_nothing_is_known(bench, medical, fault):
    tell(bench, fault=fault)
    with pytest.raises(ChannelDown):
        medical.push(collections(DETAIL), NOW)


def test_a_batch_whose_sum_differs_is_refused_as_a_whole(bench, medical, monkeypatch):
    monkeypatch.setattr(Batch, "sum_fen", 1)
    with pytest.raises(ChannelRefused, match="总金额不符"):
        medical.push(collections(DETAIL), NOW)
    assert held(bench) == {"details": [], "covers": [], "postings": []}


def test_who_speaks_from_another_hour_or_of_something_else_is_not_heard(medical):
    with pytest.raises(ChannelDown):
        medical.push(collections(DETAIL), datetime(2024, 11, 5, 3, 0, tzinfo=UTC))
    assessment = AssessmentRow(**WHOSE, rid=1, is_cancel=False, amount_fen=1, group_code="", parts={})
    for batch in (Batch("1", [assessment]), Batch("1", [assessment], "coverage")):
        with pytest.raises(ChannelRefused):
            medical.push(batch, NOW)
