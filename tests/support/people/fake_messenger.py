"""A carrier in this process: it keeps what it is given, and refuses or stays silent on demand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from canbao.channels.message import Note, Word


@dataclass
class FakeMessenger:
    """`refuse`: code by address. `silent`: how many notes get no answer although they may have arrived."""

    way: str = "sms"
    silent: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    arrived: list[Note] = field(default_factory=list)

    def send(self, notes: Sequence[Note], at: datetime) -> list[Word]:
        return [self._one(note) for note in notes]

    def _one(self, note: Note) -> Word:
        if note.address in self.refuse:
            return Word(note.client_id, "refused", self.refuse[note.address], "号码不是能收短信的手机号")
        if self.silent:
            self.silent -= 1
            return Word(note.client_id, "unknown", "no_answer", "ReadTimeout")
        self.arrived.append(note)
        return Word(note.client_id, "sent", receipt=f"{len(self.arrived)}^0")
