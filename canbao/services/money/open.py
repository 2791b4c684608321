"""开单: open orders for bills. The same `order_no` again is the same order; one is a batch of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from canbao.basics.days import CHINA, ONE_DAY
from canbao.basics.genes import bucket_of, parse_order_no
from canbao.basics.refusals import AlreadyPaid, NotFound, OrderUnfinished, PageExpired, PushPending
from canbao.basics.states import ORDER
from canbao.records.models import Bill, Order, OrderLine
from canbao.records.money.lines import insert_lines, lines_of_orders
from canbao.records.money.orders import insert_orders
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money.book import settle_lines
from canbao.services.people.household import join
from canbao.services.people.one_way import refuse_unanswered
from canbao.services.system.env import Env

ORDER_LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class Opening:
    """What the check page carries to the pay button.

    `more_bill_ids`: the others who are paid for with the same order. Each bill is a line of its own,
    settled, receipted and refunded by itself.
    """

    order_no: str
    token: str
    bill_id: int
    payer_kind: str
    entry_area_code: str
    payable_until: date | None = None
    head_person_id: int | None = None
    more_bill_ids: tuple[int, ...] = ()

    @property
    def bill_ids(self) -> tuple[int, ...]:
        """All bills of the order, the first of them naming its bucket."""
        return tuple(dict.fromkeys((self.bill_id, *self.more_bill_ids)))


def open_orders(env: Env, openings: Sequence[Opening], *, online: bool = False) -> list[Order]:
    """Open the orders, or find them open already; where nothing is to be paid the order is settled at once (E15).

    The price is promised until the order expires, and never past the collection period. All open
    in one transaction, or none does.

    Raises:
        NotFound: no such bill. AlreadyPaid: a bill is settled.
        PageExpired: a bill was replaced since its page was shown, so the price may be another.
        PushPending: the tax side has not accepted the special bill yet.
        OrderUnfinished: another order for the bill is still open.
        MaybeAssisted: online, where a payment cannot be turned back and nobody was asked (CZ-09).
    """
    kinds = (
        "order",
        "order_line",
        "event",
        "household_member",
        "entry",
        "coverage",
        "contribution_record",
        "receipt",
    )
    lines = sum(len(opening.bill_ids) for opening in openings)
    env.serials.warm(dict.fromkeys(kinds, 6 * lines))
    return in_one_transaction(lambda: _open(env, openings, online=online))


def _open(env: Env, openings: Sequence[Opening], *, online: bool) -> list[Order]:
    found = _find(openings)
    fresh = [opening for opening in openings if opening.order_no not in found]
    bills = _open_bills(fresh)
    if online:
        refuse_unanswered(env, bills.values())
    orders = insert_orders([_order_of(env, o, [bills[id_] for id_ in o.bill_ids]) for o in fresh])
    ours = [opening for opening in fresh if opening.order_no in orders]
    lines = [
        (orders[o.order_no], place, bills[id_]) for o in ours for place, id_ in enumerate(o.bill_ids, start=1)
    ]
    if len(insert_lines(env.serials, lines)) < len(lines):
        raise OrderUnfinished
    journal = env.journal()
    for order in orders.values():
        journal.note("order", order.id, "OrderOpened", {"payer": order.payer_kind})
    _join_households(env, ours, bills)
    _confirm_zero(env, journal, [orders[o.order_no] for o in ours if orders[o.order_no].amount_fen == 0])
    journal.write()
    if len(ours) < len(fresh):  # the other half of a double tap was quicker: its orders are these orders
        found = _find(openings)
    return [orders.get(opening.order_no) or found[opening.order_no] for opening in openings]


def _find(openings: Sequence[Opening]) -> dict[str, Order]:
    buckets = {parse_order_no(opening.order_no).bucket for opening in openings}
    numbers = [opening.order_no for opening in openings]
    return {order.order_no: order for order in Order.objects.filter(bucket__in=buckets, order_no__in=numbers)}


def _open_bills(openings: Sequence[Opening]) -> dict[int, Bill]:
    """The bills of the openings, each of them still to be paid or confirmed, and in its order's bucket."""
    wanted = [id_ for opening in openings for id_ in opening.bill_ids]
    bills = {bill.id: bill for bill in Bill.objects.filter(id__in=wanted)}
    for opening in openings:
        if bucket_of(opening.bill_id) != parse_order_no(opening.order_no).bucket:
            raise NotFound
        for id_ in opening.bill_ids:
            _refuse_if_not_open(bills.get(id_))
    return bills


def _refuse_if_not_open(bill: Bill | None) -> None:
    if bill is None:
        raise NotFound
    if bill.state == "settled":
        raise AlreadyPaid(benefit_year=str(bill.benefit_year))
    if bill.hold_code:
        raise PushPending
    if bill.state not in ("payable", "zero"):
        raise PageExpired(minutes="30")


def _order_of(env: Env, opening: Opening, bills: Sequence[Bill]) -> Order:
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
        expires_at=expiry(env, bill.area_code, opening.payable_until),
    )


def _join_households(env: Env, openings: Sequence[Opening], bills: dict[int, Bill]) -> None:
    join(
        env,
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


def expiry(env: Env, area_code: str, payable_until: date | None) -> datetime:
    """When an order opened now ends: half an hour on, or the end of the last day its price holds."""
    usual = env.now + ORDER_LASTS
    if payable_until is None:
        return usual
    local_end = datetime.combine(payable_until + ONE_DAY, datetime.min.time(), CHINA)
    return min(usual, local_end - timedelta(days=env.areas.shift_days(area_code)))


def open_order_of(bill_id: int) -> Order | None:
    """The open order of a bill, if it has one."""
    line = OrderLine.objects.filter(bill=bill_id, open_slot=1).first()
    return Order.objects.filter(bucket=line.bucket, order_no=line.order_no).first() if line else None
