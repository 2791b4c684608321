"""The chart of accounts, in the field's words. A ledger row names two of these.

account                          a debit is                        a credit is
channel_clearing:<channel>       money a channel holds for us      money it gave back or handed in
treasury_in_transit:<channel>    handed in, on its way (待报解)     arrived in the treasury
treasury_posted:<channel>        the treasury has it (已入库)       taken out of it again
contribution:<year>:<payer>      given back, or taken over         contributed for a year
subsidy_receivable:<year>:<fund> promised by a fund                received, or no longer owed
overpayment:<channel>            given back                        paid twice, owed back
refunds_payable:<route>          paid out                          approved, to be paid out
suspense:<channel>               explained                         not yet explained
cash_in_hand:<drawer|agent>:<who> taken over the counter            handed in, or given back

Cash lies in `channel_clearing:cash` only while it is nobody's: between a hand-over and the drawer it goes into, and
from the hand-in (解缴) until its day is closed.
"""

from dataclasses import dataclass

# Money over a counter, taken or given: the channel without a port, whose statement is the counted drawer.
CASH = "cash"
# Why cash moves between hands: rows that say where it lies, and not how much there is.
INTO_HAND, OUT_OF_HAND = "into_hand", "out_of_hand"
DRAWER_DIFFERS = "drawer_differs"  # counted at the close, agreed on by two people
# What the tax authority collected at its own portals, without an order of ours.
TAX = "tax"
# Money whose owner nobody can name lies in suspense under this reason, and leaves it under the other.
PARKED, TAKEN_UP = "parked", "taken_up"
NAMES = {
    "channel_clearing": "渠道待清算",
    "treasury_in_transit": "待报解在途",
    "treasury_posted": "国库已入库",
    "contribution": "保费",
    "subsidy_receivable": "应收资助",
    "overpayment": "多缴待退",
    "refunds_payable": "应付退费",
    "suspense": "待查款项",
    "cash_in_hand": "手中现金",
}
# 保费 by who bore it: the resident, the treasury where a late payer pays its part (CZ-10), a fund, a collective.
PAYER_NAMES = {
    "person": "个人",
    "fiscal": "财政",
    "collective": "集体",
    "medical_assistance": "医疗救助",
    "drawer": "钱箱",
    "agent": "代办员",
}


@dataclass(frozen=True)
class Account:
    """An account taken apart: its kind, and what follows the kind."""

    kind: str
    parts: tuple[str, ...]

    @property
    def label(self) -> str:
        """What people read: `保费 2022 个人`."""
        return " ".join([NAMES[self.kind], *(PAYER_NAMES.get(part, part) for part in self.parts)])


def read_account(text: str) -> Account:
    """Take an account's name apart.

    Raises:
        ValueError: not an account of this chart.
    """
    kind, *parts = text.split(":")
    if kind not in NAMES or not parts or not all(parts):
        raise ValueError(f"not in the chart of accounts: {text}")
    return Account(kind, tuple(parts))


def channel_clearing(channel: str) -> str:
    """渠道待清算: what a channel has taken for us and not yet remitted. A debit is money it holds."""
    return f"channel_clearing:{channel}"


def treasury_in_transit(channel: str) -> str:
    """待报解在途: what a closed day has handed in and the treasury has not confirmed yet."""
    return f"treasury_in_transit:{channel}"


def treasury_posted(channel: str) -> str:
    """国库已入库: what the treasury has confirmed, by the channel it came through."""
    return f"treasury_posted:{channel}"


def contribution(benefit_year: int, payer: str) -> str:
    """保费: what one kind of payer contributed for a benefit year. Payers: person, fiscal, …"""
    return f"contribution:{benefit_year}:{payer}"


def subsidy_receivable(benefit_year: int, payer: str) -> str:
    """应收资助: what a fund has promised for assisted persons and still owes."""
    return f"subsidy_receivable:{benefit_year}:{payer}"


def overpayment(channel: str) -> str:
    """多缴待退: money that came for what was already settled; it is owed back."""
    return f"overpayment:{channel}"


def refunds_payable(route: str) -> str:
    """应付退费: approved and not yet paid out, by route: a channel's name, or `second_route`."""
    return f"refunds_payable:{route}"


def suspense(channel: str) -> str:
    """待查款项: a difference two people have looked at, and whose owner is not known yet."""
    return f"suspense:{channel}"


def cash_in_hand(till: str) -> str:
    """手中现金: what a drawer or an agent holds for us, by till: `drawer:<clerk>` or `agent:<agent>`."""
    return f"cash_in_hand:{till}"


# What the payer hands over; a fund's share (medical_assistance, …) is promised, not paid here.
PAID_BY_PAYER = frozenset({"person", "fiscal", "collective"})
