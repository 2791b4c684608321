"""The tax side's own collections against their twin: notices, a day's file, refunds; and every way in which they go wrong."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao.channels.port import ChannelDown, ChannelRefused, RefundRequest, StatementNotReady
from canbao.channels.signed import read_keys
from canbao.channels.tax import TaxCollection
from canbao.channels.tax.collected import (
    COLUMNS,
    CollectedUnfit,
    read_day,
    read_notice,
    read_statement,
    statement_of,
)
from sandbox.tax.portals.doors import MANNERS
from tests.sandbox.bench import Bench

NOW = datetime(2024, 11, 5, 2, 0, tzinfo=UTC)
DAY = date(2024, 11, 5)
WHO = {
    "certno": "140403198001010013",
    "psn_name": "郭䶮",
    "year": "2025",
    "optins_no": "140403",
    "portal": "e_tax_web",
}


@pytest.fixture
def side(bench: Bench, bench_home: Path) -> TaxCollection:
    def carry(request: httpx.Request) -> httpx.Response:
        named = {n.replace("-", "_"): v for n, v in request.headers.items() if n.startswith("x-")}
        answer = bench.send(request.method, request.url.path, request.content, **named)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return TaxCollection(
        read_keys(bench_home / "tax.json"),
        lambda: datetime.fromtimestamp(bench.now, UTC),
        transport=httpx.MockTransport(carry),
    )


def tell(bench: Bench, what: str, /, **asked: object) -> dict:
    answer = bench.send("POST", f"/sandbox/tax/{what}", json.dumps(asked).encode())
    assert answer.status_code == 200, answer.text
    return answer.json()


def collect(bench: Bench, notify: str = "normal", amount: str = "400.00", **more: str) -> str:
    return tell(bench, "collect", **WHO | more, amount=amount, notify=notify)["elec_taxrpt_no"]


def mail(bench: Bench) -> list[httpx.Request]:
    bench.step()
    return bench.mail


def told(bench: Bench, side: TaxCollection, letter: httpx.Request) -> bool:
    return side.is_told_by_tax(letter.headers, letter.content, datetime.fromtimestamp(bench.now, UTC))


def test_a_notice_is_the_tax_sides_and_says_who_paid_what_for_which_year(bench, side):
    number = collect(bench)
    (letter,) = mail(bench)
    assert letter.url.path == "/api/tax/collected/"
    assert told(bench, side, letter)
    (row,) = read_notice(letter.content)
    assert (row.tax_receipt_no, row.name, row.number) == (number, "郭䶮", WHO["certno"])
    assert (row.kind, row.benefit_year, row.amount_fen, row.agency_code) == ("normal", 2025, 40_000, "140403")
    assert row.paid_at == NOW
    assert WHO["certno"] not in repr(row)


@pytest.mark.parametrize("manner", ["forged", "stale"])
def test_what_is_forged_or_stale_is_not_the_tax_sides(bench, side, manner):
    collect(bench, manner)
    (letter,) = mail(bench)
    assert not told(bench, side, letter)


def test_a_changed_byte_another_partner_or_another_address_is_not_signed(bench, side):
    collect(bench)
    (letter,) = mail(bench)
    at = datetime.fromtimestamp(bench.now, UTC)
    assert not side.is_told_by_tax(letter.headers, letter.content.replace(b"400.00", b"400.01"), at)
    assert not side.is_told_by_tax({**letter.headers, "x-partner": "YB00"}, letter.content, at)
    assert not side.is_told_by_tax({}, letter.content, at)


def test_it_is_told_twice_never_late_or_with_another_sum_as_planned(bench):
    assert set(MANNERS) > {"twice", "lost", "delayed", "wrong_amount", "wrong_sum"}
    for manner, letters in (("twice", 2), ("lost", 0), ("delayed", 1), ("together", 2)):
        bench.mail.clear()
        collect(bench, manner)
        bench.step()
        bench.step(300)
        assert len(bench.mail) == letters, manner
    bench.mail.clear()
    collect(bench, "wrong_amount")
    (letter,) = mail(bench)
    assert read_notice(letter.content)[0].amount_fen == 40_100
    bench.mail.clear()
    collect(bench, "wrong_sum")
    (letter,) = mail(bench)
    with pytest.raises(CollectedUnfit):
        read_notice(letter.content)


def test_a_notice_that_is_not_taken_comes_again(bench):
    bench.answer = lambda _: httpx.Response(500)
    collect(bench)
    for pause in (0, 15, 30):
        bench.step(pause)
    assert len(bench.mail) == 3


def test_the_file_of_a_day_is_whole_the_next_morning_with_what_was_given_back(bench, side):
    numbers = [collect(bench, "lost"), collect(bench, "lost", "32.00", kind="2", portal="mini_program")]
    with pytest.raises(StatementNotReady):
        side.fetch_day(DAY)
    side.refund(RefundRequest("TF24000000000000017", "x", 40_000, 40_000, "", "退费", numbers[0]))
    bench.step(24 * 3_600)

    paid, back = read_day(side.fetch_day(DAY), DAY)

    assert [(row.tax_receipt_no, row.amount_fen, row.kind) for row in paid] == [
        (numbers[0], 40_000, "normal"), (numbers[1], 3_200, "special"),
    ]  # fmt: skip
    assert [(row.refund_no, row.amount_fen, row.status) for row in back] == [
        ("TF24000000000000017", 40_000, "SUCCESS")
    ]
    statement = statement_of([("24000100000000012", row) for row in paid], back)
    assert WHO["certno"].encode() not in statement
    assert [line[3] for line in read_statement(statement.splitlines(keepends=True))] == [
        40_000,
        3_200,
        40_000,
    ]
    with pytest.raises(CollectedUnfit):
        list(read_statement(statement.splitlines(keepends=True)[:-1]))


@pytest.mark.parametrize("flaw", ["cut_off", "wrong_sum"])
def test_a_file_that_is_spoilt_is_seen(bench, side, flaw):
    collect(bench, "lost")
    bench.step(24 * 3_600)
    tell(bench, "plan", what="day_flaw", value=flaw)
    with pytest.raises(CollectedUnfit):
        read_day(side.fetch_day(DAY), DAY)
    with pytest.raises(CollectedUnfit):
        read_day(side.fetch_day(DAY), date(2024, 11, 4))
    tell(bench, "plan", what="day_down", value="yes")
    with pytest.raises(ChannelDown):
        side.fetch_day(DAY)


def test_a_refund_is_given_once_however_often_it_is_asked_and_never_more_than_was_paid(bench, side):
    number = collect(bench, "lost")
    asked = RefundRequest("TF24000000000000017", "x", 30_000, 40_000, "", "退费", number)
    tell(bench, "plan", what="refund_silent")
    with pytest.raises(ChannelDown):
        side.refund(asked)
    first = side.refund(asked)
    assert (first.state, first.amount_fen, first.channel) == ("paid", 30_000, "tax")
    assert side.refund(asked) == first == side.query_refund(asked.refund_no, "x")
    assert side.query_refund("TF00000000000000000", "x") is None
    with pytest.raises(ChannelRefused):
        side.refund(RefundRequest("TF24000000000000025", "x", 20_000, 40_000, "", "退费", number))
    with pytest.raises(ChannelRefused):
        side.refund(RefundRequest("TF24000000000000033", "x", 100, 100, "", "退费", "3000"))


def test_nobody_is_sent_there_by_us_and_nothing_is_asked_about(side):
    with pytest.raises(ChannelRefused):
        side.start(None)
    assert side.query("x").state == "unpaid"
    assert side.close("x")
    assert not side.judge({}, b"", NOW).authentic
    with pytest.raises(StatementNotReady):
        side.fetch_statement(DAY)


def test_an_answer_that_nobody_signed_is_no_answer(bench_home):
    lie = httpx.MockTransport(lambda _: httpx.Response(200, json={"infcode": 0, "file": ""}))
    side = TaxCollection(read_keys(bench_home / "tax.json"), lambda: NOW, transport=lie)
    with pytest.raises(ChannelDown):
        side.fetch_day(DAY)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(noise):
    head = (",".join(COLUMNS) + "\r\n").encode()
    for body in (noise, head + noise):
        for read in (read_notice, lambda text: read_day(text, DAY)):
            try:
                read(body)
            except CollectedUnfit:
                continue
