"""Medical insurance: collection details (缴费明细) and cover (待遇) out. Its two addresses are ours: none is public (0037)."""

from collections.abc import Mapping
from datetime import datetime

import httpx

from canbao.channels.authority import Batch, CollectionRow, CoverageRow, PersonRow, RowAnswer
from canbao.channels.medical.wire import collection, coverage
from canbao.channels.port import ChannelRefused
from canbao.channels.signed import TIMEOUT_S, SharedKey, SignedDoor

PATHS = {"collection": "/medical/collections", "coverage": "/medical/coverage"}


class MedicalInsurance:
    """The port `Authority` over HTTP."""

    name = "medical"

    def __init__(
        self, keys: SharedKey, timeout_s: float = TIMEOUT_S, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._door = SignedDoor(keys, timeout_s, transport)

    def push(self, batch: Batch, at: datetime) -> list[RowAnswer]:
        """Tell a batch. Raises ChannelDown, ChannelRefused."""
        path = PATHS.get(batch.kind)
        if path is None:
            raise ChannelRefused("KIND", "medical insurance is told collections and cover alone")
        return self._door.push(path, batch, [_written(row) for row in batch.rows], at)


def _written(row: PersonRow) -> Mapping[str, str]:
    if isinstance(row, CollectionRow):
        return collection(row)
    if isinstance(row, CoverageRow):
        return coverage(row)
    raise ChannelRefused("KIND", "a row that is neither a collection nor cover")
