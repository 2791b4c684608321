"""刷卡 in tax halls: terminals, and the acquirer's day file. The format is our own, since no acquirer's is public."""

from canbao.channels.pos.statement import read_statement
from canbao.channels.pos.terminals import NAME, PosTerminals

__all__ = ["NAME", "PosTerminals", "read_statement"]
