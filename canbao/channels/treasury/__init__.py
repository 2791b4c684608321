"""The treasury's files: what is remitted (上解清单) goes out, what is posted (入库回执) comes back, as CSV in national names."""

from canbao.channels.treasury.files import Posted, Remitted, TreasuryFileUnfit, read_postings, written

__all__ = ["Posted", "Remitted", "TreasuryFileUnfit", "read_postings", "written"]
