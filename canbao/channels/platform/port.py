"""What Canbao wants of the platform that knows of other systems. Values only; no answer is never a no."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol

Scheme = Literal["employee", "resident"]


class NotAnswered(Exception):
    """Nobody can say yet. `reason`: silent (nobody there, or too late), refused (a signed no to the question itself),
    malformed (unsigned, about somebody else, or not to be read); `words` are theirs.
    """

    def __init__(self, reason: Literal["silent", "refused", "malformed"], words: str = "") -> None:
        super().__init__(f"{reason}: {words}")
        self.reason = reason
        self.words = words


@dataclass(frozen=True)
class Query:
    """Of whom, and from which area we ask. `id_type` is a psn_cert_type."""

    id_type: str
    number: str = field(repr=False)
    name: str = field(repr=False)
    area_code: str


class Insured(NamedTuple):
    """One insured period. `until_date` is the first day that it does not hold any more; None: it goes on."""

    scheme: Scheme
    area_code: str
    from_date: date
    until_date: date | None


@dataclass(frozen=True)
class Answer:
    """All that the platform holds of one person, as it stood at `as_of`."""

    insured: tuple[Insured, ...]
    died_date: date | None
    as_of: datetime


class Platform(Protocol):
    """The platform. Instants come from the caller."""

    def ask(self, query: Query, at: datetime) -> Answer:
        """Ask after one person. Raises NotAnswered."""
        ...

    def feed(self, after: int, at: datetime) -> bytes | None:
        """The daily feed that follows number `after` (0: the first); None: there is none yet. Raises NotAnswered."""
        ...
