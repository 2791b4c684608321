"""The tax authority: assessments of assisted persons out, its word on each row back (SX-07)."""

from canbao.channels.tax.client import TaxAuthority

__all__ = ["TaxAuthority"]
