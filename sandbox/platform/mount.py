"""Put the platform up."""

from starlette.routing import Route

from sandbox.ground import Ground
from sandbox.platform.api import PlatformApi
from sandbox.platform.keys import load_sender
from sandbox.platform.twin import PlatformTwin


def mount(ground: Ground) -> list[Route]:
    """The platform's routes; none where no sender was made."""
    sender = load_sender(ground.settings.home)
    return PlatformApi(PlatformTwin(sender, ground.store, ground.now)).routes() if sender else []
