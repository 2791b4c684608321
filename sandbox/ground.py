"""What every twin stands on: how the sandbox is run, its store, its courier, its clock, its page templates."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from starlette.templating import Jinja2Templates

from sandbox.courier import Courier
from sandbox.plans import Plans
from sandbox.store import Store

_Keys = TypeVar("_Keys")


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


@dataclass
class ChannelTwin(Generic[_Keys]):
    """A payment channel's side of one merchant; its tables stand once it is there. `public_url`: where payers find us."""

    name: ClassVar[str]
    tables: ClassVar[str]

    ground: Ground
    keys: _Keys

    def __post_init__(self) -> None:
        settings = self.ground.settings
        self.store, self.courier, self.now = self.ground.store, self.ground.courier, self.ground.now
        self.speed, self.public_url = settings.speed, settings.public_url
        self.bills_for_today = settings.bills_for_today
        self.store.build(self.tables)
        self.plans = Plans(self.store, self.name)
