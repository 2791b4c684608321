"""The port of an authority that must be told: batches of rows out, its word on each row back. Values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from canbao.basics.money import Fen


@dataclass(frozen=True)
class AssessmentRow:
    """核定 of one person, or its cancellation. `rid` names the row for ever: sent again it is the same row.

    `parts`: fen by who bears them (`person`, `fiscal`, `medical_assistance`, `collective`); `amount_fen` is what the
    person pays. `group_code`: the assisted group as the pack's local code list has it.
    """

    rid: int
    is_cancel: bool
    bill_id: int
    person_id: int
    name: str
    id_type: str
    number: str
    area_code: str
    pooling_area: str
    benefit_year: int
    psn_type: str
    group_code: str
    amount_fen: Fen
    parts: Mapping[str, Fen]


@dataclass(frozen=True)
class Batch:
    """Rows that go together. The other side checks count and sum before it looks at any row."""

    batch_no: str
    rows: Sequence[AssessmentRow]

    @property
    def sum_fen(self) -> Fen:
        """What the rows that put something ask together, less what the cancellations take back."""
        return sum(-row.amount_fen if row.is_cancel else row.amount_fen for row in self.rows)


class RowAnswer(NamedTuple):
    """The word on one row, with the other side's own code and sentence."""

    rid: int
    is_accepted: bool
    code: str
    words: str


class Authority(Protocol):
    """Who is told."""

    name: str

    def push(self, batch: Batch, at: datetime) -> list[RowAnswer]:
        """Tell a batch. Rows missing from the answer are not decided yet; the answer may name rows twice.

        Raises:
            ChannelDown: no answer that can be relied on. ChannelRefused: the batch as a whole is refused.
        """
        ...
