"""The tax authority: assessments out, its word on each row back (SX-07); and what it collects at its own portals."""

from canbao.channels.tax.client import TaxAuthority
from canbao.channels.tax.side import TaxCollection

__all__ = ["TaxAuthority", "TaxCollection"]
