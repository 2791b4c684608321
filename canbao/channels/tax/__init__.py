"""The tax authority: assessments of assisted persons out, its word on each row back (SX-07)."""

from canbao.channels.tax.client import TaxAuthority, TaxKeys, read_keys

__all__ = ["TaxAuthority", "TaxKeys", "read_keys"]
