"""看结果: what became of an order, for the page its token opens.

While an order is open the channel is asked first: the page must not say 还没有扣钱 on a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from canbao.basics.days import ONE_DAY
from canbao.basics.documents import mask_name
from canbao.basics.refusals import NotFound
from canbao.records.models import Attempt, Bill, ContributionRecord, Order, OrderLine, Person
from canbao.records.money.orders import order_by_token
from canbao.services.money import chase
from canbao.services.system.env import Env

Phase = Literal["open", "unknown", "done", "surplus", "expired", "cancelled"]


@dataclass(frozen=True)
class OrderPage:
    """An order as its payer sees it; instants on the area's own clock.

    `names`: everybody it pays for; `surplus_names`: those of them whose part is owed back.
    """

    token: str
    order_no: str
    phase: Phase
    amount_fen: int
    area_code: str
    area_name: str
    names: tuple[str, ...]
    surplus_names: tuple[str, ...]
    benefit_year: int
    class_label: str
    payer_kind: str
    paid_at: datetime | None
    cover_from_date: date | None
    cover_last_date: date | None
    posted_by_date: date | None
    posted_is_estimate: bool
    receipt_no: str | None


def watch(env: Env, token: str) -> OrderPage:
    """The order behind a token, after asking what became of its live attempts.

    Raises:
        NotFound: no such order.
    """
    order = order_by_token(token)
    if order is None:
        raise NotFound
    answered = True
    if order.state == "open":
        answered = _ask(env, order)
        order = Order.objects.get(id=order.id)
    lines = list(
        OrderLine.objects.filter(bucket__in=order.line_buckets, order_no=order.order_no).order_by("line_no")
    )
    if not lines:
        raise NotFound
    return _page(env, order, lines, answered=answered)


def _ask(env: Env, order: Order) -> bool:
    """Query the live attempts. False: the channel gave no answer, so nobody knows yet."""
    live = list(Attempt.objects.filter(bucket=order.bucket, order_no=order.order_no, state="created"))
    return chase.resolve(env, live).all_answered


def _page(env: Env, order: Order, lines: Sequence[OrderLine], *, answered: bool) -> OrderPage:
    bills = {bill.id: bill for bill in Bill.objects.filter(id__in=[line.bill_id for line in lines])}
    bill = bills[lines[0].bill_id]
    people = dict(
        Person.objects.filter(id__in=[each.person_id for each in bills.values()]).values_list("id", "name")
    )
    masked = [(line.state, mask_name(people[bills[line.bill_id].person_id])) for line in lines]
    record = ContributionRecord.objects.filter(bucket=order.bucket, order_no=order.order_no).first()
    pack = env.packs.get(bill.area_code, bill.benefit_year, env.now)
    paid_at = env.local(bill.area_code, order.paid_at) if order.paid_at else None
    posting = (
        pack.posting(env.local_date(bill.area_code, order.paid_at), env.calendar()) if order.paid_at else None
    )
    return OrderPage(
        token=order.token,
        order_no=order.order_no,
        phase=_phase(order, lines, answered=answered),
        amount_fen=order.amount_fen,
        area_code=bill.area_code,
        area_name=env.areas.full_name(bill.area_code),
        names=tuple(name for _, name in masked),
        surplus_names=tuple(name for state, name in masked if state == "surplus"),
        benefit_year=bill.benefit_year,
        class_label=pack.class_label(bill.person_class),
        payer_kind=order.payer_kind,
        paid_at=paid_at,
        cover_from_date=bill.cover_from_date,
        cover_last_date=bill.cover_until_date - ONE_DAY if bill.cover_until_date else None,
        posted_by_date=posting.shown_date if posting else None,
        posted_is_estimate=posting is not None and posting.is_estimate,
        receipt_no=record.receipt_no if record else None,
    )


def _phase(order: Order, lines: Sequence[OrderLine], *, answered: bool) -> Phase:
    if order.state in ("paid", "settled"):
        return "surplus" if all(line.state == "surplus" for line in lines) else "done"
    if order.state == "expired":
        return "expired"
    if order.state == "cancelled":
        return "cancelled"
    return "open" if answered else "unknown"
