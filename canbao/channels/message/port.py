"""The port of whoever carries a message: notes out, one word on each back. Values only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, Protocol


@dataclass(frozen=True)
class Note:
    """One message to one address: a mobile number or an openid. `client_id` names it for ever.

    `kind` chooses the template that the carrier has approved, `values` fill it. `tried_at`: when it went before, without
    a known outcome; then a carrier that can be asked is asked first.
    """

    client_id: str
    kind: str
    address: str = field(repr=False)
    values: Mapping[str, str]
    tried_at: datetime | None = None


class Word(NamedTuple):
    """What became of one note. `sent`: the carrier has it; `refused`: it never will; `unknown`: try again later.

    `code` and `words` are the carrier's own, `receipt` is its number for what it took.
    """

    client_id: str
    outcome: Literal["sent", "refused", "unknown"]
    code: str = ""
    words: str = ""
    receipt: str = ""


class Messenger(Protocol):
    """Who carries. `way` is sms or wechat."""

    way: str

    def send(self, notes: Sequence[Note], at: datetime) -> list[Word]:
        """Carry notes; a word on each, in their order. Never raises: what nobody knows is a word too."""
        ...


# How a carrier is asked about each of many notes: the face passes one that asks a few at once, for there may be a
# million and each answer takes tens of milliseconds.
Each = Callable[[Callable[[Note], Word], Sequence[Note]], list[Word]]


def in_turn(ask: Callable[[Note], Word], notes: Sequence[Note]) -> list[Word]:
    """One after the other."""
    return [ask(note) for note in notes]
