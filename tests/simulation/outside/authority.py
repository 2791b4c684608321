"""Tax and medical insurance, which lose batches, answers and rows, say things twice and refuse; and keep what they took in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from canbao.channels.authority import AssessmentRow, Batch, CollectionRow, PersonRow, PostingRow, RowAnswer
from canbao.channels.port import ChannelDown

if TYPE_CHECKING:
    from tests.simulation.world import World


@dataclass
class SimAuthority:
    """Fills the port `Authority`. `details` by number in fen, reversals negative; `covers`: bills; `refused`: row ids."""

    world: "World"
    name: str
    details: dict[str, int] = field(default_factory=dict)
    covers: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    words: dict[int, RowAnswer] = field(default_factory=dict)

    def push(self, batch: Batch, at: datetime) -> list[RowAnswer]:
        self.world.outside(f"{batch.kind} of {len(batch.rows)} told")
        if self.world.net_fails():
            raise ChannelDown("the batch was lost")
        answers = [self._word(row) for row in batch.rows if not self._forgets(0.05)]
        self.world.outside(f"{batch.kind} answered")
        if self.world.net_fails():
            raise ChannelDown("the answer was lost")
        said = [answer for answer in answers if not self._forgets(0.05)]
        # Only what was said can be said again: a second word alone would be the first.
        return said + [replaced(answer) for answer in said if self._forgets(0.05)]

    def _forgets(self, odds: float) -> bool:
        return self.world.faulty and self.world.chance(odds)

    def _word(self, row: PersonRow) -> RowAnswer:
        """Said once, a word stands."""
        if row.rid not in self.words:
            unfit = self._forgets(0.02) or not self._takes(row)
            if unfit:
                self.refused.add(row.rid)
            self.words[row.rid] = RowAnswer(row.rid, not unfit, str(int(unfit)), "不收" if unfit else "")
        return self.words[row.rid]

    def _takes(self, row: PersonRow) -> bool:
        if isinstance(row, AssessmentRow):
            return False  # here a bill's hold ends with what came with the mark alone, as the scenes price it
        if isinstance(row, PostingRow):
            return row.detail_no in self.details
        if isinstance(row, CollectionRow):
            if row.detail_no in self.details or (row.is_cancel and row.origin_no not in self.details):
                return False
            self.details[row.detail_no] = -row.amount_fen if row.is_cancel else row.amount_fen
            return True
        if (row.bill_id in self.covers) != row.is_cancel:
            return False
        (self.covers.remove if row.is_cancel else self.covers.add)(row.bill_id)
        return True


def replaced(answer: RowAnswer) -> RowAnswer:
    """The same row answered again, otherwise: the first word counts."""
    return answer._replace(is_accepted=not answer.is_accepted, words="又说")
