"""The bill of a day: a zip of GBK files, as Alipay packs it, and every way in which one is unfit."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from canbao.basics.days import CHINA
from canbao.channels.alipay.statement import read_statement
from canbao.channels.port import RefundRequest, StatementNotReady, StatementUnfit

DAY = date(2024, 11, 5)
SELLER = "2088000000000001"
HEADER = "支付宝交易号,商户订单号,业务类型,完成时间,订单金额（元）,商家实收（元）,退款批次号/请求号"
PAID = "2024110522001\t,2438000000000031901\t,交易,2024-11-05 08:00:01,380.00,380.00,\t"
BACK = "2024110522001\t,2438000000000031901\t,退款,2024-11-05 09:00:01,-100.00,-100.00,TF1\t"
GOOD = (
    "#支付宝业务明细查询",
    f"#账号：[{SELLER}0156]",
    HEADER,
    PAID,
    BACK,
    "#-----业务明细列表结束-----",
    "#交易合计：1笔，商家实收共380.00元，商家优惠共0.00元",
    "#退款合计：1笔，商家实收退款共-100.00元，商家优惠退款共0.00元",
)


def packed(lines=GOOD, name="20880156_20241105_业务明细.csv", encoding="gb18030"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "\r\n".join(lines).encode(encoding))
        archive.writestr("20880156_20241105_业务明细(汇总).csv", "门店编号".encode("gb18030"))
    return file.getvalue()


def read(content, day=DAY):
    return list(read_statement(content.splitlines(keepends=True), day, SELLER))


def test_payments_and_refunds_are_read_in_fen_each_under_its_own_number():
    payment, refund = read(packed())

    assert (payment.what, payment.number, payment.amount_fen) == ("payment", "2438000000000031901", 38000)
    assert (refund.what, refund.number, refund.amount_fen) == ("refund", "TF1", 10000)
    assert payment.at == datetime(2024, 11, 5, 8, 0, 1, tzinfo=CHINA)


def test_an_empty_file_is_a_day_without_movements():
    assert read(b"") == []


def changed(place, old, new):
    lines = list(GOOD)
    assert old in lines[place]
    lines[place] = lines[place].replace(old, new)
    return packed(lines)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"not a zip", "not_an_archive"),
        (packed()[:-30], "not_an_archive"),
        (packed(name="other.csv"), "not_an_archive"),
        (packed(GOOD[:-1]), "cut_off"),
        (packed(GOOD[:5]), "cut_off"),
        (packed((*GOOD[:4], *GOOD[5:])), "totals_differ"),
        (changed(3, "380.00,380.00", "380.00,379.00"), "totals_differ"),
        (changed(1, SELLER, "2088000000000002"), "other_merchant"),
        (changed(2, "业务类型", "类型"), "no_header"),
        (changed(3, "交易", "转账"), "unknown_state"),
        (changed(3, "2024-11-05 08", "2024-11-06 08"), "other_day"),
        (changed(3, "2024-11-05 08:00:01", "早上"), "not_an_instant"),
        (changed(3, "380.00,380.00", "三百,380.00"), "not_an_amount"),
        (changed(4, "-100.00,-100.00", "100.00,100.00"), "not_an_amount"),
        (changed(3, ",交易,", ",交易,多一列,"), "row_of_wrong_width"),
    ],
    ids=lambda told: told if isinstance(told, str) else "file",
)
def test_an_unfit_file_is_refused_whole_with_its_reason(content, reason):
    with pytest.raises(StatementUnfit) as unfit:
        read(content)
    assert unfit.value.reason == reason


def test_the_sandboxes_bill_is_fetched_and_read(alipay, paid):
    number = paid.out_trade_no
    alipay.refund(RefundRequest(f"TF{number}", number, 12345, 38000, "http://127.0.0.1:9/", "退费"))
    today = datetime.now(UTC).astimezone(CHINA).date()

    body = alipay.fetch_statement(today)

    rows = list(alipay.read_statement(body.splitlines(keepends=True), today))
    mine = {row.what: row for row in rows if row.number in (number, f"TF{number}")}
    assert mine["payment"].amount_fen == 38000
    assert mine["refund"].amount_fen == 12345
    assert mine["refund"].channel_no == alipay.query_refund(f"TF{number}", number).channel_refund_no


def test_tomorrows_bill_is_not_made_yet(alipay):
    with pytest.raises(StatementNotReady):
        alipay.fetch_statement(datetime.now(UTC).astimezone(CHINA).date() + timedelta(days=1))
