"""集中代收: one order for everybody of a list who can be paid for, however often it is asked for (CZ-12, CZ-18).

The number of an order is put down before the order is opened, so that two hands, or one that was cut off, open it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from canbao.basics.genes import bucket_of, parse_order_no
from canbao.basics.refusals import (
    AlreadyPaid,
    BadInput,
    ChannelNotSuited,
    MaybeAssisted,
    OrderUnfinished,
    PageExpired,
    PushPending,
)
from canbao.policy.format.vocabulary import ONLINE_CHANNELS
from canbao.records.models import Collection, CollectionOrder, Order
from canbao.records.money.orders import AGENT
from canbao.records.transactions import rehearse
from canbao.services.exchange.platform.ask import ask
from canbao.services.money.check import new_order_number
from canbao.services.money.collective.judge import Judged, Paying, before_a_rehearsal, judge
from canbao.services.money.collective.read import get_collection, rows_of
from canbao.services.money.open import KINDS, Opening, open_orders
from canbao.services.people.hall import HALL_CHANNELS
from canbao.services.people.one_way import answer_no, unanswered
from canbao.services.system.env import Env

LASTS = timedelta(hours=2)  # an agent has a queue behind them, and the order is paid by one scan
MOST = 2_000  # people of one order: whoever is left goes into the next
TRIES = 8
# What may have happened to one of them since the list was looked at: it is looked at again, without them.
MEANWHILE = (OrderUnfinished, AlreadyPaid, PushPending, PageExpired, ChannelNotSuited, MaybeAssisted)


@dataclass(frozen=True)
class Result:
    """What a list comes to. rows = ok + doubtful + bad, always; `listed`: the rows to look at, by the file's numbers."""

    collection_id: int
    rows: int
    ok: int
    doubtful: int
    bad: int
    goes: int
    amount_fen: int
    listed: tuple[Judged, ...]


def dry_run(env: Env, collection_id: int, by: str, *, asked: bool = False) -> Result:
    """What opening would do, row by row; nothing is written and no other system is asked."""
    kept = get_collection(collection_id)
    rows = rows_of(env, kept)
    before_a_rehearsal(env, [row.person_id for row in rows if row.person_id], kept.benefit_year)
    return result_of(kept, rehearse(lambda: judge(env, paying_by(kept, by, asked), rows)))


def paying_by(kept: Collection, by: str, asked: bool) -> Paying:
    """How the people of a collection are paid for: by its agent, through one channel."""
    own = CollectionOrder.objects.filter(collection=kept).values_list("order_no", flat=True)
    return Paying(kept.area_code, kept.benefit_year, (AGENT, by), asked=asked, own=frozenset(own))


def result_of(kept: Collection, judged: Sequence[Judged]) -> Result:
    """The rows counted."""
    kinds = [row.kind for row in judged]
    goes = [row.bill for row in judged if row.goes and row.bill]
    return Result(
        kept.id,
        len(judged),
        kinds.count("ok"),
        kinds.count("doubtful"),
        kinds.count("bad"),
        len(goes),
        sum(bill.amount_fen or 0 for bill in goes),
        tuple(row for row in judged if row.kind != "ok"),
    )


def open_collection(env: Env, collection_id: int, by: str, *, asked: bool = False) -> Order:
    """One order for everybody who can be paid for now, or the one that is open already.

    `by`: the channel it is to be paid through. `asked`: the agent has asked everybody whether they are of an assisted
    group, and all said no (CZ-09). When an order is over, the next one is for those who are left.

    Raises:
        NotFound. BadInput: nobody of the list can be paid for now. OrderUnfinished: others keep opening the same bills.
    """
    kept = get_collection(collection_id)
    rows = rows_of(env, kept)
    ask(env, [row.person_id for row in rows if row.person_id])
    for _ in range(TRIES):
        if going := open_order(env, kept):
            return going
        judged = judge(env, paying_by(kept, by, asked), rows)
        going_in = sorted(
            (row for row in judged if row.goes and row.bill), key=lambda row: row.bill.id if row.bill else 0
        )
        if not going_in:
            if going := open_order(env, kept):  # opened by another hand while we were looking
                return going
            raise BadInput(field="list", problem="名单里没有现在可以缴的人。")
        if asked and by in ONLINE_CHANNELS:
            bills = [row.bill for row in going_in if row.bill]
            answer_no(env, unanswered(env, bills), AGENT)
        try:
            return _open(env, kept, going_in[:MOST], by)
        except MEANWHILE:
            continue
    raise OrderUnfinished


def open_order(env: Env, kept: Collection) -> Order | None:
    """The order of a collection that can still be paid. A later number may stand there that nothing was opened under."""
    numbers = list(CollectionOrder.objects.filter(collection=kept).values_list("order_no", flat=True))
    buckets = {parse_order_no(no).bucket for no in numbers}
    orders = Order.objects.filter(bucket__in=buckets, order_no__in=numbers, state="open")
    return orders.filter(expires_at__gt=env.now).order_by("opened_at", "id").first()


def _open(env: Env, kept: Collection, going: Sequence[Judged], by: str) -> Order:
    """Open the order under the number that stands for the next one of this collection."""
    ids = [row.bill.id for row in going if row.bill]
    put = _number(env, kept, ids, by)
    bucket = parse_order_no(put.order_no).bucket
    days = [row.payable_until for row in going if row.payable_until]
    first = next(id_ for id_ in ids if bucket_of(id_) == bucket)
    opening = Opening(
        put.order_no,
        put.token,
        first,
        AGENT,
        kept.area_code,
        payable_until=min(days, default=None),
        more_bill_ids=tuple(id_ for id_ in ids if id_ != first),
        lasts=LASTS,
        at_hall=by in HALL_CHANNELS,
    )
    env.serials.warm(dict.fromkeys(KINDS, 2 * len(ids)))
    is_online = by in ONLINE_CHANNELS
    (order,) = open_orders(env, [opening], online=is_online, channel=by if is_online else None)
    return order


def _number(env: Env, kept: Collection, bill_ids: Sequence[int], by: str) -> CollectionOrder:
    """The row with the number of the next order; whoever comes second finds the first one's."""
    last = CollectionOrder.objects.filter(collection=kept).order_by("nth").last()
    buckets = {bucket_of(id_) for id_ in bill_ids}
    if last and _order_of(last) is None and parse_order_no(last.order_no).bucket in buckets:
        return last  # put down by somebody who was cut off before opening it
    order_no, token = new_order_number(env, bill_ids[0])
    put, _ = CollectionOrder.objects.get_or_create(
        collection=kept,
        nth=last.nth + 1 if last else 1,
        defaults={
            "order_no": order_no, "token": token, "page_token": env.new_token()[:43], "channel": by, "opened_by": env.actor, "opened_at": env.now,
        },
    )  # fmt: skip
    if parse_order_no(put.order_no).bucket not in buckets:
        raise OrderUnfinished  # somebody quicker put other people's number down
    return put


def _order_of(put: CollectionOrder) -> Order | None:
    return Order.objects.filter(bucket=parse_order_no(put.order_no).bucket, order_no=put.order_no).first()
