"""Situations that take more than a row: an open order, a silent channel, a roster not settled, two places."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from canbao.faces.cli.demo.cast import LISTED, ORDERED, TWO_PLACES, UNANSWERED, Role
from canbao.records.models import Attempt, Order
from canbao.services.money.assess import assess
from canbao.services.money.check import new_order_number
from canbao.services.money.open import Opening, open_orders
from canbao.services.people.changes.duplicate import Elsewhere, hear
from canbao.services.people.guide import season_pack
from canbao.services.people.roster.take import Source, upload
from canbao.services.system.env import Env

LASTS = timedelta(days=30)  # as long as a demo may be left running
ELSEWHERE = "140802"
ROSTER_HEAD = "姓名,身份证号,对象类别,认定日期,终止日期"


def play_states(env: Env, people: Sequence[tuple[Role, int]]) -> None:
    """Bring each into the situation of their fate."""
    for role, person_id in people:
        if role.fate in FATES:
            FATES[role.fate](env, role, person_id)


def silent_trades() -> list[str]:
    """The trades of orders that were opened for a channel and are to stay without an answer."""
    orders = Order.objects.filter(state="open").values_list("bucket", "order_no")
    return [
        number
        for bucket, order_no in orders
        for number in Attempt.objects.filter(bucket=bucket, order_no=order_no).values_list(
            "out_trade_no", flat=True
        )
    ]


def _order(env: Env, role: Role, person_id: int) -> None:
    channel = "wechat" if role.fate == UNANSWERED else None
    (assessed,) = assess(env, [person_id], season_pack(env, role.area_code).benefit_year)
    if assessed.bill is None:
        return
    order_no, token = new_order_number(env, assessed.bill.id)
    opening = Opening(order_no, token, assessed.bill.id, "self", role.area_code, lasts=LASTS)
    open_orders(env, [opening], channel=channel)


def _list(env: Env, role: Role, _: int) -> None:
    """A roster that is read and not applied yet."""
    pack = season_pack(env, role.area_code)
    row = f"{role.name},{role.number},低保对象,2024-09-01,"
    source = Source("civil_affairs", f"{role.area_code[:4]}00", pack.benefit_year)
    upload(env, source, [f"{ROSTER_HEAD}\r\n{row}\r\n".encode()])


def _place(env: Env, role: Role, person_id: int) -> None:
    """Last year's cover somewhere else, which nobody has ended."""
    year = season_pack(env, role.area_code).benefit_year - 1
    days = (date(year, 1, 1), date(year + 1, 1, 1))
    hear(env, [Elsewhere(person_id, "resident", ELSEWHERE, year, *days, "demo")])


FATES: Mapping[str, Callable[[Env, Role, int], None]] = {
    ORDERED: _order,
    UNANSWERED: _order,
    LISTED: _list,
    TWO_PLACES: _place,
}
