"""跟进: the code to scan, what has been paid so far, and letting an order go."""

from dataclasses import dataclass
from datetime import datetime

from canbao.basics.genes import parse_order_no
from canbao.basics.refusals import ChannelNotSuited, ChannelUnavailable, NotFound, StepNotDue
from canbao.channels.port import CodeChannel
from canbao.records.models import Attempt, Collection, CollectionOrder, CollectionUnit, Order
from canbao.records.money.collective.tally import Tally, tally
from canbao.services.money import chase
from canbao.services.money.collective.gather import open_order
from canbao.services.money.collective.read import get_collection
from canbao.services.money.pay import Way, cancel, refuse_if_unfit, start
from canbao.services.system.env import Env


@dataclass(frozen=True)
class OrderShown:
    """One order of a collection. `surplus`: people of it whose part is owed back, being paid for otherwise by then."""

    order_no: str
    token: str
    page_token: str
    state: str
    channel: str
    people: int
    amount_fen: int
    settled: int
    settled_fen: int
    surplus: int
    surplus_fen: int
    expires_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True)
class Shown:
    """A collection with its orders, the oldest first, and what they have paid for together."""

    collection_id: int
    area_code: str
    unit_name: str
    benefit_year: int
    orders: tuple[OrderShown, ...]

    @property
    def settled(self) -> int:
        """People paid for."""
        return sum(order.settled for order in self.orders)

    @property
    def settled_fen(self) -> int:
        """And the money of it."""
        return sum(order.settled_fen for order in self.orders)


def page_of(order: Order) -> str:
    """The token of the page on which a payer sees the order's code, its sum and how far it has come."""
    return CollectionOrder.objects.get(order_no=order.order_no).page_token


def code_of(env: Env, collection_id: int, channel: str) -> tuple[Order, str]:
    """The open order and what its QR code says: whoever scans it pays for all of them.

    Raises:
        NotFound. StepNotDue: no order is open. ChannelNotSuited: this channel has no codes. What `start` raises.
    """
    order = open_order(env, get_collection(collection_id))
    if order is None:
        raise StepNotDue(state="没有开着的订单")
    return order, code_for(env, order, channel)


def code_for(env: Env, order: Order, channel: str) -> str:
    """What the code of an open order says, the same however often it is asked for. Raises as `code_of`."""
    if not isinstance(env.channels.get(channel), CodeChannel):
        able = [name for name, port in env.channels.items() if isinstance(port, CodeChannel)]
        raise ChannelNotSuited(reason="这个渠道不能出收款码。", channels="、".join(able) or "窗口")
    if order.amount_fen == 0:
        raise StepNotDue(state="不用付钱")
    refuse_if_unfit(env, order)
    way = Way(channel, f"{env.base_url}/o/{order.token}/", "127.0.0.1", by_code=True)
    return start(env, order, way)


def cancel_order(env: Env, collection_id: int) -> str:
    """Let the open order go, everybody of it free to pay in any way; what it is then (it may turn out to be paid).

    Raises:
        NotFound. StepNotDue: no order is open. ChannelUnavailable: the channel does not answer; nothing is cancelled.
    """
    order = open_order(env, get_collection(collection_id))
    if order is None:
        raise StepNotDue(state="没有开着的订单")
    cancel(env, order.token)
    return Order.objects.get(id=order.id).state


def show(env: Env, collection_id: int) -> Shown:
    """What became of a collection. Raises NotFound."""
    kept = get_collection(collection_id)
    put = {row.order_no: row for row in CollectionOrder.objects.filter(collection=kept).order_by("nth")}
    return _shown(kept, put, _orders(list(put)))


@dataclass(frozen=True)
class Seen:
    """What a payer sees: the collection, the order, what its code says while it may be paid, else nothing."""

    collection: Shown
    order: OrderShown
    code: str

    @property
    def area_code(self) -> str:
        """Whose page it is."""
        return self.collection.area_code

    @property
    def is_unknown(self) -> bool:
        """It may be paid, and nobody can say how: its channel does not answer, or it is paid at the window."""
        return self.order.state == "open" and not self.code


def look(env: Env, token: str) -> Seen:
    """For the page that a collection's payer is given: how far it has come, the order, its code while it may be paid.

    The channel is asked first, as on any order's page. No name is on it.

    Raises:
        NotFound: no such order.
    """
    row = CollectionOrder.objects.filter(page_token=token).first()
    if row is None:
        raise NotFound
    order = next(iter(_orders([row.order_no])), None)
    if order is None:
        raise NotFound
    if order.state == "open":
        live = Attempt.objects.filter(bucket=order.bucket, order_no=order.order_no, state="created")
        chase.resolve(env, list(live))
        order.refresh_from_db()
    shown = show(env, row.collection_id)
    its = next(each for each in shown.orders if each.order_no == row.order_no)
    return Seen(shown, its, _code(env, order, row.channel))


def _code(env: Env, order: Order, channel: str) -> str:
    may_pay = order.state == "open" and order.expires_at > env.now and order.amount_fen
    if not may_pay or not isinstance(env.channels.get(channel), CodeChannel):
        return ""
    try:
        return code_for(env, order, channel)
    except (ChannelUnavailable, ChannelNotSuited):
        return ""


def _orders(numbers: list[str]) -> list[Order]:
    buckets = {parse_order_no(no).bucket for no in numbers}
    found = {
        order.order_no: order for order in Order.objects.filter(bucket__in=buckets, order_no__in=numbers)
    }
    return [found[no] for no in numbers if no in found]


def _shown(kept: Collection, put: dict[str, CollectionOrder], orders: list[Order]) -> Shown:
    lines = tally(orders)
    unit = CollectionUnit.objects.filter(code=kept.unit_code).first()
    shown = tuple(
        _order_shown(order, put[order.order_no], [row for row in lines if row.order_no == order.order_no])
        for order in orders
    )
    return Shown(kept.id, kept.area_code, unit.name if unit else kept.unit_code, kept.benefit_year, shown)


def _order_shown(order: Order, put: CollectionOrder, lines: list[Tally]) -> OrderShown:
    by_state = {row.state: row for row in lines}
    none = Tally(order.order_no, "", 0, 0)
    settled, surplus = by_state.get("settled", none), by_state.get("surplus", none)
    return OrderShown(
        order.order_no,
        order.token,
        put.page_token,
        order.state,
        put.channel,
        sum(row.people for row in lines),
        order.amount_fen,
        settled.people,
        settled.fen,
        surplus.people,
        surplus.fen,
        order.expires_at,
        order.paid_at,
    )
