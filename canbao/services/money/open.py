"""开单: open orders for bills. The same `order_no` again is the same order; one is a batch of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from canbao.basics.days import CHINA, ONE_DAY
from canbao.basics.genes import bucket_of, out_trade_no, parse_order_no
from canbao.basics.refusals import (
    NotFound,
    OrderUnfinished,
    PageExpired,
    PushPending,
    Refusal,
)
from canbao.basics.states import ORDER
from canbao.records.models import Attempt, Order, OrderLine
from canbao.records.money.bills import BillToPay, bills_to_pay
from canbao.records.money.lines import lines_of_orders
from canbao.records.money.orders import put_in
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money.book import settle_lines
from canbao.services.people.hall import hall_only
from canbao.services.people.household.join import join
from canbao.services.people.one_way import refuse_unanswered
from canbao.services.people.paid import paid_refusal
from canbao.services.system.env import Env

ORDER_LASTS = timedelta(minutes=30)
FIRST_QUERY_AFTER = timedelta(seconds=40)
# What opening draws serials of.
KINDS = (
    "order", "order_line", "attempt", "event", "household_member", "entry", "coverage", "contribution_record",
    "receipt",
)  # fmt: skip


@dataclass(frozen=True)
class Opening:
    """What the check page carries to the pay button.

    `more_bill_ids`: the others who are paid for with the same order. Each bill is a line of its own,
    settled, receipted and refunded by itself. `at_hall`: paid over the counter of the tax hall (CZ-18).
    """

    order_no: str
    token: str
    bill_id: int
    payer_kind: str
    entry_area_code: str
    payable_until: date | None = None
    head_person_id: int | None = None
    more_bill_ids: tuple[int, ...] = ()
    lasts: timedelta = ORDER_LASTS
    at_hall: bool = False

    @property
    def bill_ids(self) -> tuple[int, ...]:
        """All bills of the order, the first of them naming its bucket."""
        return tuple(dict.fromkeys((self.bill_id, *self.more_bill_ids)))


def open_orders(
    env: Env, openings: Sequence[Opening], *, online: bool = False, channel: str | None = None
) -> list[Order]:
    """Open the orders, or find them open already; where nothing is to be paid the order is settled at once (E15).

    The price is promised until the order expires, and never past the collection period. All open
    in one transaction, or none does. With a `channel` the first attempt at paying through it is put down
    with each new order, as its `first_attempt`.

    Raises:
        NotFound: no such bill. AlreadyPaid: a bill is settled, or its year was paid for elsewhere.
        PageExpired: a bill was replaced since its page was shown, so the price may be another.
        PushPending: the tax side has not accepted the special bill yet.
        OrderUnfinished: another order for the bill is still open.
        ChannelNotSuited: a collective bears a part, which is paid at the tax hall alone (CZ-18).
        MaybeAssisted: online, where a payment cannot be turned back and nobody was asked (CZ-09).
    """
    lines = sum(len(opening.bill_ids) for opening in openings)
    env.serials.warm(dict.fromkeys(KINDS, 6 * lines))
    return in_one_transaction(lambda: _open(env, openings, online=online, channel=channel))


def _open(env: Env, openings: Sequence[Opening], *, online: bool, channel: str | None) -> list[Order]:
    bills = bills_to_pay([id_ for opening in openings for id_ in opening.bill_ids])
    refusals = {opening.order_no: _why_not(env, opening, bills) for opening in openings}
    # Pressed again after it was paid, the order is there and its bill is not open any more.
    found = _find(openings) if any(refusals.values()) else {}
    fresh = [opening for opening in openings if opening.order_no not in found]
    for opening in fresh:
        if refusal := refusals[opening.order_no]:
            raise refusal
    if online:
        refuse_unanswered(env, bills.values())
    journal = env.journal()
    orders = _put_in(env, journal, [(o, [bills[id_] for id_ in o.bill_ids]) for o in fresh], channel)
    ours = [opening for opening in fresh if opening.order_no in orders]
    _join_households(env, journal, ours, bills)
    _confirm_zero(env, journal, [order for order in orders.values() if order.amount_fen == 0])
    journal.write()
    if len(ours) < len(fresh):  # pressed twice, and the other half was quicker: its orders are these orders
        found = _find(openings)
    return [orders.get(opening.order_no) or found[opening.order_no] for opening in openings]


def _find(openings: Sequence[Opening]) -> dict[str, Order]:
    buckets = {parse_order_no(opening.order_no).bucket for opening in openings}
    numbers = [opening.order_no for opening in openings]
    return {order.order_no: order for order in Order.objects.filter(bucket__in=buckets, order_no__in=numbers)}


def _why_not(env: Env, opening: Opening, bills: Mapping[int, BillToPay]) -> Refusal | None:
    """What is in the way of a new order: each bill must be there, still be open, the first in the order's bucket."""
    if bucket_of(opening.bill_id) != parse_order_no(opening.order_no).bucket:
        return NotFound()
    return next(filter(None, (_why_not_this(env, opening, bills.get(id_)) for id_ in opening.bill_ids)), None)


def _why_not_this(env: Env, opening: Opening, bill: BillToPay | None) -> Refusal | None:
    if bill is None:
        return NotFound()
    if bill.is_paid:
        return paid_refusal(env, bill)
    if bill.hold_code:
        return PushPending()
    if bill.has_collective and not opening.at_hall:
        return hall_only(env, bill.area_code, bill.benefit_year)
    return None if bill.state in ("payable", "zero") else PageExpired(minutes="30")


def _put_in(
    env: Env, journal: Journal, wanted: Sequence[tuple[Opening, Sequence[BillToPay]]], channel: str | None
) -> dict[str, Order]:
    """Put the orders in with their lines and first attempts; returns those whose number was not taken."""
    orders = [_order_of(env, opening, bills) for opening, bills in wanted]
    lines = [
        _line_of(env, order, place, bill)
        for order, (_, bills) in zip(orders, wanted, strict=True)
        for place, bill in enumerate(bills, start=1)
    ]
    for order in orders:
        if channel and order.amount_fen:
            order.first_attempt = new_attempt(env, order, 1, channel)
    made = put_in(orders, lines, [order.first_attempt for order in orders if order.first_attempt])
    ours = {order.order_no: order for order in orders if order.id in made.orders}
    # A line may be missing, its bill lying in another order; or stand under the number of somebody quicker.
    if any((line.order_no in ours) != (line.id in made.lines) for line in lines):
        raise OrderUnfinished
    for order in ours.values():
        journal.note("order", order.id, "OrderOpened", {"payer": order.payer_kind})
    return ours


def _order_of(env: Env, opening: Opening, bills: Sequence[BillToPay]) -> Order:
    bill = bills[0]
    return Order(
        id=env.new_id("order", bill.id),
        bucket=bill.bucket,
        order_no=opening.order_no,
        token=opening.token,
        entry_area_code=opening.entry_area_code,
        payer_kind=opening.payer_kind,
        amount_fen=sum(each.amount_fen or 0 for each in bills),
        line_buckets=list(dict.fromkeys(each.bucket for each in bills)),
        state="open",
        opened_at=env.now,
        expires_at=expiry(env, bill.area_code, opening.payable_until, opening.lasts),
    )


def _line_of(env: Env, order: Order, place: int, bill: BillToPay) -> OrderLine:
    return OrderLine(
        id=env.new_id("order_line", bill.id),
        bucket=bill.bucket,
        order_no=order.order_no,
        line_no=place,
        bill_id=bill.id,
        amount_fen=bill.amount_fen or 0,
        state="open",
        open_slot=1,
    )


def new_attempt(env: Env, order: Order, nth: int, channel: str) -> Attempt:
    """The n-th try at paying an order; the job asks after it should no callback come."""
    return Attempt(
        id=env.new_id("attempt", order.id),
        bucket=order.bucket,
        out_trade_no=out_trade_no(order.order_no, nth),
        order_no=order.order_no,
        channel=channel,
        amount_fen=order.amount_fen,
        state="created",
        created_at=env.now,
        query_at=env.now + FIRST_QUERY_AFTER,
    )


def _join_households(
    env: Env, journal: Journal, openings: Sequence[Opening], bills: Mapping[int, BillToPay]
) -> None:
    join(
        env,
        journal,
        [
            (bill.person_id, opening.head_person_id, bill.benefit_year, bill.area_code)
            for opening in openings
            if opening.head_person_id and (bill := bills[opening.bill_id])
        ],
    )


def _confirm_zero(env: Env, journal: Journal, orders: Sequence[Order]) -> None:
    """Settle orders with nothing to pay: their owners' word takes the place of the payment."""
    keys = {
        "bucket": Column("int", [order.bucket for order in orders]),
        "order_no": Column("text", [order.order_no for order in orders]),
    }
    claim(journal, Claim(ORDER, "settled", keys))
    lines = lines_of_orders([(order.bucket, order.order_no, order.line_buckets) for order in orders])
    settle_lines(env, journal, lines, dict.fromkeys(order.order_no for order in orders))
    for order in orders:
        order.state = "settled"


def expiry(env: Env, area_code: str, payable_until: date | None, lasts: timedelta = ORDER_LASTS) -> datetime:
    """When an order opened now ends: half an hour on or as long as it `lasts`, or the last day its price holds."""
    usual = env.now + lasts
    if payable_until is None:
        return usual
    local_end = datetime.combine(payable_until + ONE_DAY, datetime.min.time(), CHINA)
    return min(usual, local_end - timedelta(days=env.areas.shift_days(area_code)))


def open_order_of(bill_id: int) -> Order | None:
    """The open order of a bill, if it has one. It lies in the bucket of its own first bill, as its number says."""
    line = OrderLine.objects.filter(bill=bill_id, open_slot=1).first()
    return _find_one(line.order_no) if line else None


def _find_one(order_no: str) -> Order | None:
    return Order.objects.filter(bucket=parse_order_no(order_no).bucket, order_no=order_no).first()
