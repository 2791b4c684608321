"""Put the identity provider up."""

from starlette.routing import Route

from sandbox.ground import Ground
from sandbox.identity.keys import load_identity_keys
from sandbox.identity.twin import IdentityTwin


def mount(ground: Ground) -> list[Route]:
    """The provider's routes."""
    keys = load_identity_keys(ground.settings.home)
    return IdentityTwin(keys, ground.store, ground.now, ground.templates).routes()
