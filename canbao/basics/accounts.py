"""The chart of accounts, in the field's words. A ledger row names two of these."""


def channel_clearing(channel: str) -> str:
    """渠道待清算: what a channel has taken for us and not yet remitted. A debit is money it holds."""
    return f"channel_clearing:{channel}"


def contribution(benefit_year: int, payer: str) -> str:
    """保费: what one kind of payer contributed for a benefit year. Payers: person, fiscal, …"""
    return f"contribution:{benefit_year}:{payer}"


def subsidy_receivable(benefit_year: int, payer: str) -> str:
    """应收资助: what a fund has promised for assisted persons and still owes."""
    return f"subsidy_receivable:{benefit_year}:{payer}"


def overpayment(channel: str) -> str:
    """多缴待退: money that came for what was already settled; it is owed back."""
    return f"overpayment:{channel}"


# What the payer hands over; a fund's share (medical_assistance, …) is promised, not paid here.
PAID_BY_PAYER = frozenset({"person", "fiscal", "collective"})
