"""The port of the card terminals: the clerk's slip is the payment, and the acquirer's day file is its statement."""

from collections.abc import Iterable, Iterator
from datetime import date

from canbao.channels.offline import OfflineChannel
from canbao.channels.port import Movement, Outcome
from canbao.channels.pos.statement import read_statement

NAME = "pos"


class PosTerminals(OfflineChannel):
    """Fills the channel port with what is true of a terminal: nobody can be asked, the day file tells."""

    name = NAME

    def query(self, out_trade_no: str) -> Outcome:
        """What was not settled with its slip was not paid; the day file says otherwise if it was."""
        return Outcome("unpaid")

    def close(self, out_trade_no: str) -> bool:
        """Nothing was begun that could be closed."""
        return True

    def read_statement(self, lines: Iterable[bytes], day: date) -> Iterator[Movement]:
        """Read a day file. Raises StatementUnfit."""
        return read_statement(lines, day, self.merchant)
