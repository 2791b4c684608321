"""缴费期: which areas there are, whose season it is, and what this phone left unfinished."""

from collections.abc import Sequence
from dataclasses import dataclass

from canbao.basics.areas import pooling_area_of
from canbao.basics.documents import RESIDENT_ID
from canbao.policy.season import season
from canbao.records.models import Bill, Order
from canbao.records.money.orders import order_by_token
from canbao.records.people.find import find_person
from canbao.services.money.open import open_order_of
from canbao.services.system.areas import Place
from canbao.services.system.env import Env


@dataclass(frozen=True)
class AreaGroup:
    """One pooling area and its counties."""

    name: str
    counties: tuple[Place, ...]


@dataclass(frozen=True)
class SeasonCard:
    """What the home page says about paying now."""

    title: str
    lines: tuple[str, ...]


def area_groups(env: Env) -> list[AreaGroup]:
    """All counties under their pooling areas, in the order of their codes."""
    codes = dict.fromkeys(pooling_area_of(county.code) for county in env.areas.counties())
    return [AreaGroup(env.areas.get(code).name, tuple(env.areas.counties_of(code))) for code in codes]


def season_card(env: Env, area_code: str) -> SeasonCard:
    """The season of an area in words."""
    on = env.local_date(area_code)
    pack = env.packs.current(area_code, on, env.now)
    if pack is None:
        return SeasonCard("缴费标准还没有公布", ("公布以后就可以在这里缴费。",))
    now = season(pack, on, env.moment(pack).calendar)
    return SeasonCard(f"{pack.benefit_year} 年度居民医保", now.lines)


def unfinished_orders(env: Env, tokens: Sequence[str]) -> list[Order]:
    """Those orders of this phone that can still be paid."""
    orders = [order for token in tokens if (order := order_by_token(token))]
    return [order for order in orders if order.state == "open" and order.expires_at > env.now]


def open_order_token(env: Env, number: str) -> str | None:
    """The token of the order that is open for the holder of an ID number, for the demo's own pages."""
    person = find_person(env.sealer, RESIDENT_ID, number)
    bills = Bill.objects.filter(person=person.id).values_list("id", flat=True) if person else ()
    orders = [order for bill_id in bills if (order := open_order_of(bill_id))]
    return orders[0].token if orders else None


def token_of(env: Env, tokens: Sequence[str], order_no: str | None) -> str | None:
    """Which of this phone's tokens opens an order, if one does."""
    orders = [order for token in tokens if (order := order_by_token(token))]
    return next((order.token for order in orders if order.order_no == order_no), None)
