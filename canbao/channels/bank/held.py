"""The port of what lies at a bank: between 送盘 and 回盘 nobody can ask for it or take it back."""

from collections.abc import Iterable, Iterator
from datetime import date

from canbao.channels.offline import OfflineChannel
from canbao.channels.port import ChannelDown, Movement, Outcome, StatementNotReady

NAME = "bank_batch"


class HeldByBank(OfflineChannel):
    """Fills the channel port with what is true of a batch: its one word is the result file."""

    name = NAME

    def query(self, out_trade_no: str) -> Outcome:
        """Nothing is known before the result file."""
        raise ChannelDown("the bank answers with its result file")

    def close(self, out_trade_no: str) -> bool:
        """Nothing can be taken back, so an order at the bank stays open until the bank has answered."""
        raise ChannelDown("the bank answers with its result file")

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """A result file is no statement of a day."""
        raise StatementNotReady
