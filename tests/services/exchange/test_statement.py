"""对账单: kept as it came, read whole or not at all."""

import pytest

from canbao.basics.refusals import (
    ChannelUnavailable,
    DayNotProved,
    NotFound,
    StatementRefused,
)
from canbao.records.models import Statement, StatementLine
from canbao.services.exchange.match import match
from canbao.services.exchange.statement import body_of, fetch, upload
from tests.support.reconciling import DAY, NEXT, a_payment, as_row, closed, uploaded
from tests.support.trade_bill import trade_bill


def test_a_statement_is_kept_byte_for_byte_and_the_same_file_again_changes_nothing(world):
    body = trade_bill([as_row(a_payment(world))])
    first = upload(world.env, "wechat", DAY, [body[:100], body[100:]])
    again = upload(world.env, "wechat", DAY, [body])
    assert first.id == again.id
    assert body_of(Statement.objects.get()) == body
    assert (first.line_count, first.paid_fen, first.refunded_fen) == (1, 28_000, 0)
    assert StatementLine.objects.count() == 1


SPOILT = {
    "cut_off": lambda body: body[
        : body.rindex(b"\xe6\x80\xbb\xe4\xba\xa4\xe6\x98\x93\xe5\x8d\x95\xe6\x95\xb0")
    ],
    "totals_differ": lambda body: body.replace(b"`1,`0.00", b"`2,`0.00"),
    "no_header": lambda body: body.replace("商户订单号".encode(), "别的".encode(), 1),
    "row_of_wrong_width": lambda body: body.replace(b"`CNY,", b"`CNY,`,"),
    "not_an_amount": lambda body: body.replace(b"`280.00", b"`28O.00"),
    "other_currency": lambda body: body.replace(b"`CNY", b"`USD"),
    "other_merchant": lambda body: body.replace(b"`1900000001", b"`1900009999"),
    "other_day": lambda body: body.replace(b"2020-10-05", b"2020-10-06"),
    "not_an_instant": lambda body: body.replace(b" 10:00:00", b" 25:00:00"),
    "unknown_state": lambda body: body.replace(b"`SUCCESS", b"`REVOKED"),
    "more_after_the_totals": lambda body: body + b"`1,`2\r\n",
    "not_utf8": lambda body: body.replace(b"`CNY", b"`\xff\xfe"),
}


@pytest.mark.parametrize("fault", sorted(SPOILT))
def test_a_file_that_cannot_be_relied_on_is_kept_with_its_fault_and_read_not_at_all(world, fault):
    body = SPOILT[fault](trade_bill([as_row(a_payment(world))]))
    for _ in range(2):
        with pytest.raises(StatementRefused):
            upload(world.env, "wechat", DAY, [body])
    kept = Statement.objects.get()
    assert (kept.fault, kept.line_count) == (fault, None)
    assert body_of(kept) == body
    assert not StatementLine.objects.exists()
    with pytest.raises(DayNotProved):
        match(world.env, "wechat", DAY)


def test_a_right_file_after_a_wrong_one_counts(world):
    fact = a_payment(world)
    with pytest.raises(StatementRefused):
        upload(world.env, "wechat", DAY, [trade_bill([as_row(fact)])[:-40]])
    uploaded(world, [as_row(fact)])
    assert match(world.env, "wechat", DAY).breaks == 0


def test_a_statement_is_fetched_when_the_channel_has_made_it(world):
    with pytest.raises(StatementRefused):
        fetch(world.env, "wechat", DAY)
    world.channel.statements[DAY] = trade_bill([as_row(a_payment(world))])
    assert fetch(world.env, "wechat", DAY).line_count == 1
    world.channel.is_down = True
    with pytest.raises(ChannelUnavailable):
        fetch(world.env, "wechat", NEXT)


def test_a_day_without_movements_has_an_empty_statement_and_closes(world):
    upload(world.env, "wechat", DAY, [b""])
    assert closed(world.later(days=1)).figures["lines"] == 0


def test_nobody_else_sends_us_statements(world):
    with pytest.raises(NotFound):
        upload(world.env, "alipay", DAY, [b""])
