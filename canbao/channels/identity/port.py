"""What Canbao wants of an identity provider, whoever that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

Purpose = Literal["login", "activate"]
Level = Literal["real_name", "face"]


class IdentityDown(Exception):
    """No answer, or none that can be read: nobody can say yet, which is never a no."""


class ProofRefused(Exception):
    """Forged, stale, used before, about somebody else's question; or the person turned back at the provider."""


@dataclass(frozen=True)
class Proof:
    """Who it was, how surely, and whether the e-credential is active (None: the provider does not say)."""

    level: Level
    name: str = field(repr=False)
    id_type: str
    number: str = field(repr=False)
    credential_active: bool | None


class IdentityProvider(Protocol):
    """One provider. Instants come from the caller; `state` is what the caller sealed for its own way back."""

    def ask_url(self, purpose: Purpose, level: Level, state: str, back: str, at: datetime) -> str:
        """Where to send the browser. Nothing in the address says who is meant."""
        ...

    def code_of(self, query: Mapping[str, str], at: datetime) -> str:
        """The one-time code that the browser brought back. Raises ProofRefused."""
        ...

    def prove(self, code: str, state: str, at: datetime) -> Proof:
        """Fetch what the code stands for, once. Raises ProofRefused, IdentityDown."""
        ...

    def credential_active(self, id_type: str, number: str, name: str, at: datetime) -> bool | None:
        """Whether somebody's e-credential is active; None: the provider does not say. Raises IdentityDown."""
        ...
