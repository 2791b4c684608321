"""Chase what is open: ask the channel what became of an attempt, close what nobody paid, let orders expire.

A callback may never come, so every attempt is asked about until its outcome is known. A close is
only believed when the channel confirms it; if it says "paid", that is settled instead.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from canbao.basics.states import ATTEMPT, ORDER, ORDER_LINE
from canbao.channels.port import ChannelDown, ChannelRefused, Outcome
from canbao.records.models import Attempt, Order
from canbao.records.money.lines import lines_of_orders
from canbao.records.moves import Claim, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money.settle import PARKED, Arrival, settle
from canbao.services.system.env import Env

log = logging.getLogger(__name__)
PAUSES_S = (20, 40, 60, 120, 300, 600, 1800, 3600)
QUERIES_MAX = 48
LAST_LOOK = timedelta(
    minutes=1
)  # after an order's end: what its channel could not close was paid by then, or never


def chase(env: Env, limit: int = 200) -> int:
    """One round of the job: query what is due, close what has expired. Returns how many attempts were asked."""
    run_out = [name for name, channel in env.channels.items() if channel.links_run_out]
    asked = Q(state="created") | Q(state="closed", channel__in=run_out)
    due = list(Attempt.objects.filter(asked, query_at__lte=env.now).order_by("query_at", "id")[:limit])
    mine = [attempt for attempt in due if _lease(env, attempt)]
    unsure = resolve(env, mine).unsure
    over = [row.id for row in mine if row.state == "closed" and row.out_trade_no not in unsure]
    Attempt.objects.filter(id__in=over, state="closed").update(query_at=None)
    _close_leftovers(env, mine)
    _expire_orders(env, limit)
    return len(mine)


def _close_leftovers(env: Env, attempts: Sequence[Attempt]) -> None:
    """Close attempts nobody paid whose order is over: its other attempt was paid, or it was let go meanwhile."""
    ids = [attempt.id for attempt in attempts]
    live = list(Attempt.objects.filter(id__in=ids, state="created").order_by("id"))
    orders = Order.objects.filter(
        bucket__in={row.bucket for row in live}, order_no__in=[row.order_no for row in live]
    )
    over = set(orders.exclude(state="open").values_list("order_no", flat=True))
    for attempt in live:
        try:
            if attempt.order_no in over:
                close(env, attempt)
        except ChannelDown:
            log.warning("attempt %s stays live: its channel does not answer", attempt.id)


@dataclass(frozen=True)
class Answers:
    """What a round of questions brought: how many attempts were paid, and about which nobody knows more.

    That is: no answer came, or one that cannot be booked, such as a payment of another amount.
    """

    paid: int
    unsure: frozenset[str]

    @property
    def all_answered(self) -> bool:
        """Whether every channel answered."""
        return not self.unsure


def resolve(env: Env, attempts: Sequence[Attempt]) -> Answers:
    """Ask the channels about attempts and settle what was paid."""
    outcomes = [(attempt, _ask(env, attempt)) for attempt in attempts]
    paid = [Arrival(outcome.fact) for _, outcome in outcomes if outcome and outcome.fact]
    for state in ("closed", "failed"):
        move_all(env, state, [attempt for attempt, outcome in outcomes if outcome and outcome.state == state])
    results = settle(env, paid)
    silent = {row.out_trade_no for row, outcome in outcomes if outcome is None}
    unbooked = {
        each.fact.out_trade_no for each, result in zip(paid, results, strict=True) if result in PARKED
    }
    return Answers(len(paid), frozenset(silent | unbooked))


def cancel(env: Env, order: Order) -> bool:
    """Let an unpaid order go, so that another can be opened. False: it turned out to be paid.

    Raises:
        ChannelDown: the channel gives no answer; the order stays open.
    """
    return _let_go(env, order, "cancelled")


def close(env: Env, attempt: Attempt) -> bool:
    """Close an attempt at its channel, and only then here. False: it is paid, and settled on the way.

    Cash has no channel to ask: what was not settled with the hand-over was not paid.

    Raises:
        ChannelDown: no definite answer; the attempt stays live.
    """
    channel = env.channels.get(attempt.channel)
    if channel and not channel.close(attempt.out_trade_no):
        resolve(env, [attempt])
        return False
    if channel and channel.links_run_out:
        _ask_at_its_end(attempt)
    move_all(env, "closed", [attempt])
    return True


def _ask_at_its_end(attempt: Attempt) -> None:
    """Ask about a link once more when it has run out: its notice may be lost, and nobody else would look."""
    order = Order.objects.get(bucket=attempt.bucket, order_no=attempt.order_no)
    Attempt.objects.filter(id=attempt.id).update(query_at=order.expires_at + LAST_LOOK)


def _expire_orders(env: Env, limit: int) -> None:
    expired = Order.objects.filter(state="open", expires_at__lte=env.now).order_by("expires_at", "id")[:limit]
    for order in expired:
        try:
            _let_go(env, order, "expired")
        except ChannelDown:
            log.warning("order %s stays open: its channel does not answer", order.id)


def _let_go(env: Env, order: Order, state: str) -> bool:
    """Close every live attempt at its channel, then release the order and its lines.

    Whoever taps meanwhile has committed one more attempt before they look whether the order is still wanted: either they
    find it gone, or it is found here by looking once more. Two links that can both be paid are left by nobody.
    """
    if not _close_live(env, order):
        return False
    keys = {"bucket": Column("int", [order.bucket]), "order_no": Column("text", [order.order_no])}

    def work() -> bool:
        journal = env.journal()
        released = claim(journal, Claim(ORDER, state, keys, returning=("order_no", "line_buckets")))
        lines = lines_of_orders([(row["bucket"], row["order_no"], row["line_buckets"]) for row in released])
        line_keys = {
            "bucket": Column("int", [line["bucket"] for line in lines]),
            "id": Column("int", [line["id"] for line in lines]),
        }
        claim(journal, Claim(ORDER_LINE, "released", line_keys, clear=("open_slot",)))
        journal.write()
        return bool(released)

    released = in_one_transaction(work)
    try:
        return _close_live(env, order) and released
    except ChannelDown:  # the job closes it as soon as its channel answers
        log.warning("order %s was let go with a live attempt: its channel does not answer", order.id)
        return released


def _close_live(env: Env, order: Order) -> bool:
    """Close what can still be paid of an order. False: some of it was paid."""
    live = Attempt.objects.filter(bucket=order.bucket, order_no=order.order_no, state="created")
    return all(close(env, attempt) for attempt in live.order_by("id"))


def _ask(env: Env, attempt: Attempt) -> Outcome | None:
    channel = env.channels.get(attempt.channel)
    if channel is None:
        return Outcome("unpaid")  # cash: there is nobody to ask
    try:
        return channel.query(attempt.out_trade_no)
    except (ChannelDown, ChannelRefused) as error:
        log.warning("attempt %s: %s", attempt.id, error)
        return None


def _lease(env: Env, attempt: Attempt) -> bool:
    """Take an attempt for this round by moving its next query on; another worker then finds it not due."""
    pause = PAUSES_S[min(attempt.query_count, len(PAUSES_S) - 1)]
    later: datetime | None = env.now + timedelta(seconds=pause)
    if attempt.query_count + 1 >= QUERIES_MAX:
        later = None  # asked often enough: the daily statement is the last net
    taken = Attempt.objects.filter(id=attempt.id, query_at=attempt.query_at).update(
        query_at=later, query_count=attempt.query_count + 1
    )
    return bool(taken)


def move_all(env: Env, state: str, rows: Sequence[Attempt]) -> int:
    """Move attempts in a transaction of their own. Returns how many could be moved."""
    if not rows:
        return 0
    keys = {
        "bucket": Column("int", [row.bucket for row in rows]),
        "id": Column("int", [row.id for row in rows]),
    }

    def work() -> int:
        journal = env.journal()
        moved = claim(journal, Claim(ATTEMPT, state, keys))
        journal.write()
        return len(moved)

    return in_one_transaction(work)
