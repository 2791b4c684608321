"""The acquirer's day file: read whole or not at all, and a slip that stands there twice is one payment."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from canbao.channels.port import StatementUnfit
from canbao.channels.pos import read_statement
from sandbox.pos.day import Swipe, day_file

DAY, MERCHANT = date(2021, 11, 10), "898371503990001"
SWIPES = [
    Swipe(
        "88010001",
        f"{n:06d}",
        f"2137150000000000{n}01",
        Decimal("280.00"),
        datetime(2021, 11, 10, 2, n, tzinfo=UTC),
    )
    for n in range(1, 4)
]


def read(**flaws: str):
    body = day_file(MERCHANT, SWIPES, {key.lstrip("_"): flaw for key, flaw in flaws.items()})
    return list(read_statement(body.splitlines(keepends=True), DAY, MERCHANT))


def test_every_payment_is_read_with_our_number_and_its_slip():
    first = read()[0]
    assert (first.what, first.number, first.channel_no, first.amount_fen) == (
        "payment",
        SWIPES[0].number,
        "88010001-000001",
        28_000,
    )
    assert first.at == SWIPES[0].at


def test_a_slip_that_stands_there_twice_is_one_payment():
    assert len(read(_000002="repeated")) == 3


def test_a_payment_without_our_number_is_known_by_its_slip():
    assert read(_000003="unnumbered")[2].number == "88010001-000003"


@pytest.mark.parametrize(("flaw", "reason"), [("cut_off", "cut_off"), ("wrong_sum", "totals_differ")])
def test_a_file_that_is_not_whole_is_refused(flaw, reason):
    with pytest.raises(StatementUnfit) as unfit:
        read(file=flaw)
    assert unfit.value.reason == reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"280.00", b"280.0O", "not_an_amount"),
        (b"2021-11-10", b"2021-11-11", "other_day"),
        (b"898371503990001", b"898371503990002", "other_merchant"),
        ("消费".encode(), "撤销".encode(), "unknown_state"),
        ("终端号".encode(), "终端".encode(), "no_header"),
        (
            b"\xe5\x90\x88\xe8\xae\xa1,3,840.00\r\n",
            b"\xe5\x90\x88\xe8\xae\xa1,3,840.00\r\n\r\nx\r\n",
            "more_after_the_totals",
        ),
        (b"000002", b"000001", "slip_twice"),
    ],
)
def test_a_file_with_one_thing_wrong_is_refused_for_that(old, new, reason):
    body = day_file(MERCHANT, SWIPES).replace(old, new)
    with pytest.raises(StatementUnfit) as unfit:
        list(read_statement(body.splitlines(keepends=True), DAY, MERCHANT))
    assert unfit.value.reason == reason
