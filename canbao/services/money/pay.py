"""缴费: open an order for a bill, send the payer to a channel, let an order go again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from canbao.basics.days import CHINA, ONE_DAY
from canbao.basics.genes import bucket_of, out_trade_no, parse_order_no
from canbao.basics.refusals import AlreadyPaid, ChannelUnavailable, NotFound, OrderUnfinished, PageExpired
from canbao.basics.states import ATTEMPT
from canbao.channels.port import ChannelDown, ChannelRefused, PaymentRequest
from canbao.records import sets
from canbao.records.models import Attempt, Bill, Order, OrderLine
from canbao.records.moves import Claim, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money.chase import resolve
from canbao.services.system.env import Env

ORDER_LASTS = timedelta(minutes=30)
FIRST_QUERY_AFTER = timedelta(seconds=40)
SUBJECT = "城乡居民基本医疗保险费"  # shown by the channel, so it names nobody


@dataclass(frozen=True)
class Opening:
    """What the check page carries. The same `order_no` again is the same order."""

    order_no: str
    token: str
    bill_id: int
    payer_kind: str
    entry_area_code: str
    price_valid_until: date | None


def open_order(env: Env, opening: Opening) -> Order:
    """Open the order, or find it open already.

    The price is promised until the order expires, and never past the collection period.

    Raises:
        AlreadyPaid: the bill is settled.
        PageExpired: the bill was replaced since the page was shown, so the price may be another.
        OrderUnfinished: another order for this bill is still open.
    """
    env.serials.warm({"order": 1, "order_line": 1, "event": 4})
    return in_one_transaction(lambda: _open(env, opening))


def _open(env: Env, opening: Opening) -> Order:
    bucket = parse_order_no(opening.order_no).bucket
    found = Order.objects.filter(bucket=bucket, order_no=opening.order_no).first()
    if found:
        return found
    bill = Bill.objects.filter(id=opening.bill_id).first()
    if bill is None or bill.bucket != bucket:
        raise NotFound
    if bill.state == "settled":
        raise AlreadyPaid(benefit_year=str(bill.benefit_year))
    if bill.state != "payable" or bill.amount_fen is None:
        raise PageExpired(minutes="30")
    order = Order(
        id=env.new_id("order", opening.bill_id),
        bucket=bucket,
        order_no=opening.order_no,
        token=opening.token,
        entry_area_code=opening.entry_area_code,
        payer_kind=opening.payer_kind,
        amount_fen=bill.amount_fen,
        line_buckets=[bucket],
        state="open",
        opened_at=env.now,
        expires_at=expiry(env, bill.area_code, opening.price_valid_until),
    )
    _insert_line(env, order, bill)
    order.save(force_insert=True)
    journal = env.journal()
    journal.note("order", order.id, "OrderOpened", {"payer": opening.payer_kind})
    journal.write()
    return order


def _insert_line(env: Env, order: Order, bill: Bill) -> None:
    made = sets.insert(
        "order_line",
        {
            "id": Column("int", [env.new_id("order_line", bill.id)]),
            "bucket": Column("int", [bucket_of(bill.id)]),
            "order_no": Column("text", [order.order_no]),
            "line_no": Column("int", [1]),
            "bill_id": Column("int", [bill.id]),
            "amount_fen": Column("int", [bill.amount_fen]),
            "state": Column("text", ["open"]),
            "open_slot": Column("int", [1]),
        },
        "ON CONFLICT (bucket, bill_id, open_slot) DO NOTHING RETURNING id",
    )
    if not made:
        raise OrderUnfinished


def expiry(env: Env, area_code: str, price_valid_until: date | None) -> datetime:
    """When an order opened now ends: half an hour on, or the end of the last day its price holds."""
    usual = env.now + ORDER_LASTS
    if price_valid_until is None:
        return usual
    local_end = datetime.combine(price_valid_until + ONE_DAY, datetime.min.time(), CHINA)
    return min(usual, local_end - timedelta(days=env.areas.shift_days(area_code)))


def start(env: Env, order: Order, channel: str, return_url: str, payer_ip: str) -> str:
    """Send the payer to a channel: returns the link. Pressed twice, it is the same attempt.

    Raises:
        AlreadyPaid: the channel says so; it is settled on the way.
        PageExpired: the order is no longer open.
        ChannelUnavailable: no definite answer; the order stays open and nothing was charged.
    """
    if order.state != "open" or order.expires_at <= env.now:
        raise PageExpired(minutes="30")
    port = env.channels[channel]
    attempt = _live_attempt(env, order, channel)
    request = PaymentRequest(
        out_trade_no=attempt.out_trade_no,
        amount_fen=order.amount_fen,
        subject=SUBJECT,
        expires_at=order.expires_at,
        notify_url=f"{env.base_url}/api/{channel}/notify/{attempt.out_trade_no}",
        return_url=return_url,
        payer_ip=payer_ip,
    )
    try:
        link = port.start(request)  # outside any transaction
    except ChannelDown:
        raise ChannelUnavailable from None
    except ChannelRefused:
        _after_refusal(env, attempt)
        raise ChannelUnavailable from None
    _move_attempt(env, attempt, "started", link)
    return link


def _live_attempt(env: Env, order: Order, channel: str) -> Attempt:
    """The attempt still under way through this channel, or the next one; committed before the call."""
    attempts = list(Attempt.objects.filter(bucket=order.bucket, order_no=order.order_no).order_by("out_trade_no"))
    live = [row for row in attempts if row.channel == channel and row.state in ("created", "started")]
    if live:
        return live[-1]
    number = out_trade_no(order.order_no, len(attempts) + 1)
    Attempt.objects.bulk_create(
        [
            Attempt(
                id=env.new_id("attempt", order.id),
                bucket=order.bucket,
                out_trade_no=number,
                order_no=order.order_no,
                channel=channel,
                amount_fen=order.amount_fen,
                state="created",
                created_at=env.now,
                query_at=env.now + FIRST_QUERY_AFTER,
            )
        ],
        ignore_conflicts=True,  # the other half of a double tap was quicker: its row serves both
    )
    return Attempt.objects.get(bucket=order.bucket, out_trade_no=number)


def _after_refusal(env: Env, attempt: Attempt) -> None:
    """A definite no may mean that it is paid already: ask, and settle if so; else this attempt has failed."""
    if not resolve(env, [attempt]):
        _move_attempt(env, attempt, "failed", None)


def _move_attempt(env: Env, attempt: Attempt, state: str, link: str | None) -> None:
    keys = {"bucket": Column("int", [attempt.bucket]), "id": Column("int", [attempt.id])}
    assign = {"link": Column("text", [link])}

    def work() -> None:
        journal = env.journal()
        claim(journal, Claim(ATTEMPT, state, keys, assign=assign))
        journal.write()

    in_one_transaction(work)


def open_line_order(env: Env, bill_id: int) -> Order | None:
    """The open order of a bill, if it has one."""
    line = OrderLine.objects.filter(bill=bill_id, open_slot=1).first()
    return Order.objects.filter(bucket=line.bucket, order_no=line.order_no).first() if line else None
