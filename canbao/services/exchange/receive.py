"""渠道回调: keep the bytes, then judge, then settle. What is kept is never lost, whatever comes after."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError

from canbao.basics.genes import parse_out_trade_no
from canbao.basics.refusals import NotFound
from canbao.channels.port import Judgement, PaymentChannel
from canbao.records.exchange.arrivals import waiting_callbacks
from canbao.records.models import Callback
from canbao.records.money import refunds
from canbao.records.transactions import in_one_transaction
from canbao.services.money.repay import settle_refunds
from canbao.services.money.settle import Arrival, move_callbacks, settle
from canbao.services.system import limits
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 64 * 1024
REJECTED_KEPT = timedelta(days=30)
UNFIT = ("unknown_refund", "amount_differs")
_HEADERS_KEPT = ("wechatpay-", "content-type", "request-id", "user-agent")


@dataclass(frozen=True)
class Delivery:
    """One callback as it came."""

    channel: str
    out_trade_no: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Received:
    """What to answer the channel: kept and authentic, or not."""

    accepted: bool
    answer: tuple[int, str, bytes]


def receive(env: Env, channel: str, out_trade_no: str, headers: Mapping[str, str], body: bytes) -> Received:
    """Take one callback in.

    Raises:
        NotFound: no such channel, or a number that cannot be one of ours; nothing is kept.
    """
    (received,) = receive_all(env, [Delivery(channel, out_trade_no, headers, body)])
    if received is None:
        raise NotFound
    return received


def receive_all(env: Env, deliveries: Sequence[Delivery]) -> list[Received | None]:
    """Take callbacks in: of payments by their attempts' numbers, of refunds by the refunds' own.

    The bytes are committed before anything looks at them. Authentic and kept is success to the
    channel even if settling must wait for the job; what is not authentic stays, as rejected. None: no
    such channel, or a number that cannot be one of ours; nothing is kept.
    """
    ours = [(n, delivery) for n, delivery in enumerate(deliveries) if _can_be_ours(env, delivery)]
    kept = _keep(env, [delivery for _, delivery in ours])
    judged = [(row, _judge(env.channels[row.channel], row)) for row in kept]
    _act_or_leave(env, judged)
    answers: list[Received | None] = [None] * len(deliveries)
    for (n, delivery), (_, judgement) in zip(ours, judged, strict=True):
        answer = env.channels[delivery.channel].acknowledge(judgement.authentic)
        answers[n] = Received(judgement.authentic, answer)
    return answers


def _can_be_ours(env: Env, delivery: Delivery) -> bool:
    try:
        _bucket_of_number(delivery.out_trade_no)
    except ValueError:
        return False
    return delivery.channel in env.channels and len(delivery.body) <= MAX_BODY_BYTES


def _keep(env: Env, deliveries: Sequence[Delivery]) -> list[Callback]:
    ids = env.new_ids("callback", [_bucket_of_number(delivery.out_trade_no) for delivery in deliveries])
    rows = [
        Callback(
            id=id_,
            channel=delivery.channel,
            out_trade_no=delivery.out_trade_no,
            headers={
                name.lower(): value
                for name, value in delivery.headers.items()
                if name.lower().startswith(_HEADERS_KEPT)
            },
            body=delivery.body,
            received_at=env.now,
            state="kept",
        )
        for id_, delivery in zip(ids, deliveries, strict=True)
    ]
    return Callback.objects.bulk_create(rows)


def _act_or_leave(env: Env, judged: Sequence[tuple[Callback, Judgement]]) -> None:
    """Act on what may stay; what the database will not take now is kept already, and waits for the job."""
    try:
        stays = [
            (row, judgement)
            for row, judgement in judged
            if judgement.authentic or limits.has_room(env, limits.REJECTED_CALLBACKS, row.channel)
        ]
        flood = [row.id for row, _ in judged if all(row is not kept for kept, _ in stays)]
        if flood:  # forgeries must not fill the disk
            Callback.objects.filter(id__in=flood).delete()
        _act_on(env, stays)
    except DatabaseError:
        log.exception("%s callbacks are kept and wait for the job", len(judged))


def settle_kept(env: Env, limit: int = 500) -> int:
    """Judge and settle what was kept but not finished, for instance after a crash. Returns how many."""
    waiting = [row for row in waiting_callbacks(limit) if row.channel in env.channels]
    _act_on(env, [(row, _judge(env.channels[row.channel], row)) for row in waiting])
    return len(waiting)


def forget_rejected(env: Env) -> int:
    """Purge what was not authentic after thirty days. Returns how many."""
    old = Callback.objects.filter(state="rejected", received_at__lt=env.now - REJECTED_KEPT)
    return old.delete()[0]


def _bucket_of_number(number: str) -> int:
    """The bucket of an attempt's or a refund's number. Raises ValueError: neither."""
    if number.startswith(refunds.PREFIX):
        return refunds.bucket_of_refund(number)
    return parse_out_trade_no(number)[0].bucket


def _judge(port: PaymentChannel, kept: Callback) -> Judgement:
    judgement = port.judge(kept.headers, bytes(kept.body), kept.received_at)
    told = judgement.fact.out_trade_no if judgement.fact else None
    told = judgement.refund.refund_no if judgement.refund else told
    if told is not None and told != kept.out_trade_no:
        return Judgement(authentic=False, reason="other_number")
    return judgement


def _act_on(env: Env, judged: Sequence[tuple[Callback, Judgement]]) -> None:
    """Settle the authentic facts; write its reason beside every other callback."""
    without_money = [
        (row, judgement) for row, judgement in judged if not (judgement.fact or judgement.refund)
    ]
    if without_money:
        in_one_transaction(lambda: _close(env, without_money))
    settle(env, [Arrival(judgement.fact, row.id) for row, judgement in judged if judgement.fact])
    told = [(row.id, judgement.refund) for row, judgement in judged if judgement.refund]
    results = settle_refunds(env, [fact for _, fact in told])
    if told:
        named = [(id_, result) for (id_, _), result in zip(told, results, strict=True)]
        in_one_transaction(lambda: _close_refunds(env, named))


def _close_refunds(env: Env, told: Sequence[tuple[int, str]]) -> None:
    """The refunds are booked; a crash before this line only makes the job find their callbacks repeated."""
    journal = env.journal()
    move_callbacks(env, journal, "settled", [row for row in told if row[1] not in UNFIT])
    move_callbacks(env, journal, "parked", [row for row in told if row[1] in UNFIT])
    journal.write()


def _close(env: Env, judged: Sequence[tuple[Callback, Judgement]]) -> None:
    journal = env.journal()
    for state, authentic in (("ignored", True), ("rejected", False)):
        rows = [(row.id, judgement.reason) for row, judgement in judged if judgement.authentic is authentic]
        move_callbacks(env, journal, state, rows)
    journal.write()
