"""Notices as the sandbox truly delivers them over HTTP, judged as they came."""

from queue import Empty

import pytest

from canbao.channels.port import ChannelDown
from tests.channels.door import Reply


@pytest.fixture
def paid(channel, sandbox, attempt, number):
    """Open an order, let the payer pay it, and let its notice go in a manner."""

    def paid(notify):
        channel.start(attempt())
        sandbox.pay(number, notify=notify)

    return paid


@pytest.fixture
def judged(channel, mailbox):
    """The next notices that arrive, judged against the instant of their arrival."""

    def judged(how_many):
        knocks = [mailbox.take() for _ in range(how_many)]
        return [channel.judge(knock.headers, knock.body, knock.at) for knock in knocks]

    return judged


def test_a_notice_tells_the_same_money_as_a_query(channel, paid, judged, number):
    paid("normal")

    (judgement,) = judged(1)

    told = channel.query(number).fact
    assert (judgement.authentic, judgement.reason) == (True, "ok")
    assert (judgement.fact.out_trade_no, judgement.fact.amount_fen) == (number, 38000)
    assert judgement.fact.notice_id
    assert {**vars(judgement.fact), "notice_id": None} == vars(told)


@pytest.mark.parametrize("manner", ["twice", "together"])
def test_a_notice_that_comes_twice_names_itself_twice(paid, judged, manner):
    paid(manner)

    first, second = judged(2)

    assert first == second
    assert first.fact.notice_id


@pytest.mark.parametrize(("manner", "reason"), [("stale", "stale"), ("forged", "bad_signature")])
def test_a_spoilt_notice_is_refused_with_its_reason(paid, judged, manner, reason):
    paid(manner)

    assert [(each.authentic, each.reason) for each in judged(1)] == [(False, reason)]


def test_a_probe_is_refused_and_the_true_notice_behind_it_is_not(paid, judged):
    paid("signtest")

    assert sorted(each.reason for each in judged(2)) == ["bad_signature", "ok"]


def test_a_wrong_amount_is_authentic_and_told_as_it_is(paid, judged):
    paid("wrong_amount")

    (judgement,) = judged(1)

    assert (judgement.authentic, judgement.fact.amount_fen) == (True, 38100)


def test_a_lost_notice_is_made_good_by_asking(channel, paid, mailbox, number):
    paid("lost")

    with pytest.raises(Empty):
        mailbox.take(0.2)
    assert channel.query(number).fact.amount_fen == 38000


def test_what_we_acknowledge_ends_the_retries_and_what_we_refuse_comes_again(
    channel, sandbox, paid, mailbox, number
):
    answers = iter([channel.acknowledge(False), channel.acknowledge(True)])

    def answer(_):
        status, content_type, body = next(answers)
        return Reply(status, {"Content-Type": content_type}, body)

    mailbox.answer = answer
    paid("normal")

    mailbox.take()
    mailbox.take()
    with pytest.raises(Empty):
        mailbox.take(0.8)
    assert len(mailbox.knocks) == 2


def test_a_held_notice_is_judged_when_it_comes_at_last(channel, sandbox, paid, judged, number):
    paid("held")
    sandbox.tell("deliver", out_trade_no=number)

    assert [each.reason for each in judged(1)] == ["ok"]


def test_a_timeout_of_the_payer_is_money_all_the_same(channel, sandbox, attempt, number):
    channel.start(attempt())
    sandbox.pay(number, outcome="timeout")
    sandbox.tell("behaviour", fault="down", out_trade_no=number)

    with pytest.raises(ChannelDown):
        channel.query(number)
    assert channel.query(number).fact.amount_fen == 38000
