"""What every twin stands on: how the sandbox is run, its store, its courier, its clock, its page templates."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.templating import Jinja2Templates

from sandbox.courier import Courier
from sandbox.store import Store


@dataclass(frozen=True)
class Settings:
    """How a sandbox is run. `speed` divides every pause: 60 makes a minute of a second.

    `merchant_url`: where the partner's server answers, for notices that no request has named an address for.
    """

    home: Path
    speed: float = 1.0
    public_url: str | None = None
    bills_for_today: bool = False
    merchant_url: str | None = None


@dataclass(frozen=True)
class Ground:
    """Handed to each twin when it is put up."""

    settings: Settings
    store: Store
    courier: Courier
    now: Callable[[], float]
    templates: Jinja2Templates

    def pauses(self, seconds: tuple[int, ...]) -> list[float]:
        """A plan of retries at this sandbox's speed."""
        return [pause / self.settings.speed for pause in seconds]
