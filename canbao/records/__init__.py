"""The one Django app: every table, the ledger, the named statements."""
