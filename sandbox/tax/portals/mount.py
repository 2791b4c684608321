"""Put the portals up: the till, its doors and its pages, and how its notices leave."""

from starlette.routing import Route

from sandbox.courier import Custom
from sandbox.ground import Ground
from sandbox.plans import Plans
from sandbox.tax.keys import Partner
from sandbox.tax.portals.doors import RETRY_AFTER_S, Doors
from sandbox.tax.portals.pages import PortalPages
from sandbox.tax.portals.till import Till


def mount(ground: Ground, partner: Partner, plans: Plans) -> list[Route]:
    """The routes. Without a partner's address nothing can be told: what was collected waits for the day's file."""
    doors = Doors(
        partner=partner,
        till=Till(ground.store, ground.now, plans),
        courier=ground.courier,
        plans=plans,
        home=ground.settings.home,
        merchant_url=(ground.settings.merchant_url or "http://127.0.0.1:9").rstrip("/"),
        speed=ground.settings.speed,
        bills_for_today=ground.settings.bills_for_today,
    )
    ground.courier.customs["tax"] = Custom(doors.dress, ground.pauses(RETRY_AFTER_S))
    return [*doors.routes(), *PortalPages(doors, ground.templates).routes()]
