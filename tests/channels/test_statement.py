"""The trade bill over HTTP: asked for, downloaded, checked against its digest, read."""

import gzip
import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest

from canbao.basics.days import CHINA
from canbao.channels.port import ChannelDown, RefundRequest, StatementNotReady, StatementUnfit
from canbao.channels.wechat.statement import unpacked


def test_the_bill_of_a_day_shows_its_payments_and_refunds_in_fen(channel, sandbox, attempt, number):
    channel.start(attempt())
    sandbox.pay(number)
    channel.refund(RefundRequest(f"TF{number}", number, 12345, 38000, "http://127.0.0.1:9/", "退费"))
    today = datetime.now(UTC).astimezone(CHINA).date()

    body = channel.fetch_statement(today)

    rows = list(channel.read_statement(body.splitlines(keepends=True), today))
    mine = {row.what: row for row in rows if row.number in (number, f"TF{number}")}
    assert (mine["payment"].amount_fen, mine["payment"].status) == (38000, "SUCCESS")
    assert (mine["refund"].number, mine["refund"].amount_fen) == (f"TF{number}", 12345)


def test_tomorrows_bill_is_not_made_yet(channel):
    with pytest.raises(StatementNotReady):
        channel.fetch_statement(datetime.now(UTC).astimezone(CHINA).date() + timedelta(days=1))


def test_a_day_without_movements_is_an_empty_file(channel):
    long_ago = datetime.now(UTC).astimezone(CHINA).date() - timedelta(days=30)

    assert channel.fetch_statement(long_ago) == b""
    assert list(channel.read_statement([], long_ago)) == []


PLAIN = "交易时间,…\r\n".encode()
DIGEST = hashlib.sha1(PLAIN, usedforsecurity=False).hexdigest()


def test_a_download_is_unpacked_and_has_its_digest():
    assert unpacked(gzip.compress(PLAIN), DIGEST) == unpacked(PLAIN, DIGEST.upper()) == PLAIN


@pytest.mark.parametrize(
    "content",
    [
        PLAIN + b"x",
        gzip.compress(PLAIN, mtime=0)[:-9],
        gzip.compress(PLAIN + b"x", mtime=0),
        b"\x1f\x8bnonsense",
        b"",
    ],
)
def test_a_broken_download_is_asked_for_again(content):
    with pytest.raises(ChannelDown):
        unpacked(content, DIGEST)


def test_a_page_of_a_proxy_is_no_bill(channel):
    with pytest.raises(StatementUnfit):
        list(channel.read_statement([b"<html>\r\n", b"sorry\r\n"], date(2024, 11, 5)))


def test_a_link_to_somebody_else_is_not_followed(told, platform, scribe):
    platform.answer = lambda _: scribe.reply(
        {"hash_type": "SHA1", "hash_value": DIGEST, "download_url": "https://elsewhere.example/file?token=1"}
    )

    with pytest.raises(ChannelDown):
        told.fetch_statement(date(2024, 11, 5))
    assert len(platform.knocks) == 1
