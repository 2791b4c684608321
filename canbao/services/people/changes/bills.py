"""What a change does to bills: whatever is not paid is withdrawn with the change, and assessed anew after it.

The bill is claimed first. Whoever pays at the same moment either was quicker, and the change sees a paid year, or
pays a bill that is void and is paid back (CZ-03).
"""

from collections.abc import Iterable, Sequence

from canbao.basics.refusals import ChangeTooLate, OrderUnfinished
from canbao.basics.states import BILL
from canbao.records.models import Bill, ContributionRecord, OrderLine
from canbao.records.moves import Claim, Journal, claim
from canbao.records.sets import Column
from canbao.services.money.assess import assess
from canbao.services.system.env import Env

Asked = tuple[int, int]
UNPAID = ("payable", "zero", "deferred")


def withdraw(journal: Journal, person_ids: Sequence[int], *, even_ordered: bool = False) -> set[Asked]:
    """Withdraw all unpaid bills, inside the caller's transaction. Returns the (person, benefit year) they were for.

    Raises:
        OrderUnfinished: one lies in an open order; `even_ordered`: a payment that still comes is paid back.
    """
    found = list(Bill.objects.filter(person__in=person_ids, current_slot=1, state__in=UNPAID))
    if (
        not even_ordered
        and OrderLine.objects.filter(bill__in=[bill.id for bill in found], open_slot=1).exists()
    ):
        raise OrderUnfinished
    keys = {
        "bucket": Column("int", [bill.bucket for bill in found]),
        "id": Column("int", [bill.id for bill in found]),
    }
    back = ("person_id", "benefit_year")
    gone = claim(journal, Claim(BILL, "superseded", keys, clear=("current_slot",), returning=back))
    return {(row["person_id"], row["benefit_year"]) for row in gone}


def refuse_if_paid(person_ids: Sequence[int], benefit_years: Iterable[int]) -> None:
    """Raise ChangeTooLate if somebody has paid one of these years. Ask it after `withdraw`, so that no payment slips in."""
    paid = ContributionRecord.objects.filter(
        person__in=person_ids, benefit_year__in=set(benefit_years), refunded_at=None
    ).first()
    if paid:
        raise ChangeTooLate(benefit_year=str(paid.benefit_year))


def ask_anew(env: Env, withdrawn: Iterable[Asked]) -> None:
    """Assess again whoever had a bill withdrawn: a set for each year, after the change is committed."""
    by_year: dict[int, list[int]] = {}
    for person_id, year in sorted(withdrawn):
        by_year.setdefault(year, []).append(person_id)
    for year, person_ids in by_year.items():
        assess(env, person_ids, year)
