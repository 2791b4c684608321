"""The statement of a day, and every way in which one is unfit."""

from datetime import UTC, date, datetime, timedelta

import pytest

from canbao.basics.days import CHINA
from canbao.channels.port import RefundRequest, StatementNotReady, StatementUnfit
from canbao.channels.unionpay import UnionPay, UnionPayKeys
from canbao.channels.unionpay.statement import read_statement
from canbao.faces.wiring import new_stamp

DAY = date(2022, 11, 5)
KEYS = UnionPayKeys("app", "key", "secret", "898000000000001", "00000001", "3194")
GOOD = (
    "清算日期,交易日期,交易时间,交易类型,交易金额,商户号,流水号,商户订单号,退货订单号",
    "20221105,20221105,080001,支付,380.00,898000000000001,00466201245N,31942438000000031901,",
    "20221105,20221105,090001,退货,-100.00,898000000000001,00466201246N,31942438000000031901,3194TF1",
    "合计,2,280.00",
)


def file(lines=GOOD):
    return "\r\n".join(lines).encode()


def read(content, day=DAY):
    return list(read_statement(content.splitlines(keepends=True), day, KEYS))


def test_payments_and_refunds_are_read_in_fen_each_under_our_own_number():
    payment, refund = read(b"\xef\xbb\xbf" + file())

    assert (payment.what, payment.number, payment.amount_fen) == ("payment", "2438000000031901", 38000)
    assert (refund.what, refund.number, refund.amount_fen) == ("refund", "TF1", 10000)
    assert payment.at == datetime(2022, 11, 5, 8, 0, 1, tzinfo=CHINA)
    assert payment.channel_no == "00466201245N"


def test_an_empty_file_is_a_day_without_movements():
    assert read(b"") == []
    assert read(file((GOOD[0], "合计,0,0.00"))) == []


def changed(place, old, new):
    lines = list(GOOD)
    assert old in lines[place]
    lines[place] = lines[place].replace(old, new)
    return file(lines)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (file(GOOD[:-1]), "cut_off"),
        (file(GOOD[:1]), "cut_off"),
        (file((*GOOD[:2], GOOD[3])), "totals_differ"),
        (changed(3, ",2,", ",3,"), "totals_differ"),
        (changed(3, "280.00", "280.01"), "totals_differ"),
        (changed(3, ",2,280.00", ""), "totals_differ"),
        (file((*GOOD, GOOD[1])), "more_after_the_totals"),
        (changed(1, "898000000000001", "898000000000002"), "other_merchant"),
        (changed(0, "交易类型", "类型"), "no_header"),
        (changed(1, "支付", "转账"), "unknown_state"),
        (changed(1, ",20221105,08", ",20221106,08"), "other_day"),
        (changed(1, "080001", "早上"), "not_an_instant"),
        (changed(1, "380.00", "三百"), "not_an_amount"),
        (changed(1, "380.00", "0.00"), "not_an_amount"),
        (changed(2, "-100.00", "100.00"), "not_an_amount"),
        (changed(1, "支付,", "支付,多一列,"), "row_of_wrong_width"),
        (file().replace("支付".encode(), b"\xff"), "not_utf8"),
    ],
    ids=lambda told: told if isinstance(told, str) else "file",
)
def test_an_unfit_file_is_refused_whole_with_its_reason(content, reason):
    with pytest.raises(StatementUnfit) as unfit:
        read(content)
    assert unfit.value.reason == reason


def test_the_sandboxes_file_is_fetched_and_read(unionpay, paid):
    number = paid.out_trade_no
    unionpay.refund(RefundRequest(f"TF{number}", number, 12345, 38000, "http://127.0.0.1:9/", "退费"))
    today = datetime.now(UTC).astimezone(CHINA).date()

    body = unionpay.fetch_statement(today)

    rows = list(unionpay.read_statement(body.splitlines(keepends=True), today))
    mine = {row.what: row for row in rows if row.number in (number, f"TF{number}")}
    assert mine["payment"].amount_fen == 38000
    assert mine["refund"].amount_fen == 12345
    assert mine["refund"].channel_no == unionpay.query_refund(f"TF{number}", number).channel_refund_no


def test_tomorrows_file_is_not_made_yet_and_without_a_path_none_is_fetched(unionpay):
    tomorrow = datetime.now(UTC).astimezone(CHINA).date() + timedelta(days=1)
    with pytest.raises(StatementNotReady):
        unionpay.fetch_statement(tomorrow)
    with pytest.raises(StatementNotReady):
        UnionPay(KEYS, new_stamp).fetch_statement(DAY)
