"""退费进度: where the refunds of an order stand, for whoever holds its token, and where one applies for one."""

from dataclasses import dataclass
from datetime import date

from canbao.basics.documents import mask_name
from canbao.basics.refusals import NotFound
from canbao.policy.format.sections import RefundRule
from canbao.policy.guidance import DEFAULT_AGENCY
from canbao.policy.pack import Pack
from canbao.records.models import Bill, Order, OrderLine, Person, Refund
from canbao.records.money.orders import order_by_token
from canbao.services.money.book import WRONGLY_TAKEN
from canbao.services.system.env import Env

STEPS = ("已提交", "医保核验", "税务/国库", "已到账")
_REACHED = {
    "applied": 1,
    "verified": 2,
    "approved": 3,
    "accepted": 3,
    "abnormal": 3,
    "rerouted": 3,
    "paid": 4,
}


@dataclass(frozen=True)
class Tracked:
    """One refund. `reached`: how many of the four steps are done; 0: it was refused. `amount_fen` None: not settled yet."""

    refund_no: str
    name: str
    reason: str
    amount_fen: int | None
    reached: int
    state: str
    applied_date: date
    paid_date: date | None

    @property
    def steps(self) -> list[tuple[str, bool]]:
        """The four steps, each with whether it is done."""
        return [(word, place < self.reached) for place, word in enumerate(STEPS)]


@dataclass(frozen=True)
class RefundPage:
    """What the page says. `forbidden`: the notice allows no refund online (FY-14). `rules`: its cases, each with where to go."""

    token: str
    order_no: str
    area_code: str
    area_name: str
    is_paid: bool
    forbidden: bool
    apply_at: str
    rules: tuple[tuple[str, str], ...]
    refunds: tuple[Tracked, ...]


def track(env: Env, token: str) -> RefundPage:
    """The refunds of the order behind a token.

    Raises:
        NotFound: no such order.
    """
    order = order_by_token(token)
    if order is None:
        raise NotFound
    lines = OrderLine.objects.filter(bucket__in=order.line_buckets, order_no=order.order_no).order_by(
        "line_no"
    )
    bills = {line.line_no: Bill.objects.get(id=line.bill_id) for line in lines}
    if not bills:
        raise NotFound
    bill = bills[min(bills)]
    pack = env.packs.get(bill.area_code, bill.benefit_year, env.now)
    agency = pack.registration.agency.known or DEFAULT_AGENCY
    return RefundPage(
        token=order.token,
        order_no=order.order_no,
        area_code=bill.area_code,
        area_name=env.areas.full_name(bill.area_code),
        is_paid=order.state in ("paid", "settled") and order.amount_fen > 0,
        forbidden=pack.paying.online_refund.known is False,
        apply_at=_apply_at(pack) or agency,
        rules=tuple((rule.label, rule.apply_at.known or agency) for rule in pack.refunds.values()),
        refunds=tuple(_tracked(env, pack, bills, row) for row in _refunds_of(order)),
    )


def _refunds_of(order: Order) -> list[Refund]:
    buckets = sorted({order.bucket, *order.line_buckets})
    return list(
        Refund.objects.filter(bucket__in=buckets, order_no=order.order_no).order_by("applied_at", "id")
    )


def _apply_at(pack: Pack) -> str | None:
    return next((said for rule in pack.refunds.values() if (said := rule.apply_at.known)), None)


def _reason(reason: str, rule: RefundRule | None) -> str:
    if rule is not None:
        return rule.label
    return "窗口收错了" if reason == WRONGLY_TAKEN else "多缴了一笔"


def _tracked(env: Env, pack: Pack, bills: dict[int, Bill], row: Refund) -> Tracked:
    bill = bills[row.line_no if row.line_no in bills else min(bills)]
    rule = pack.refunds.get(row.reason)
    return Tracked(
        refund_no=row.refund_no,
        name=mask_name(Person.objects.get(id=bill.person_id).name),
        reason=_reason(row.reason, rule),
        amount_fen=row.amount_fen,
        reached=_REACHED.get(row.state, 0),
        state=row.state,
        applied_date=env.local_date(bill.area_code, row.applied_at),
        paid_date=env.local_date(bill.area_code, row.paid_at) if row.paid_at else None,
    )
