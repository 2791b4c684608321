"""The port of an authority that must be told: batches of rows out, its word on each row back. Values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol

from canbao.basics.money import Fen

Kind = Literal["assessment", "collection", "coverage", "posting"]


@dataclass(frozen=True)
class PersonRow:
    """What every row says: whose, which year, how much. `rid` names the row for ever: sent again it is the same row.

    `amount_fen` is what the person pays, paid or gets back; zero where a row is not about money.
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
    amount_fen: Fen


@dataclass(frozen=True)
class AssessmentRow(PersonRow):
    """核定 of one person, or its cancellation.

    `parts`: fen by who bears them (`person`, `fiscal`, `medical_assistance`, `collective`). `group_code`: the assisted
    group as the pack's local code list has it.
    """

    group_code: str
    parts: Mapping[str, Fen]


@dataclass(frozen=True)
class CollectionRow(PersonRow):
    """缴费明细: money that came for a bill; as a cancellation, what of it goes back.

    `detail_no` names the detail, `origin_no` the one that a cancellation reverses. `posted_date` and `tax_receipt_no` are
    the treasury's word, where it has spoken. `channel` is empty where nothing had to be paid.
    """

    detail_no: str
    origin_no: str
    channel: str
    at: datetime
    parts: Mapping[str, Fen]
    posted_date: date | None
    tax_receipt_no: str


@dataclass(frozen=True)
class CoverageRow(PersonRow):
    """待遇: cover that a bill gave, or that ended with it. Days are None where the notice states none (CZ-26)."""

    cover_from_date: date | None
    cover_until_date: date | None


@dataclass(frozen=True)
class PostingRow(PersonRow):
    """入库: the treasury has the money of a detail (CZ-22). `amount_fen` is what it posted."""

    detail_no: str
    posted_date: date | None
    tax_receipt_no: str


@dataclass(frozen=True)
class Batch:
    """Rows of one kind that go together. The other side checks count and sum before it looks at any row."""

    batch_no: str
    rows: Sequence[PersonRow]
    kind: Kind = "assessment"

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
