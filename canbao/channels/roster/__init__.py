"""名册: what a department sends (xlsx, or CSV as UTF-8 or GB 18030), bytes in and rows out."""

from canbao.channels.roster.columns import RosterRow, RosterUnfit
from canbao.channels.roster.read import RosterTable, open_roster

__all__ = ["RosterRow", "RosterTable", "RosterUnfit", "open_roster"]
