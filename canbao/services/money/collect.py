"""收款: money handed over at once, at a window or by a list: opened, attempted and settled in one go."""

from collections import defaultdict
from collections.abc import Sequence

from canbao.basics.genes import out_trade_no, parse_out_trade_no
from canbao.basics.refusals import PageExpired
from canbao.channels.port import PaymentFact
from canbao.records.models import Attempt, Order
from canbao.services.money.open import Opening, open_orders
from canbao.services.money.settle import Arrival, Result, settle
from canbao.services.system.env import Env

CURRENCY = "CNY"


def collect(env: Env, openings: Sequence[Opening], channel: str, cashier: str) -> list[Result | None]:
    """Take the money for these bills now. None: nothing was to be paid, so the order is settled without.

    Safe to repeat with the same order numbers: what is settled already is `repeated`, not settled again.

    Raises:
        PageExpired: an order is over, or its price holds no longer. Else what `open_orders` raises.
        In either case nothing was taken: hand the money back.
    """
    return collect_orders(env, open_orders(env, openings), channel, cashier)


def collect_orders(
    env: Env, orders: Sequence[Order], channel: str, cashier: str, slip: str | None = None
) -> list[Result | None]:
    """Take the money for orders that are open, as `collect` does. `slip`: what the channel calls this payment.

    Raises:
        PageExpired: an order is over, so nothing was taken.
    """
    if any(_is_over(env, order) for order in orders):
        raise PageExpired(minutes="30")
    due = [order for order in orders if order.state == "open"]
    env.serials.warm({"attempt": len(due)})
    attempts = _attempts(env, due, channel)
    results = settle(env, [Arrival(_fact(env, attempt, channel, cashier, slip)) for attempt in attempts])
    by_order: dict[str, Result] = {order.order_no: result for order, result in zip(due, results, strict=True)}
    return [by_order.get(order.order_no, "repeated" if order.amount_fen else None) for order in orders]


def _is_over(env: Env, order: Order) -> bool:
    return order.state in ("expired", "cancelled") or (order.state == "open" and order.expires_at <= env.now)


def _attempts(env: Env, orders: Sequence[Order], channel: str) -> list[Attempt]:
    """One attempt an order: what was left over of an earlier try through this channel, or the next."""
    rows = Attempt.objects.filter(
        bucket__in={order.bucket for order in orders}, order_no__in=[order.order_no for order in orders]
    )
    known: dict[str, list[Attempt]] = defaultdict(list)
    for row in rows:
        known[row.order_no].append(row)
    ids = env.new_ids("attempt", [order.bucket for order in orders])
    wanted = [
        _next(env, id_, order, channel, known[order.order_no]) for id_, order in zip(ids, orders, strict=True)
    ]
    Attempt.objects.bulk_create(
        [row for row in wanted if row not in known[row.order_no]], ignore_conflicts=True
    )
    return wanted


def _next(env: Env, id_: int, order: Order, channel: str, known: Sequence[Attempt]) -> Attempt:
    left_over = [row for row in known if row.channel == channel and row.state == "created"]
    if left_over:
        return left_over[0]
    nth = max((parse_out_trade_no(row.out_trade_no)[1] for row in known), default=0) + 1
    return Attempt(
        id=id_,
        bucket=order.bucket,
        out_trade_no=out_trade_no(order.order_no, nth),
        order_no=order.order_no,
        channel=channel,
        amount_fen=order.amount_fen,
        state="created",
        created_at=env.now,
        query_at=order.expires_at,  # should it be left over, the job closes it
    )


def _fact(env: Env, attempt: Attempt, channel: str, cashier: str, slip: str | None) -> PaymentFact:
    port = env.channels.get(channel)
    return PaymentFact(
        channel=channel,
        out_trade_no=attempt.out_trade_no,
        channel_txn_no=slip or attempt.out_trade_no,
        amount_fen=attempt.amount_fen,
        currency=CURRENCY,
        merchant=port.merchant if port else cashier,
        paid_at=env.now,
    )
