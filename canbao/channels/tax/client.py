"""The tax authority: assessments of assisted persons out (SX-07)."""

from datetime import datetime

import httpx

from canbao.channels.authority import AssessmentRow, Batch, RowAnswer
from canbao.channels.port import ChannelRefused
from canbao.channels.signed import TIMEOUT_S, SharedKey, SignedDoor
from canbao.channels.tax.wire import assessment

PATH = "/tax/assessments"


class TaxAuthority:
    """The port `Authority` over HTTP."""

    name = "tax"

    def __init__(
        self, keys: SharedKey, timeout_s: float = TIMEOUT_S, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._door = SignedDoor(keys, timeout_s, transport)

    def push(self, batch: Batch, at: datetime) -> list[RowAnswer]:
        """Tell a batch. Raises ChannelDown, ChannelRefused."""
        rows = [assessment(row) for row in batch.rows if isinstance(row, AssessmentRow)]
        if len(rows) != len(batch.rows):
            raise ChannelRefused("KIND", "the tax side is told assessments alone")
        return self._door.push(PATH, batch, rows, at)
