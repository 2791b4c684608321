"""开单: open an order for a bill. The same `order_no` again is the same order."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from canbao.basics.days import CHINA, ONE_DAY
from canbao.basics.genes import bucket_of, parse_order_no
from canbao.basics.refusals import AlreadyPaid, NotFound, OrderUnfinished, PageExpired
from canbao.basics.states import ORDER
from canbao.records import sets
from canbao.records.models import Bill, Order, OrderLine
from canbao.records.money.lines import lines_of_orders
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money.book import settle_lines
from canbao.services.people.household import join
from canbao.services.system.env import Env

ORDER_LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class Opening:
    """What the check page carries to the pay button."""

    order_no: str
    token: str
    bill_id: int
    payer_kind: str
    entry_area_code: str
    price_valid_until: date | None = None
    head_person_id: int | None = None


def open_order(env: Env, opening: Opening) -> Order:
    """Open the order, or find it open already; with nothing to pay it is settled at once (E15).

    The price is promised until the order expires, and never past the collection period.

    Raises:
        AlreadyPaid: the bill is settled.
        PageExpired: the bill was replaced since the page was shown, so the price may be another.
        OrderUnfinished: another order for this bill is still open.
    """
    kinds = ("order", "order_line", "event", "household_member", "entry", "coverage", "contribution_record", "receipt")
    env.serials.warm(dict.fromkeys(kinds, 8))
    return in_one_transaction(lambda: _open(env, opening))


def _open(env: Env, opening: Opening) -> Order:
    bucket = parse_order_no(opening.order_no).bucket
    found = Order.objects.filter(bucket=bucket, order_no=opening.order_no).first()
    if found:
        return found
    bill = _open_bill(opening.bill_id, bucket)
    order = _order_of(env, opening, bill)
    _insert_line(env, order, bill)
    order.save(force_insert=True)
    if opening.head_person_id:
        join(env, bill.person_id, opening.head_person_id, bill.benefit_year, bill.area_code)
    journal = env.journal()
    journal.note("order", order.id, "OrderOpened", {"payer": opening.payer_kind})
    if bill.state == "zero":
        _confirm_zero(env, journal, order)
    journal.write()
    return order


def _open_bill(bill_id: int, bucket: int) -> Bill:
    if bucket_of(bill_id) != bucket:
        raise NotFound
    bill = Bill.objects.filter(id=bill_id).first()
    if bill is None:
        raise NotFound
    if bill.state == "settled":
        raise AlreadyPaid(benefit_year=str(bill.benefit_year))
    if bill.state not in ("payable", "zero"):
        raise PageExpired(minutes="30")
    return bill


def _order_of(env: Env, opening: Opening, bill: Bill) -> Order:
    return Order(
        id=env.new_id("order", bill.id),
        bucket=bill.bucket,
        order_no=opening.order_no,
        token=opening.token,
        entry_area_code=opening.entry_area_code,
        payer_kind=opening.payer_kind,
        amount_fen=bill.amount_fen or 0,
        line_buckets=[bill.bucket],
        state="open",
        opened_at=env.now,
        expires_at=expiry(env, bill.area_code, opening.price_valid_until),
    )


def _insert_line(env: Env, order: Order, bill: Bill) -> None:
    made = sets.insert(
        "order_line",
        {
            "id": Column("int", [env.new_id("order_line", bill.id)]),
            "bucket": Column("int", [bill.bucket]),
            "order_no": Column("text", [order.order_no]),
            "line_no": Column("int", [1]),
            "bill_id": Column("int", [bill.id]),
            "amount_fen": Column("int", [order.amount_fen]),
            "state": Column("text", ["open"]),
            "open_slot": Column("int", [1]),
        },
        "ON CONFLICT (bucket, bill_id, open_slot) DO NOTHING RETURNING id",
    )
    if not made:
        raise OrderUnfinished


def _confirm_zero(env: Env, journal: Journal, order: Order) -> None:
    """Settle an order with nothing to pay: its owner's word takes the place of the payment."""
    keys = {"bucket": Column("int", [order.bucket]), "order_no": Column("text", [order.order_no])}
    claim(journal, Claim(ORDER, "settled", keys))
    lines = lines_of_orders([(order.bucket, order.order_no, order.line_buckets)])
    settle_lines(env, journal, lines, {order.order_no: None})
    order.state = "settled"


def expiry(env: Env, area_code: str, price_valid_until: date | None) -> datetime:
    """When an order opened now ends: half an hour on, or the end of the last day its price holds."""
    usual = env.now + ORDER_LASTS
    if price_valid_until is None:
        return usual
    local_end = datetime.combine(price_valid_until + ONE_DAY, datetime.min.time(), CHINA)
    return min(usual, local_end - timedelta(days=env.areas.shift_days(area_code)))


def open_order_of(bill_id: int) -> Order | None:
    """The open order of a bill, if it has one."""
    line = OrderLine.objects.filter(bill=bill_id, open_slot=1).first()
    return Order.objects.filter(bucket=line.bucket, order_no=line.order_no).first() if line else None
