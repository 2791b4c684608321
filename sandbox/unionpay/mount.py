"""Put the 银联商务 twin up."""

from starlette.routing import Route

from sandbox.courier import Custom
from sandbox.ground import Ground
from sandbox.till.hand import Hand
from sandbox.till.page import PayerPage
from sandbox.unionpay import notices, orders
from sandbox.unionpay.api import Api
from sandbox.unionpay.keys import load_keys
from sandbox.unionpay.till import PLANS, till_of, told
from sandbox.unionpay.twin import NAME, Twin


def mount(ground: Ground) -> list[Route]:
    """The twin's routes; its notices leave by its own custom."""
    twin = Twin(ground, load_keys(ground.settings.home))
    ground.courier.customs[NAME] = Custom(
        lambda _: notices.HEADERS,
        ground.pauses(notices.RETRY_AFTER_S),
        is_good=lambda status, text: status == 200 and text.strip() == "SUCCESS",
    )
    till = till_of(twin)
    page = PayerPage(till, ground.templates)
    hand = Hand(till, PLANS, lambda: orders.newest_first(twin), lambda order: told(twin, order))
    return [*Api(twin, page).routes(), *page.routes(), *hand.routes()]
