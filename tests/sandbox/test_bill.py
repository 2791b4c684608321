"""The daily bill: yuan in backquotes, a day late, with the digest of its plain file."""

import csv
import gzip
import hashlib
import io

import pytest

DAY = "2024-11-05"
A_DAY_S = 86400


def ask(bench, day=DAY, kind="ALL", packing=""):
    suffix = f"&tar_type={packing}" if packing else ""
    return bench.call("GET", f"/v3/bill/tradebill?bill_date={day}&bill_type={kind}{suffix}")


def fetch(bench, asked):
    return bench.call("GET", asked.json()["download_url"].removeprefix("http://sandbox.example"))


def read(bench, **asked):
    """The rows of the day by column, and the totals."""
    lines = list(csv.reader(io.StringIO(fetch(bench, ask(bench, **asked)).content.decode("utf-8-sig"))))
    values = [[value.removeprefix("`") for value in line] for line in lines]
    return [dict(zip(lines[0], row, strict=True)) for row in values[1:-2]], dict(
        zip(lines[-2], values[-1], strict=True)
    )


@pytest.fixture
def bench(bench):
    """Two orders paid and one of them refunded in part, one left unpaid; the next day has come."""
    bench.paid("ORDER001", fen=38000)
    bench.step(60)
    bench.paid("ORDER002", fen=8750, description="居民医保,2025")
    bench.order("ORDER003")
    bench.refund("REFUND01", 10050)
    bench.step(A_DAY_S)
    return bench


def test_every_payment_and_refund_of_the_day_is_a_row(bench):
    rows, totals = read(bench)

    assert [(row["商户订单号"], row["交易状态"], row["订单金额"], row["退款金额"]) for row in rows] == [
        ("ORDER001", "SUCCESS", "380.00", "0.00"),
        ("ORDER002", "SUCCESS", "87.50", "0.00"),
        ("ORDER001", "REFUND", "0.00", "100.50"),
    ]
    assert {row["商户号"] for row in rows} == {bench.merchant.mchid}
    assert rows[0]["微信订单号"] == bench.query().json()["transaction_id"]
    assert (rows[0]["交易时间"], rows[0]["交易类型"]) == ("2024-11-05 10:00:00", "MWEB")
    assert rows[2]["商户退款单号"] == "REFUND01"
    assert (totals["总交易单数"], totals["应结订单总金额"], totals["退款总金额"]) == ("3", "467.50", "100.50")


def test_the_file_has_the_documented_form(bench):
    content = fetch(bench, ask(bench)).content
    lines = content.decode("utf-8-sig").split("\r\n")

    assert content.startswith(b"\xef\xbb\xbf")
    assert lines[-1] == ""
    assert (lines[0].count(","), lines[-3].count(",")) == (26, 6)
    assert lines[0].startswith("交易时间,公众账号ID,商户号")
    assert lines[-3].startswith("总交易单数,")
    assert all(value.startswith("`") for line in [*lines[1:4], lines[-2]] for value in line.split(","))


@pytest.mark.parametrize(("kind", "states"), [("SUCCESS", ["SUCCESS"] * 2), ("REFUND", ["REFUND"])])
def test_one_may_ask_for_one_kind(bench, kind, states):
    assert [row["交易状态"] for row in read(bench, kind=kind)[0]] == states


@pytest.mark.parametrize("packing", ["", "GZIP"])
def test_the_digest_is_of_the_plain_file(bench, packing):
    asked = ask(bench, packing=packing)
    content = fetch(bench, asked).content
    plain = gzip.decompress(content) if packing else content

    assert asked.json()["hash_type"] == "SHA1"
    assert asked.json()["hash_value"] == hashlib.sha1(plain).hexdigest()


def test_a_link_lives_five_minutes_and_wants_a_signature(bench):
    asked = ask(bench)

    assert bench.send("GET", asked.json()["download_url"]).status_code == 401
    bench.step(300)
    assert fetch(bench, asked).status_code == 200
    bench.step(1)
    assert fetch(bench, asked).status_code == 400


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2024-11-06", "STATEMENT_CREATING"),
        ("2024-11-07", "STATEMENT_CREATING"),
        ("2024-11-04", "NO_STATEMENT_EXIST"),
        ("2024-07-01", "INVALID_REQUEST"),
        ("5.11.2024", "PARAM_ERROR"),
    ],
)
def test_a_day_without_a_bill_says_why(bench, day, code):
    assert ask(bench, day).json()["code"] == code


def test_the_day_ends_at_midnight_in_china(bench):
    bench.step(14 * 3600 - 60 - 1)  # to 23:59:59 on the 6th
    bench.paid("ORDER004")
    bench.step(1)
    bench.paid("ORDER005")
    bench.step(A_DAY_S)

    assert [row["商户订单号"] for row in read(bench, day="2024-11-06")[0]] == ["ORDER004"]
    assert [row["商户订单号"] for row in read(bench, day="2024-11-07")[0]] == ["ORDER005"]


def test_the_present_day_is_there_if_it_was_asked_for(open_bench):
    bench = open_bench(bills_for_today=True)
    bench.paid()

    assert [row["商户订单号"] for row in read(bench)[0]] == ["ORDER001"]


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("missing", [("ORDER001", "380.00")]),
        ("amount", [("ORDER001", "380.00"), ("ORDER002", "88.50")]),
        ("extra", [("ORDER001", "380.00"), ("ORDER0XX", "87.50"), ("ORDER002", "87.50")]),
    ],
)
def test_a_flaw_that_was_planned_is_in_every_copy(bench, flaw, found):
    bench.tell("behaviour", bill=flaw, out_trade_no="ORDER002")

    for _ in range(2):
        rows, totals = read(bench, kind="SUCCESS")
        assert [(row["商户订单号"], row["订单金额"]) for row in rows] == found
        assert totals["总交易单数"] == str(len(found))
