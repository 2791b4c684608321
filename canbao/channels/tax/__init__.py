"""The tax authority: assessments and collection details out, its word on each row back; and what its portals collect."""

from canbao.channels.tax.client import TaxAuthority
from canbao.channels.tax.side import TaxCollection

__all__ = ["TaxAuthority", "TaxCollection"]
