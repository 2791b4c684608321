"""Put the Alipay twin up."""

from starlette.routing import Route

from sandbox.alipay import notices, trades
from sandbox.alipay.gateway import Gateway
from sandbox.alipay.keys import load_keys
from sandbox.alipay.till import PLANS, till_of, told
from sandbox.alipay.twin import NAME, Twin
from sandbox.courier import Custom
from sandbox.ground import Ground
from sandbox.till.hand import Hand
from sandbox.till.page import PayerPage


def mount(ground: Ground) -> list[Route]:
    """The twin's routes; its notices leave by its own custom."""
    twin = Twin(ground, load_keys(ground.settings.home))
    ground.courier.customs[NAME] = Custom(
        lambda _: notices.HEADERS,
        ground.pauses(notices.RETRY_AFTER_S),
        is_good=lambda status, text: status == 200 and text.strip() == "success",
    )
    till = till_of(twin)
    page = PayerPage(till, ground.templates)
    hand = Hand(till, PLANS, lambda: trades.newest_first(twin), lambda trade: told(twin, trade))
    return [*Gateway(twin, page.show).routes(), *page.routes(), *hand.routes()]
