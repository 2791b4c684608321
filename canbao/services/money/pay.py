"""缴费: send the payer to a channel, once per order however often the button is pressed."""

from dataclasses import dataclass, replace

from canbao.basics.genes import bucket_of
from canbao.basics.refusals import ChannelUnavailable, NotFound, PageExpired
from canbao.basics.states import ORDER_LINE
from canbao.channels.port import ChannelDown, ChannelRefused, CodeChannel, PaymentRequest
from canbao.records.models import Attempt, Order
from canbao.records.money.bills import bills_to_pay
from canbao.records.money.lines import lines_of_orders
from canbao.records.money.orders import AGENT, insert_attempt, is_still_wanted, order_by_token
from canbao.records.moves import Claim, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money import chase
from canbao.services.money.open import Opening, new_attempt, open_order_of, open_orders
from canbao.services.people.hall import hall_only
from canbao.services.people.identity.paid_for import remember_payer
from canbao.services.people.paid import paid_refusal
from canbao.services.system.env import Env

SUBJECT = "城乡居民基本医疗保险费"  # shown by the channel, so it names nobody


@dataclass(frozen=True)
class Way:
    """How the payer goes: which channel (empty: the one they had chosen), where to come back to, from which address.

    `by_code`: by a QR code that somebody scans, and not by a link.
    `login`: the token of whoever is logged in on that phone, if anybody is.
    """

    channel: str
    return_url: str
    payer_ip: str
    by_code: bool = False
    login: str | None = None


def pay(env: Env, opening: Opening, way: Way) -> str:
    """Open the order and send its payer off: the link to go to. With nothing to pay, the order's own page.

    Raises:
        What `open_orders` and `start` raise.
    """
    (order,) = open_orders(env, [opening], online=True, channel=way.channel)
    remember_payer(env, way.login, order)
    return start(env, order, way)


def resume(env: Env, token: str, way: Way) -> str:
    """Go on with an order left unpaid: the same order, the same attempt.

    Raises:
        NotFound: no such order. What `refuse_if_unfit` and `start` raise.
    """
    order = order_by_token(token)
    if order is None:
        raise NotFound
    if order.state == "open":
        refuse_if_unfit(env, order)
    return start(env, order, way if way.channel else replace(way, channel=_chosen_before(env, order)))


def refuse_if_unfit(env: Env, order: Order, *, at_hall: bool = False) -> None:
    """What may stand against paying an order that is open already.

    Raises:
        AlreadyPaid: cover was taken over from elsewhere since (FY-14). ChannelNotSuited: a collective bears a part, which
            is paid at the hall alone (CZ-18).
    """
    lines = lines_of_orders([(order.bucket, order.order_no, order.line_buckets)])
    for bill in bills_to_pay([line["bill_id"] for line in lines]).values():
        if (
            bill.is_covered and order.payer_kind != AGENT
        ):  # of an agent's order one line is owed back, the others go on
            raise paid_refusal(env, bill)
        if bill.has_collective and not at_hall:
            raise hall_only(env, bill.area_code, bill.benefit_year)


def _chosen_before(env: Env, order: Order) -> str:
    """The channel of the order's last attempt, or this installation's first."""
    attempts = Attempt.objects.filter(bucket=order.bucket, order_no=order.order_no).order_by("-out_trade_no")
    known = [row.channel for row in attempts if row.channel in env.channels]
    return next(iter([*known, *env.channels]), "")


def release(env: Env, bill_id: int) -> bool:
    """Cancel whatever order is open for a bill, so that it can be ordered anew. False: it was paid.

    Out of an agent's order only this bill is let go: one of two hundred does not cancel the others. Should the agent
    pay first after all, the bill is settled by that, else its part is owed back to the agent.

    Raises:
        ChannelUnavailable: the channel cannot say whether it was paid, so nothing is cancelled.
    """
    order = open_order_of(bill_id)
    if order is not None and order.payer_kind == AGENT:
        return _let_go_alone(env, order, bill_id)
    try:
        return order is None or chase.cancel(env, order)
    except ChannelDown:
        raise ChannelUnavailable from None


def _let_go_alone(env: Env, order: Order, bill_id: int) -> bool:
    """Let one bill out of an order, unless the order was paid by now: its channel is asked first, as for any other."""
    live = Attempt.objects.filter(bucket=order.bucket, order_no=order.order_no, state="created")
    answers = chase.resolve(env, list(live.order_by("id")))
    if answers.paid:
        return False
    if not answers.all_answered:
        raise ChannelUnavailable
    keys = {"bucket": Column("int", [bucket_of(bill_id)]), "bill_id": Column("int", [bill_id])}

    def work() -> None:
        journal = env.journal()
        claim(journal, Claim(ORDER_LINE, "released", keys, clear=("open_slot",)))
        journal.write()

    in_one_transaction(work)
    return True


def cancel(env: Env, token: str) -> None:
    """Cancel an order by its owner's word; one that was paid meanwhile is settled instead.

    Raises:
        NotFound: no such order. ChannelUnavailable: the channel does not answer; nothing is cancelled.
    """
    order = order_by_token(token)
    if order is None:
        raise NotFound
    try:
        chase.cancel(env, order)
    except ChannelDown:
        raise ChannelUnavailable from None


def start(env: Env, order: Order, way: Way) -> str:
    """Ask the channel for a link. Outside any transaction.

    Raises:
        PageExpired: the order can no longer be paid.
        ChannelUnavailable: no definite answer; the order stays open and nothing was charged.
    """
    if order.state in ("settled", "paid"):
        return way.return_url
    if order.state != "open" or order.expires_at <= env.now:
        raise PageExpired(minutes="30")
    attempt = order.first_attempt or _live_attempt(env, order, way.channel)
    try:
        link = _link(env, order, attempt, way)
    except ChannelRefused:
        if chase.resolve(env, [attempt]).paid or not _close(env, attempt):
            return way.return_url
        attempt = _live_attempt(env, order, way.channel)
        link = _last_try(env, order, attempt, way)
    return link if may_still_pay(env, order, attempt) else way.return_url


def may_still_pay(env: Env, order: Order, attempt: Attempt) -> bool:
    """Look once more before the payer is let through: what is not wanted any more is closed, and its order let go.

    Whoever cancelled meanwhile was told that nothing would be charged; what another attempt or order settled is not paid
    twice. False: the order is paid already.

    Raises:
        AlreadyPaid, PageExpired. ChannelUnavailable: the channel does not answer; no link is given out.
    """
    if is_still_wanted(order, attempt):
        return True
    try:
        chase.cancel(env, order)
    except ChannelDown:
        raise ChannelUnavailable from None
    if Order.objects.filter(id=order.id, state__in=("paid", "settled")).exists():
        return False
    refuse_if_unfit(env, order, at_hall=True)
    raise PageExpired(minutes="30")


def _close(env: Env, attempt: Attempt) -> bool:
    try:
        return chase.close(env, attempt)
    except ChannelDown:
        raise ChannelUnavailable from None


def _link(env: Env, order: Order, attempt: Attempt, way: Way) -> str:
    channel, request = env.channels[way.channel], _request(env, order, attempt, way)
    try:
        if not way.by_code:
            return channel.start(request)
        if isinstance(channel, CodeChannel):
            return channel.start_code(request)
    except ChannelDown:
        raise ChannelUnavailable from None
    raise ChannelUnavailable  # this one has no codes


def _last_try(env: Env, order: Order, attempt: Attempt, way: Way) -> str:
    """A fresh attempt after the channel would not take up the old one, for instance from another phone.

    Refused again it stays live and is asked about: the other phone may be paying it at this moment.
    """
    try:
        return _link(env, order, attempt, way)
    except ChannelRefused:
        raise ChannelUnavailable from None


def _request(env: Env, order: Order, attempt: Attempt, way: Way) -> PaymentRequest:
    return PaymentRequest(
        out_trade_no=attempt.out_trade_no,
        amount_fen=order.amount_fen,
        subject=SUBJECT,
        expires_at=order.expires_at,
        notify_url=f"{env.base_url}/api/{way.channel}/notify/{attempt.out_trade_no}",
        return_url=way.return_url,
        payer_ip=way.payer_ip,
    )


def _live_attempt(env: Env, order: Order, channel: str) -> Attempt:
    """The attempt still under way through this channel, or the next one; committed before the call."""
    attempts = list(
        Attempt.objects.filter(bucket=order.bucket, order_no=order.order_no).order_by("out_trade_no")
    )
    live = [row for row in attempts if row.channel == channel and row.state == "created"]
    if live:
        return live[-1]
    fresh = new_attempt(env, order, len(attempts) + 1, channel)
    # In a double tap the other half may be quicker: then its row serves both, if it goes the same way.
    return fresh if insert_attempt(fresh) else _live_attempt(env, order, channel)
