"""The others in this process: they keep what they are told, and lose, repeat or refuse on demand."""

from dataclasses import dataclass, field
from datetime import datetime

from canbao.channels.authority import Batch, CollectionRow, CoverageRow, PersonRow, PostingRow, RowAnswer
from canbao.channels.port import ChannelDown


@dataclass
class FakeAuthority:
    """The tax side. `held`: assessments. `details`: what was paid elsewhere, and went back.

    `lose`, `refuse`: bill ids. `silent`: how many batches get no answer although they were taken in.
    """

    name: str = "tax"
    silent: int = 0
    lose: set[int] = field(default_factory=set)
    refuse: dict[int, str] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    words: dict[int, RowAnswer] = field(default_factory=dict)
    held: dict[int, PersonRow] = field(default_factory=dict)
    details: dict[str, CollectionRow] = field(default_factory=dict)

    def push(self, batch: Batch, at: datetime) -> list[RowAnswer]:
        self.batches.append(batch)
        answers = [self._answer(row) for row in batch.rows if row.bill_id not in self.lose]
        if self.silent:
            self.silent -= 1
            raise ChannelDown("silence")
        return answers

    def _answer(self, row: PersonRow) -> RowAnswer:
        if row.rid not in self.words:
            self.words[row.rid] = self._judge(row)
        return self.words[row.rid]

    def _judge(self, row: PersonRow) -> RowAnswer:
        if row.bill_id in self.refuse:
            return RowAnswer(row.rid, False, "1", self.refuse[row.bill_id])
        if isinstance(row, CollectionRow):
            return self._detail(row)
        if row.is_cancel and row.bill_id not in self.held:
            return RowAnswer(row.rid, False, "1", "没有这条应征信息")
        if row.is_cancel:
            del self.held[row.bill_id]
        elif any(
            (one.number, one.benefit_year) == (row.number, row.benefit_year) for one in self.held.values()
        ):
            return RowAnswer(row.rid, False, "1", "该人员该年度已有待缴的应征信息")
        else:
            self.held[row.bill_id] = row
        return RowAnswer(row.rid, True, "0", "")

    def _detail(self, row: CollectionRow) -> RowAnswer:
        unfit = row.detail_no in self.details or (row.is_cancel and row.origin_no not in self.details)
        self.details.setdefault(row.detail_no, row)
        return RowAnswer(row.rid, not unfit, str(int(unfit)), "缴费明细不对" if unfit else "")


@dataclass
class FakeMedical(FakeAuthority):
    """Medical insurance: `details`, `covers` and `postings` are what it holds."""

    name: str = "medical"
    covers: dict[int, CoverageRow] = field(default_factory=dict)
    postings: list[PostingRow] = field(default_factory=list)

    def _judge(self, row: PersonRow) -> RowAnswer:
        if row.bill_id in self.refuse:
            return RowAnswer(row.rid, False, "1", self.refuse[row.bill_id])
        if isinstance(row, CollectionRow):
            return self._detail(row)
        if isinstance(row, PostingRow):
            self.postings.append(row)
            return RowAnswer(row.rid, row.detail_no in self.details, "0", "")
        assert isinstance(row, CoverageRow)
        unfit = (row.bill_id in self.covers) != row.is_cancel or str(row.bill_id) not in self.details
        if not unfit and row.is_cancel:
            del self.covers[row.bill_id]
        elif not unfit:
            self.covers[row.bill_id] = row
        return RowAnswer(row.rid, not unfit, str(int(unfit)), "待遇不对" if unfit else "")
