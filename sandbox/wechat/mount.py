"""Put the WeChat Pay twin up."""

from starlette.routing import Route

from sandbox.courier import Custom
from sandbox.ground import Ground
from sandbox.wechat import notices
from sandbox.wechat.admin import Admin
from sandbox.wechat.api import Api
from sandbox.wechat.keys import load_keys
from sandbox.wechat.payer import Payer
from sandbox.wechat.twin import NAME, Twin


def mount(ground: Ground) -> tuple[Twin, list[Route]]:
    """The twin and its routes; its notices leave by its own custom."""
    twin = Twin(ground, load_keys(ground.settings.home))
    ground.courier.customs[NAME] = Custom(
        lambda row: notices.dress(twin, row), ground.pauses(notices.RETRY_AFTER_S)
    )
    return twin, [*Api(twin).routes(), *Payer(twin, ground.templates).routes(), *Admin(twin).routes()]
