"""收现、刷卡: money that changed hands becomes settled bills, once for each receipt number (reliability 26).

An agent on the road hands receipts in later, perhaps twice, perhaps after a crash: the number is the key. What cannot be
taken is kept as refused, with its reason, so that the money finds its way back; the same receipt may be tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from canbao.basics import accounts
from canbao.basics.genes import parse_order_no
from canbao.basics.money import yuan_text
from canbao.basics.refusals import AlreadyPaid, BadInput, NotRegistered, OrderUnfinished, Refusal, StepNotDue
from canbao.basics.states import TAKING
from canbao.channels.port import ChannelDown
from canbao.records import sets
from canbao.records.models import Attempt, Order, Person, Shift, Taking
from canbao.records.money import ledger
from canbao.records.money.window.holding import take_turn
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.records.transactions import in_one_transaction
from canbao.services.money import chase
from canbao.services.money.check import new_order_number
from canbao.services.money.collect import collect_orders
from canbao.services.money.collective.gather import open_order
from canbao.services.money.collective.judge import Judged, Paying, judge
from canbao.services.money.collective.read import Named, get_collection
from canbao.services.money.open import KINDS, Opening, open_orders
from canbao.services.money.pay import refuse_if_unfit
from canbao.services.money.window.till import CARDS, Till, current_shift, moved
from canbao.services.people.guide import season_pack
from canbao.services.people.hall import HALL_CHANNELS
from canbao.services.system.env import Env

WINDOW = "window"  # the payer's kind of an order opened at a counter
WAYS = {"drawer": ("cash",), "agent": ("agent",), "pos": ("pos",), "terminal": ("terminal",)}


@dataclass(frozen=True)
class Handed:
    """One receipt: so much money for these people of an area, or for the open order of a collection.

    `taken_at`: when it changed hands, where that was not now. `payer`: `self` or `proxy`.
    """

    receipt_no: str
    amount_fen: int
    area_code: str = ""
    person_ids: tuple[int, ...] = ()
    collection_id: int | None = None
    taken_at: datetime | None = None
    payer: str = "proxy"


@dataclass(frozen=True)
class Taken:
    """What became of a receipt: `taken`, `repeated`, or `refused` with a code and its words: the money goes back."""

    receipt_no: str
    state: str
    order_no: str = ""
    amount_fen: int = 0
    code: str = ""
    words: str = ""


class _NotTaken(Exception):
    """Inside the transaction: nothing of it may stay."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class _Quicker(Exception):
    """Another hand has put the same receipt in: nothing of ours may stay."""


def take(env: Env, till: Till, handed: Sequence[Handed]) -> list[Taken]:
    """Take receipts, each by itself: nobody's trouble holds up the others.

    A receipt that was taken is told so whenever it is brought again, also when its shift is over: whoever never heard the
    answer must not hand the money back.

    Raises:
        StepNotDue: no shift of this till is open, and none of these was taken before. BadInput: a receipt number that was
            used for something else.
    """
    try:
        shift = None if till.kind in CARDS else current_shift(env, till)
    except StepNotDue as no:
        told = [_without_shift(env, till, one, no) for one in handed]
        if not any(row.state == "repeated" for row in told):
            raise
        return told
    return [_take(env, till, shift, one) for one in handed]


def _without_shift(env: Env, till: Till, one: Handed, no: Refusal) -> Taken:
    known = _known(env, till, one)
    if known and known.state != "refused":
        return _told_before(known)
    return Taken(one.receipt_no, "refused", code=no.code, words=no.say(no.heading))


def _told_before(known: Taking) -> Taken:
    return Taken(known.receipt_no, "repeated", known.order_no, known.amount_fen)


def _take(env: Env, till: Till, shift: Shift | None, one: Handed) -> Taken:
    known = _known(env, till, one)
    if known and known.state != "refused":
        return _told_before(known)
    try:
        what = _opening(env, till, one) if one.collection_id is None else _ready(env, till, one.collection_id)
        _warm(env, len(what.bill_ids) if isinstance(what, Opening) else len(what.line_buckets))
        return in_one_transaction(lambda: _in_one(env, till, shift, one, known, what))
    except _Quicker:
        return _take(env, till, shift, one)
    except _NotTaken as no:
        refusal = no.refusal
    except Refusal as no:
        refusal = no
    now = _known(env, till, one)
    if now and now.state != "refused":  # another hand took it meanwhile, and that is why we could not
        return _told_before(now)
    return _refused(env, till, shift, one, now, refusal)


def _warm(env: Env, people: int) -> None:
    """Fetch all serials the transaction will need, and more: a block fetched inside it would be undone with it."""
    kinds = (*KINDS, "taking", "refund", "refund_no")
    env.serials.warm(dict.fromkeys(kinds, 12 * people + 60))


def _known(env: Env, till: Till, one: Handed) -> Taking | None:
    """What the receipt number stands for already. Raises BadInput: something else."""
    if not one.receipt_no.strip() or len(one.receipt_no) > 40 or one.amount_fen <= 0:
        raise BadInput(field="receipt", problem="请写收据号和收到的金额。")
    known = Taking.objects.filter(bucket=till.bucket(env), till=till.name, receipt_no=one.receipt_no).first()
    if known and known.state != "refused" and known.amount_fen != one.amount_fen:
        raise BadInput(field="receipt", problem=f"收据号{one.receipt_no}已经用过，金额不一样。")
    return known


def _in_one(
    env: Env, till: Till, shift: Shift | None, one: Handed, known: Taking | None, what: Opening | Order
) -> Taken:
    """Receipt, order, settling and where the cash lies, together or not at all."""
    if shift is not None and take_turn(shift.bucket, shift.id).state != "open":
        raise _NotTaken(StepNotDue(state="已经轧账"))
    order = open_orders(env, [what])[0] if isinstance(what, Opening) else _order(what.order_no)
    if order.amount_fen != one.amount_fen:
        raise _NotTaken(_differs(order.amount_fen, one.amount_fen))
    journal = env.journal()
    put = _put(env, journal, till, shift, one, known, order)
    if put is None:
        raise _Quicker
    channel = "pos" if till.kind in CARDS else accounts.CASH
    slip = f"{till.holder}-{one.receipt_no}"
    (result,) = collect_orders(env, [order], channel, till.holder, slip)
    if (
        result != "settled"
    ):  # paid a moment ago in another way: the payer is still there, the money goes back at once
        raise _NotTaken(AlreadyPaid(benefit_year="这个"))
    if shift is not None:
        key = f"taking:{put}"
        ledger.book(
            env.serials, [moved(env, till.bucket(env), key, till.name, one.amount_fen, into_hand=True)]
        )
    journal.write()
    return Taken(one.receipt_no, "taken", order.order_no, one.amount_fen)


def _opening(env: Env, till: Till, one: Handed) -> Opening:
    """The order to be for the people of a receipt. Raises _NotTaken: somebody of it cannot be paid for."""
    pack = season_pack(env, one.area_code)
    paying = Paying(one.area_code, pack.benefit_year, WAYS[till.kind], one.payer, asked=True)
    people = {row.id: row for row in Person.objects.filter(id__in=one.person_ids)}
    rows = [_named(env, place, people.get(id_)) for place, id_ in enumerate(one.person_ids, start=1)]
    judged = judge(env, paying, rows)
    for row in judged:
        if not row.goes:
            raise _NotTaken(_refusal_of(row))
    bills = sorted(row.bill.id for row in judged if row.bill)
    if not bills:
        raise _NotTaken(NotRegistered())
    order_no, token = new_order_number(env, bills[0])
    days = [row.payable_until for row in judged if row.payable_until]
    return Opening(
        order_no,
        token,
        bills[0],
        WINDOW,
        one.area_code,
        payable_until=min(days, default=None),
        more_bill_ids=tuple(bills[1:]),
        at_hall=_is_hall(till),
    )


def _is_hall(till: Till) -> bool:
    return bool(set(WAYS[till.kind]) & set(HALL_CHANNELS))


def _named(env: Env, place: int, person: Person | None) -> Named:
    if person is None:
        return Named(place, fault="number_unknown")
    number = env.sealer.open_number(person.id, person.number_sealed)
    kind = person.id_type
    return Named(
        place,
        person_id=person.id,
        number=(env.sealer.bucket(kind, number), env.sealer.blind_index(kind, number)),
    )


def _refusal_of(row: Judged) -> Refusal:
    if row.refusal:
        return row.refusal
    return AlreadyPaid(benefit_year="这个") if row.outcome == "paid" else NotRegistered()


def _ready(env: Env, till: Till, collection_id: int) -> Order:
    """The open order of a collection, with no other payment under way any more; outside any transaction.

    Raises:
        _NotTaken: none is open, it was paid meanwhile, or nobody can say. ChannelNotSuited: not at the hall (CZ-18).
    """
    order = open_order(env, get_collection(collection_id))
    if order is None:
        raise _NotTaken(StepNotDue(state="没有开着的订单"))
    refuse_if_unfit(env, order, at_hall=_is_hall(till))
    channel = "pos" if till.kind in CARDS else accounts.CASH
    live = Attempt.objects.filter(bucket=order.bucket, order_no=order.order_no, state="created")
    for attempt in live.exclude(channel=channel).order_by("id"):
        try:
            if not chase.close(env, attempt):
                raise _NotTaken(AlreadyPaid(benefit_year="这个"))
        except ChannelDown:
            raise _NotTaken(OrderUnfinished()) from None
    return order


def _order(order_no: str) -> Order:
    return Order.objects.get(bucket=parse_order_no(order_no).bucket, order_no=order_no)


def _differs(asked_fen: int, handed_fen: int) -> Refusal:
    problem = f"应收{yuan_text(asked_fen)}元，收到{yuan_text(handed_fen)}元，不一样。"
    return BadInput(field="amount", problem=problem)


def _put(
    env: Env,
    journal: Journal,
    till: Till,
    shift: Shift | None,
    one: Handed,
    known: Taking | None,
    order: Order,
) -> int | None:
    """The receipt's row, taken; None where another hand has just put it in."""
    if known is not None:
        keys = {"bucket": Column("int", [known.bucket]), "id": Column("int", [known.id])}
        assign = {
            "order_no": Column("text", [order.order_no]),
            "amount_fen": Column("int", [one.amount_fen]),
            "shift_id": Column("int", [shift.id if shift else None]),
            "booked_at": Column("instant", [env.now]),
        }
        moved_rows = claim(journal, Claim(TAKING, "taken", keys, assign=assign, clear=("code",)))
        return known.id if moved_rows else None
    return _insert(
        env, journal, till, shift, one, {"state": ("text", "taken"), "order_no": ("text", order.order_no)}
    )


def _insert(
    env: Env,
    journal: Journal,
    till: Till,
    shift: Shift | None,
    one: Handed,
    more: dict[str, tuple[sets.Kind, Any]],
) -> int | None:
    bucket = till.bucket(env)
    (id_,) = env.new_ids("taking", [bucket])
    values: dict[str, tuple[sets.Kind, Any]] = {
        "id": ("int", id_), "bucket": ("int", bucket), "till": ("text", till.name), "shift_id": ("int", shift.id if shift else None),
        "receipt_no": ("text", one.receipt_no), "amount_fen": ("int", one.amount_fen),
        "people": ("int", len(one.person_ids)), "taken_at": ("instant", one.taken_at or env.now),
        "booked_at": ("instant", env.now), "by": ("text", env.actor), **more,
    }  # fmt: skip
    made = sets.insert(
        "taking",
        {name: Column(kind, [value]) for name, (kind, value) in values.items()},
        "ON CONFLICT (bucket, till, receipt_no) DO NOTHING RETURNING id",
    )
    if not made:
        return None
    event = "TakingRefused" if values["state"][1] == "refused" else "TakingTaken"
    journal.note("taking", id_, event, {"receipt": one.receipt_no})
    return id_


def _refused(
    env: Env, till: Till, shift: Shift | None, one: Handed, known: Taking | None, refusal: Refusal
) -> Taken:
    """Keep the receipt with its reason. Nothing of the money is booked: it goes back to whoever gave it."""
    words = refusal.say(refusal.why) if isinstance(refusal, BadInput) else refusal.say(refusal.heading)
    told = Taken(one.receipt_no, "refused", "", one.amount_fen, refusal.code, words)
    if known is not None:
        return told
    env.serials.warm({"taking": 1, "event": 1})

    def work() -> None:
        journal = env.journal()
        more: dict[str, tuple[sets.Kind, Any]] = {
            "state": ("text", "refused"), "order_no": ("text", ""), "code": ("text", refusal.code),
        }  # fmt: skip
        _insert(env, journal, till, shift, one, more)
        journal.write()

    in_one_transaction(work)
    return told
